import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import {
  filesIn,
  image,
  objectsIn,
  textOf,
  variablesIn,
  variablesRead,
  yamlOf,
  type Tree,
} from './deployment-files.js';

const folder = 'deploy/kubernetes';
const objects = ['base', 'serve', 'cronjob'].flatMap((part) => objectsIn(`${folder}/${part}`));
const secret = yamlOf(`${folder}/secret.example.yaml`);
const { version }: { readonly version: string } = JSON.parse(textOf('package.json'));

function only(kind: string): Tree {
  const [object, ...others] = objects.filter((each) => String(each['kind']) === kind);
  if (object === undefined || others.length > 0) throw new Error(`not one ${kind}`);
  return object;
}

const deployment = only('Deployment');
const cronJob = only('CronJob');
const workloads = [
  ['the Deployment', deployment['spec']?.['template']],
  ['the CronJob', cronJob['spec']?.['jobTemplate']?.['spec']?.['template']],
] as const;

describe.each(workloads)('%s', (_, template) => {
  const pod = template?.['spec'];
  const container = pod?.['containers']?.[0];

  it('meets the restricted standard for pods, as the user of the image', () => {
    const [uid, gid] = image().user.split(':').map(Number);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: uid,
        runAsGroup: gid,
        fsGroup: gid,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
  });

  it('mounts the configuration where it is looked for, and a folder to write to where the image has one', () => {
    expect(container?.['volumeMounts']).toEqual([
      { name: 'configuration', mountPath: image().folder, readOnly: true },
      { name: 'data', mountPath: image().volume },
      { name: 'tmp', mountPath: '/tmp' },
    ]);
    expect(pod?.['volumes']).toMatchObject([
      { name: 'configuration', configMap: { name: only('ConfigMap')['metadata']?.['name'] } },
      { name: 'data', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ]);
  });

  it('takes its secrets from the Secret, and has bounds', () => {
    expect(container?.['envFrom']).toEqual([{ secretRef: { name: secret['metadata']?.['name'] } }]);
    expect(container?.['resources']).toMatchObject({ requests: { cpu: '100m' }, limits: { memory: '1Gi' } });
    expect(Number(pod?.['terminationGracePeriodSeconds'])).toBeGreaterThan(10);
  });
});

describe('the service', () => {
  const container = deployment['spec']?.['template']?.['spec']?.['containers']?.[0];

  it('is probed on the port of the image', () => {
    expect(container?.['ports']).toEqual([{ name: 'http', containerPort: Number(image().port) }]);
    for (const [probe, path] of [
      ['startupProbe', '/health/live'],
      ['livenessProbe', '/health/live'],
      ['readinessProbe', '/health/ready'],
    ] as const)
      expect(container?.[probe]?.['httpGet']).toEqual({ path, port: 'http' });
  });

  it('is reached, disrupted and selected by the labels of its pods', () => {
    const labels = deployment['spec']?.['template']?.['metadata']?.['labels'];
    expect(labels).toMatchObject(deployment['spec']?.['selector']?.['matchLabels'] ?? {});
    expect(labels).toMatchObject(only('Service')['spec']?.['selector'] ?? {});
    expect(labels).toMatchObject(only('PodDisruptionBudget')['spec']?.['selector']?.['matchLabels'] ?? {});
    expect(only('Service')['spec']?.['ports']).toMatchObject([{ targetPort: 'http' }]);
    expect(Number(deployment['spec']?.['replicas'])).toBeGreaterThan(
      Number(only('PodDisruptionBudget')['spec']?.['minAvailable']),
    );
  });

  it('does not reach the pods of the job', () => {
    const labels = cronJob['spec']?.['jobTemplate']?.['spec']?.['template']?.['metadata']?.['labels'];
    expect(labels).not.toMatchObject(only('Service')['spec']?.['selector'] ?? {});
    expect(labels).toMatchObject(only('NetworkPolicy')['spec']?.['podSelector']?.['matchLabels'] ?? {});
  });
});

describe('the configuration', () => {
  const text = String(only('ConfigMap')['data']?.['hubwarden.yaml']);

  it('loads, with the variables of the Secret', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hubwarden-manifest-'));
    try {
      const file = join(directory, 'hubwarden.yaml');
      await writeFile(file, text);
      const names = variablesIn(text);
      expect(Object.keys(secret['stringData'] ?? {})).toEqual(expect.arrayContaining(names));
      const variables = Object.fromEntries(names.map((name) => [name, 'https://hooks.example.com/x']));
      const { spec } = cronJob;
      expect(await loadConfiguration(file, { variables })).toMatchObject({
        configuration: { schedule: { evaluation: spec?.['schedule'], timeZone: spec?.['timeZone'] } },
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('is given no secret that nobody reads, and none that is filled in', () => {
    const known = new Set([...variablesRead(), ...variablesIn(text)]);
    expect(Object.keys(secret['stringData'] ?? {}).filter((name) => !known.has(name))).toEqual([]);
    const filled = Object.entries(secret['stringData'] ?? {}).filter(([, value]) => String(value) !== '');
    expect(filled.map(([name]) => name)).toEqual(['DATABASE_URL']);
  });
});

it('lists every manifest in a kustomization, under the version of the program', () => {
  for (const part of ['base', 'serve', 'cronjob']) {
    const { resources, images } = yamlOf(`${folder}/${part}/kustomization.yaml`);
    const files = filesIn(`${folder}/${part}`).filter((file) => file !== 'kustomization.yaml');
    expect(
      [...(resources ?? [])]
        .map(String)
        .filter((name) => name !== '../base')
        .toSorted(),
    ).toEqual(files);
    for (const { newTag } of images ?? []) expect(newTag).toBe(version);
  }
});
