import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { type DemoFiles, writeDemoFiles } from '../../src/demo/demo-files.js';
import { type RunningHub, startHub } from '../../src/demo/hub.js';
import { temporaryFolder } from '../support/database-process.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { type Gateway, openGateway } from '../support/gateway.js';
import { adminToken, type ServedOptions, ServedProcess } from '../support/served-process.js';

let hub: RunningHub;
let database: TestDatabase;
let folder: string;
let files: DemoFiles;
const running: ServedProcess[] = [];
const gateways: Gateway[] = [];

beforeAll(async () => {
  const company = demoCompany(new Date().toISOString());
  hub = await startHub(company.world);
  database = await testDatabase();
  folder = temporaryFolder();
  files = await writeDemoFiles(join(folder, 'policy'), company, hub.url);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((served) => served.stop('SIGKILL')));
  await Promise.all(gateways.splice(0).map((way) => way.close()));
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function launch({
  databaseUrl = database.url,
  configuration = files.configuration,
  variables = {},
}: Partial<Pick<ServedOptions, 'databaseUrl' | 'configuration' | 'variables'>> = {}): Promise<ServedProcess> {
  const given = { configuration, databaseUrl, hubUrl: hub.url, dataDir: join(folder, 'data'), variables };
  const served = ServedProcess.launch(given);
  running.push(served);
  return served;
}

async function between(): Promise<Gateway> {
  const opened = await openGateway(database.url);
  gateways.push(opened);
  return opened;
}

const bearer = { authorization: `Bearer ${adminToken}` };

async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    // What is asked may hang, too.
    const left = wait(end - performance.now(), false, { ref: false });
    if (await Promise.race([holds(), left])) return;
    await wait(50);
  }
  throw new Error(`${what}: not within ${withinMs} ms`);
}

async function upOf({ url }: ServedProcess, up: 0 | 1): Promise<boolean> {
  return (await (await fetch(`${url}/metrics`)).text()).includes(`\nhubwarden_up_database ${up}\n`);
}

test('waits for a database that is not up yet', async () => {
  const way = await between();
  way.off();
  const served = await launch({ databaseUrl: way.url });
  await until('a word about it', () => served.written.log.includes('Waiting for the database, for up to a minute'));
  await wait(500);
  expect(served.ended).toBe(false);
  way.on();
  await served.ready();
});

test('does not wait for a database that will not let it in', async () => {
  const url = new URL(database.url);
  url.password = 'planted-wrong-password';
  const served = await launch({ databaseUrl: url.href });
  await until('the end', () => served.ended);
  expect(await served.stop()).toBe(2);
  expect(served.written.said).toContain('does not accept the user name and password of DATABASE_URL');
  expect(served.output).not.toContain('planted-wrong-password');
});

test('can be stopped while it waits', async () => {
  const way = await between();
  way.off();
  const served = await launch({ databaseUrl: way.url });
  await until('a word about it', () => served.written.log.includes('Waiting for the database'));
  expect(await served.stop()).toBe(0);
});

test('a database that goes and comes back: problem documents, not ready, no crash, and all is well again', async () => {
  const way = await between();
  const served = await launch({ databaseUrl: way.url });
  await served.ready();
  expect((await fetch(`${served.url}/api/v1/overview`, { headers: bearer })).status).toBe(200);

  way.off();
  const problem = await fetch(`${served.url}/api/v1/overview`, { headers: bearer });
  expect(problem.status).toBe(503);
  expect(problem.headers.get('content-type')).toContain('application/problem+json');
  const said = await problem.text();
  expect(said).not.toMatch(/ECONN|select|127\.0\.0\.1|stack/i);
  await until('not ready', async () => {
    const ready = await fetch(`${served.url}/health/ready`);
    return ready.status === 503 && JSON.parse(await ready.text()).parts.database.ready === false;
  });
  expect((await fetch(`${served.url}/health/live`)).status).toBe(200);
  await until('a metric of it', async () => upOf(served, 0));
  await wait(4_000);
  expect(served.ended).toBe(false);

  way.on();
  await until('readiness', async () => (await fetch(`${served.url}/health/ready`)).status === 200);
  expect((await fetch(`${served.url}/api/v1/overview`, { headers: bearer })).status).toBe(200);
  await until('a metric of that', async () => upOf(served, 1));
  const levels = served.written.log.match(/"level":"(error|fatal)"/g);
  expect(levels).toBeNull();
});

test('a database that is ended just as connections are made ends nobody with it', async () => {
  const way = await between();
  const served = await launch({ databaseUrl: way.url });
  await served.ready();
  way.sendAway();
  await until('a word about it', () => served.written.log.includes('The queue cannot be reached'));
  await wait(5_000);
  expect(served.output).not.toContain('"fatal"');
  expect(served.ended).toBe(false);
  way.on();
  await until('the queues', () => served.written.log.match(/The queue can be reached again/g)?.length === 3);
  await until('somebody who listens at each queue', async () => {
    const listening = await database.dataSource.query<unknown[]>(
      "select from pg_stat_activity where datname = current_database() and query ~ '\\nLISTEN '",
    );
    return listening.length === 3;
  });
  expect((await fetch(`${served.url}/health/ready`)).status).toBe(200);
  expect(await served.stop()).toBe(0);
});

