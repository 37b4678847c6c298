import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { image, textOf, variablesIn, variablesRead, yamlOf, type Tree } from './deployment-files.js';

const manifest: { readonly version: string; readonly engines: { readonly node: string } } = JSON.parse(
  textOf('package.json'),
);

describe('the Dockerfile', () => {
  const { text, environment, user, folder, volume, port, probe, entrypoint } = image();

  it('runs as a numbered user with a name, who owns the data', () => {
    expect(user).toBe('10001:10001');
    expect(text).toContain('useradd --uid 10001 --user-group');
    expect(text).toContain('install --directory --owner=hubwarden --group=hubwarden --mode=700 /var/lib/hubwarden');
    expect([environment['HUBWARDEN_DATA_DIR'], volume]).toEqual(['/var/lib/hubwarden', '/var/lib/hubwarden']);
  });

  it('listens where it says that it does', () => {
    expect(environment).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: port });
    expect(probe).toBe('/health/live');
    expect(text).toContain('process.env.PORT || 3000');
  });

  it('sets no variable that nobody reads', () => {
    const read = variablesRead();
    expect(Object.keys(environment).filter((name) => name !== 'NODE_ENV' && !read.has(name))).toEqual([]);
  });

  it('starts the program of package.json, where the configuration is', () => {
    expect(entrypoint).toBe('["tini", "--", "hubwarden"]');
    expect(text).toMatch(/^CMD \["serve"\]$/m);
    expect(text).toContain('ln -s /opt/hubwarden/dist/src/cli/hubwarden.js /usr/local/bin/hubwarden');
    expect(folder).toBe('/etc/hubwarden');
  });

  it('is built on Debian, with a Node that the program takes', () => {
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set(['node:22-bookworm-slim']));
    expect(manifest.engines.node).toBe('>=20.19');
  });

  it('copies what .dockerignore lets through, and nothing else is let through', () => {
    const allowed = textOf('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => String(paths).split(' '));
    expect([...new Set(copied)].toSorted()).toEqual(allowed.toSorted());
    for (const path of allowed.filter((name) => name.includes('.'))) expect(() => readFileSync(path)).not.toThrow();
  });
});

describe('docker-compose.yml', () => {
  const { services, volumes } = yamlOf('docker-compose.yml');
  const service = (name: string): Tree => services?.[name] ?? ([] as unknown as Tree);
  const { environment = {} as Tree, volumes: mounts, ports, build } = service('hubwarden');

  it('builds the image of this version', () => {
    expect([build, service('hubwarden')['image']]).toEqual(['.', `hubwarden:${manifest.version}`]);
    expect(service('postgres')['image']).toBe('postgres:17');
  });

  it('mounts the configuration read-only where it is looked for, and keeps the data', () => {
    const { folder, volume } = image();
    expect(mounts).toEqual([`./etc:${folder}:ro`, `data:${volume}`]);
    expect(Object.keys(volumes ?? {}).toSorted()).toEqual(['data', 'postgres']);
    expect(service('hubwarden')).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] });
  });

  it('opens its ports to this machine only', () => {
    expect([...(ports ?? []), ...(service('postgres')['ports'] ?? [])]).toEqual([
      `127.0.0.1:${image().port}:${image().port}`,
      '127.0.0.1:5432:5432',
    ]);
  });

  it('hands over only what the program or its example configuration reads', () => {
    const known = new Set([...variablesRead(), ...variablesIn(textOf('hubwarden.example.yaml'))]);
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
    expect(Object.keys(environment)).toEqual(
      expect.arrayContaining(['DATABASE_URL', 'HUBWARDEN_ENCRYPTION_KEY', 'HUBWARDEN_ADMIN_TOKEN']),
    );
  });

  it('takes each secret from .env, and says so where it is missing', () => {
    const offered = textOf('.env.example')
      .split('\n')
      .flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    expect(variablesIn(textOf('docker-compose.yml'))).toEqual(offered.toSorted());
    const needed = ['DATABASE_URL', 'HUBWARDEN_ENCRYPTION_KEY', 'HUBWARDEN_ADMIN_TOKEN', 'DOCKERHUB_TOKEN'];
    for (const name of needed) expect(String(environment[name])).toMatch(/\$\{\w+:\?[^}]+\.env/);
  });

  it('waits for a database that answers, and lets the program end by itself', () => {
    expect(service('hubwarden')['depends_on']).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(service('postgres')['healthcheck']).toMatchObject({
      test: ['CMD-SHELL', expect.stringMatching(/^pg_isready/)],
    });
    expect(service('hubwarden')['stop_grace_period']).toBe('20s');
  });
});
