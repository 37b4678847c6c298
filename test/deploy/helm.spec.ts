import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { filesIn, image, textOf, yamlOf, type Tree } from './deployment-files.js';

const chart = 'deploy/helm/hubwarden';
const templates = filesIn(`${chart}/templates`).map((file) => ({ file, text: textOf(`${chart}/templates/${file}`) }));
const everything = templates.map(({ text }) => text).join('\n');
const values = yamlOf(`${chart}/values.yaml`);
const { version }: { readonly version: string } = JSON.parse(textOf('package.json'));

/** As Helm lays one file of values over another. */
function over(under: unknown, above: unknown): unknown {
  const isMapping = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMapping(under) || !isMapping(above)) return above === undefined ? under : above;
  const keys = new Set([...Object.keys(under), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, over(under[key], above[key])]));
}

describe('the values', () => {
  const validate = new Ajv({ strict: false }).compile(JSON.parse(textOf(`${chart}/values.schema.json`)));
  const sample = yamlOf(`${chart}/ci/serve-values.yaml`);

  it.each(filesIn(`${chart}/ci`))('fit the schema, with %s over the defaults', (file) => {
    expect([validate(over(values, yamlOf(`${chart}/ci/${file}`))), validate.errors]).toEqual([true, null]);
  });

  it.each([
    ['no configuration', { configuration: '' }],
    ['no secret', { secret: { existing: '' } }],
    ['half a secret', { secret: { existing: '', values: { DATABASE_URL: 'postgres://x' } } }],
    ['another mode', { mode: 'both' }],
    ['an unknown key', { replicaCount: 3 }],
    ['no pod', { replicas: 0 }],
    ['an ingress for nobody', { ingress: { enabled: true, host: '' } }],
  ])('are refused: %s', (_, wrong) => {
    expect(validate(over(values, over(sample, wrong)))).toBe(false);
  });

  it('are all used, and no others are', () => {
    const paths = (tree: Tree, path: string): string[] =>
      Object.entries(tree).flatMap(([key, value]) =>
        [
          'cronjob',
          'image',
          'ingress',
          'networkPolicy',
          'podDisruptionBudget',
          'roster',
          'secret',
          'service',
          'serviceAccount',
          'serviceMonitor',
          'dashboard',
        ].includes(key) && path === ''
          ? paths(value, `${key}.`)
          : [`${path}${key}`],
      );
    const used = new Set([...everything.matchAll(/\.Values\.([\w.]+)/g)].map(([, path]) => String(path)));
    expect([...used].toSorted()).toEqual(paths(values, '').toSorted());
  });
});

describe('the templates', () => {
  it('carry the version of the program', () => {
    const { version: chartVersion, appVersion } = yamlOf(`${chart}/Chart.yaml`);
    expect([chartVersion, appVersion]).toEqual([version, version]);
  });

  it('agree with the image about its user, its folders and its port', () => {
    const [uid, gid] = image().user.split(':');
    for (const line of [`runAsUser: ${uid}`, `runAsGroup: ${gid}`, `fsGroup: ${gid}`])
      expect(everything).toContain(line);
    expect(everything).toContain(`mountPath: ${image().folder}, readOnly: true`);
    expect(everything).toContain(`mountPath: ${image().volume} }`);
    expect(everything).toContain(`{ name: http, containerPort: ${image().port} }`);
  });

  it('run and probe what the plain manifests do', () => {
    const block = (text: string, from: string): string[] => {
      const lines = text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => !line.includes('{{'));
      const start = lines.indexOf(from);
      expect(start).toBeGreaterThan(-1);
      return lines.slice(start, start + 8);
    };
    const plain = (path: string): string => textOf(`deploy/kubernetes/${path}`);
    const template = (name: string): string => templates.find(({ file }) => file === name)?.text ?? '';
    expect(block(template('cronjob.yaml'), 'command:')).toEqual(block(plain('cronjob/cronjob.yaml'), 'command:'));
    for (const probe of ['startupProbe:', 'livenessProbe:']) {
      const written = block(plain('serve/deployment.yaml'), probe).slice(0, 4);
      expect(block(template('deployment.yaml'), probe).slice(0, 4)).toEqual(written);
    }
    const limits = ['runAsNonRoot: true', 'allowPrivilegeEscalation: false', 'readOnlyRootFilesystem: true'];
    for (const limit of [...limits, 'capabilities: { drop: [ALL] }', 'seccompProfile: { type: RuntimeDefault }']) {
      expect(everything).toContain(limit);
      expect(plain('serve/deployment.yaml')).toContain(limit);
    }
  });

  it('ship the dashboard that stands in deploy/grafana', () => {
    expect(filesIn(`${chart}/dashboards`)).toEqual(filesIn('deploy/grafana'));
    expect(templates.find(({ file }) => file === 'dashboard.yaml')?.text).toContain('.Files.Glob "dashboards/*.json"');
  });
});