test('a database that hangs: not ready within seconds, and SIGTERM still ends it in time', async () => {
  const way = await between();
  const served = await launch({ databaseUrl: way.url });
  await served.ready();
  way.freeze();
  const asking = performance.now();
  await until('not ready', async () => (await fetch(`${served.url}/health/ready`)).status === 503);
  await until('a metric of it', async () => upOf(served, 0));
  expect(performance.now() - asking).toBeLessThan(25_000);
  const stopping = performance.now();
  expect(await served.stop()).toBe(0);
  expect(performance.now() - stopping).toBeLessThan(20_000);
});

test('a second signal ends it at once', async () => {
  const way = await between();
  const served = await launch({ databaseUrl: way.url });
  await served.ready();
  way.freeze();
  // Is waited for when the service stops.
  void fetch(`${served.url}/api/v1/overview`, { headers: bearer }).catch(() => undefined);
  await wait(500);
  served.signal('SIGTERM');
  await until('the first one', () => served.written.log.includes('"Stopping"'));
  const stopping = performance.now();
  expect(await served.stop('SIGINT')).toBeNull();
  expect(performance.now() - stopping).toBeLessThan(5_000);
});

test.each(['throw new Error("boom")', 'Promise.reject(new Error("boom"))'])(
  'a crash is a FATAL line and exit status 3: %s',
  async (statement) => {
    // Node splits the variable at spaces.
    const crash = encodeURIComponent(`process.on('SIGUSR2', () => { ${statement} })`);
    const served = await launch({ variables: { NODE_OPTIONS: `--import=data:text/javascript,${crash}` } });
    await served.ready();
    served.signal('SIGUSR2');
    await until('the end', () => served.ended);
    expect(await served.stop()).toBe(3);
    const last: unknown = JSON.parse(served.written.log.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ level: 'fatal', error: { message: 'boom' } });
  },
);

test('nothing secret is in the log, the metrics or an answer, whatever goes wrong', async () => {
  const planted = {
    hub: 'planted-hub-secret',
    owner: 'planted-owner-secret',
    scim: 'planted-scim-token',
    hook: 'planted-hook-path',
    signing: 'planted-signing-secret',
    key: Buffer.alloc(32, 9).toString('base64'),
    password: new URL(database.url).password,
    admin: adminToken,
  };
  const policy = (await readFile(files.configuration, 'utf8'))
    .replace(/hub: \{ identifier: acme, secret: \S+ \}/, `hub: { identifier: acme, secret: ${planted.hub} }`)
    .replace(/(owner: \{ identifier: \S+, secret: )\S+/, `$1${planted.owner}`)
    .replace(/(scim: \{ url: \S+ token: )\S+/, `$1${planted.scim}`);
  expect(policy.match(/planted/g)).toHaveLength(3);
  const file = join(folder, 'policy', 'planted.yaml');
  const alerts = `alerts:
  - { kind: slack, url: "http://127.0.0.1:9/services/${planted.hook}" }
  - { kind: webhook, url: "http://127.0.0.1:9/${planted.hook}/2", secret: ${planted.signing} }
`;
  await writeFile(file, policy + alerts);
  const way = await between();
  const served = await launch({
    databaseUrl: way.url,
    configuration: file,
    variables: { LOG_LEVEL: 'trace' },
  });
  await served.ready();
  const heard: string[] = [];
  const ask = async (path: string, init: RequestInit = {}): Promise<void> => {
    const answer = await fetch(`${served.url}${path}`, { headers: bearer, ...init });
    heard.push(JSON.stringify([...answer.headers]), await answer.text());
  };
  await served.post('/api/v1/evaluations');
  await until('the run', () => served.written.log.includes('Run ended'));
  await until('an attempt to send', async () => {
    const [row] = await database.dataSource.query<{ attempts: string | null }[]>(
      'select sum(attempts) as attempts from alert_message',
    );
    return Number(row?.attempts ?? 0) >= 2;
  });
  await writeFile(file, `${policy}${alerts}organisations: ${planted.hub}\n`);
  served.signal('SIGHUP');
  await until('a refusal', () => served.written.log.includes('Configuration refused'));
  for (const path of ['/metrics', '/health/ready', '/api/v1/overview', '/api/v1/datasets', '/api/openapi.json'])
    await ask(path);
  await ask('/api/v1/evaluations', {
    method: 'POST',
    body: '{"broken',
    headers: { ...bearer, 'content-type': 'application/json' },
  });
  await ask('/api/v1/overview', { headers: { authorization: 'Bearer planted-wrong-token' } });
  way.off();
  await ask('/api/v1/overview');
  await ask('/metrics');
  way.on();
  expect(await served.stop()).toBe(0);

  const all = [served.output, ...heard].join('\n');
  expect(all.length).toBeGreaterThan(10_000);
  for (const [what, secret] of Object.entries({ ...planted, wrong: 'planted-wrong-token' }))
    expect({ what, found: secret !== '' && all.includes(secret) }).toEqual({ what, found: false });
});

test('an embedded database that ends takes the service along, and the next start has both', async () => {
  const dataDir = join(folder, 'embedded');
  const start = async (): Promise<ServedProcess> => {
    const served = await launch({ databaseUrl: '', variables: { HUBWARDEN_DATA_DIR: dataDir } });
    await served.ready();
    return served;
  };
  const first = await start();
  const lockFile = await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8');
  process.kill(Number(lockFile.split('\n')[0]), 'SIGKILL');
  await until('the end', () => first.ended, 40_000);
  expect(await first.stop()).toBe(3);
  expect(first.written.log).toContain('The embedded database has ended');
  const second = await start();
  expect((await fetch(`${second.url}/api/v1/overview`, { headers: bearer })).status).toBe(200);
  expect(await second.stop()).toBe(0);
});
