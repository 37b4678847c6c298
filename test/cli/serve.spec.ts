import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { type DemoFiles, writeDemoFiles } from '../../src/demo/demo-files.js';
import { type RunningHub, startHub } from '../../src/demo/hub.js';
import { temporaryFolder } from '../support/database-process.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { adminToken, ServedProcess } from '../support/served-process.js';

let hub: RunningHub;
let database: TestDatabase;
let folder: string;
let files: DemoFiles;
const running: ServedProcess[] = [];

beforeAll(async () => {
  const company = demoCompany(new Date().toISOString());
  hub = await startHub(company.world);
  database = await testDatabase();
  folder = temporaryFolder();
  files = await writeDemoFiles(join(folder, 'policy'), company, hub.url);
});
afterEach(async () => {
  hub.options.latencyMs = 0;
  await Promise.all(running.splice(0).map((served) => served.stop('SIGKILL')));
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function launch(variables: Readonly<Record<string, string>> = {}, configuration = files.configuration) {
  const served = ServedProcess.launch({
    configuration,
    databaseUrl: database.url,
    hubUrl: hub.url,
    dataDir: join(folder, 'data'),
    variables,
  });
  running.push(served);
  return served;
}

async function start(variables: Readonly<Record<string, string>> = {}, configuration = files.configuration) {
  const served = await launch(variables, configuration);
  await served.ready();
  return served;
}

function entries({ written }: ServedProcess): readonly Record<string, unknown>[] {
  return written.log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (await holds()) return;
    await wait(50);
  }
  throw new Error(`${what}: not within a minute`);
}

/** A run by hand; its id. */
async function asked(served: ServedProcess): Promise<string> {
  const answer = await served.post('/api/v1/evaluations');
  return JSON.parse(await answer.text()).id;
}

async function ended(served: ServedProcess): Promise<number | null> {
  await until('the end', () => served.ended);
  return served.stop();
}

test('says where it listens and when the next evaluation is, and shows the first token once', async () => {
  const first = await start({ HUBWARDEN_ADMIN_TOKEN: '' });
  expect(first.written.said).toMatch(/^The first API token, with the role admin[^\n]*\nhw_[\w-]{43}\n$/);
  const token = first.written.said.split('\n')[1] ?? '';
  expect(first.written.log).not.toContain(token);
  expect(entries(first)).toContainEqual(
    expect.objectContaining({
      level: 'info',
      message: 'Listening',
      address: first.url,
      nextEvaluation: expect.stringMatching(/T02:00:00\.000Z$/),
    }),
  );
  const overview = await fetch(`${first.url}/api/v1/overview`, { headers: { authorization: `Bearer ${token}` } });
  expect(overview.status).toBe(200);
  expect((await fetch(`${first.url}/api/v1/overview`)).status).toBe(401);
  expect(await (await fetch(`${first.url}/health/live`)).json()).toEqual({ status: 'up' });
  expect(await first.stop('SIGINT')).toBe(0);

  const second = await start({ HUBWARDEN_ADMIN_TOKEN: '' });
  expect(second.written.said).toBe('');
  const again = await fetch(`${second.url}/api/v1/overview`, { headers: { authorization: `Bearer ${token}` } });
  expect(again.status).toBe(200);
});

test('logs each request once, by its pattern, and each line of a run with the run', async () => {
  const served = await start();
  await fetch(`${served.url}/api/v1/findings?q=planted-search`, {
    headers: { authorization: `Bearer ${adminToken}`, 'x-request-id': 'asked-1' },
  });
  const id = await asked(served);
  await until('the run', () => entries(served).some(({ message }) => message === 'Run ended'));
  await served.stop();
  const log = entries(served);
  expect(log.filter(({ request }) => request === 'asked-1')).toEqual([
    expect.objectContaining({
      level: 'info',
      message: 'Answered',
      method: 'GET',
      route: '/api/v1/findings',
      status: 200,
    }),
  ]);
  expect(served.written.log).not.toMatch(/planted-search|health\/ready/);
  const ofRun = log.filter(({ run }) => run === id);
  expect(ofRun.map(({ message }) => message)).toEqual(expect.arrayContaining(['Run started', 'Run ended']));
  // It was asked for by a request, and is not part of it.
  expect(ofRun.find(({ message }) => message === 'Run ended')).not.toHaveProperty('request');
});

test('SIGHUP: a file with mistakes changes nothing, a good one is in force at once', async () => {
  const file = join(folder, 'policy', 'reloaded.yaml');
  const good = await readFile(files.configuration, 'utf8');
  await writeFile(file, good);
  const served = await start({}, file);
  const messages = (): unknown[] => entries(served).map(({ message }) => message);

  await writeFile(file, good.replace(/^roles:/m, 'rolez:').replace('plusAddressing: true', 'plusAddressing: perhaps'));
  served.signal('SIGHUP');
  await until('a refusal', () => messages().includes('Configuration refused; the one before stays in force'));
  await wait(200);
  const refused = entries(served).filter(({ level }) => level === 'error');
  expect(refused.map(({ file: where, line, mistake }) => [where, typeof line, mistake])).toEqual([
    [file, 'number', expect.stringContaining('plusAddressing')],
    [file, 'number', expect.stringContaining('`rolez` is not a key that is known here')],
  ]);
  expect(messages()).not.toContain('Configuration in force');

  await writeFile(file, `${good}schedule: { evaluation: "30 5 * * *", timeZone: UTC }\n`);
  served.signal('SIGHUP');
  await until('the new one', () => messages().includes('Configuration in force'));
  expect(entries(served).at(-1)).toMatchObject({
    changed: ['schedule'],
    nextEvaluation: expect.stringMatching(/T05:30:00\.000Z$/),
  });
  expect(await served.stop()).toBe(0);
});

test('SIGTERM in mid-run: ends in time, parks the run, and the next start finishes it', async () => {
  hub.options.latencyMs = 1_500;
  const first = await start();
  const id = await asked(first);
  const before = hub.requests.length;
  await until('some requests', () => hub.requests.length > before + 3);
  const stopping = performance.now();
  expect(await first.stop()).toBe(0);
  expect(performance.now() - stopping).toBeLessThan(20_000);
  const [parked] = await database.dataSource.query<{ state: string }[]>('select state from run where id = $1', [id]);
  expect(parked).toEqual({ state: 'waiting' });

  hub.options.latencyMs = 0;
  const second = await start();
  await until('the run', async () => {
    const [run] = await database.dataSource.query<{ state: string }[]>('select state from run where id = $1', [id]);
    return run?.state === 'finished';
  });
  const evaluations = await database.dataSource.query<unknown[]>('select from evaluation where id = $1', [id]);
  expect(evaluations).toHaveLength(1);
  expect(await second.stop()).toBe(0);
});

test('SIGTERM ends streams and connections that are kept alive', async () => {
  hub.options.latencyMs = 500;
  const served = await start();
  const id = await asked(served);
  const stream = await fetch(`${served.url}/api/v1/evaluations/${id}/events`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const told = stream.text().catch(() => 'hung up on');
  const stopping = performance.now();
  expect(await served.stop()).toBe(0);
  expect(performance.now() - stopping).toBeLessThan(20_000);
  expect(await told).toBeTypeOf('string');
  await expect(fetch(`${served.url}/health/live`)).rejects.toThrow('fetch failed');
});

test('a port that is taken is exit status 2 and one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const served = await launch({ PORT: String(port) });
    expect(await ended(served)).toBe(2);
    expect(served.written.said).toBe(
      `hubwarden: another program listens on 127.0.0.1, port ${port}; stop it, or choose another PORT\n`,
    );
    expect(served.written.log).toBe('');
  } finally {
    other.close();
  }
});

test.each([
  [{ HOST: '203.0.113.7' }, 'HOST is `203.0.113.7`, which is no address of this machine'],
  [{ PORT: '99999' }, 'PORT is `99999`; expected a number from 0 to 65535'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is `loud`'],
  [{ HUBWARDEN_ENCRYPTION_KEY: 'short' }, 'HUBWARDEN_ENCRYPTION_KEY does not fit'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL does not fit'],
])('%j is exit status 2', async (variables, sentence) => {
  const served = await launch(variables);
  expect(await ended(served)).toBe(2);
  expect(served.written.said).toContain(sentence);
});

test('a configuration with mistakes is exit status 2, with file and line', async () => {
  const file = join(folder, 'policy', 'wrong.yaml');
  await writeFile(file, 'organizations: []\nrooster: {}\n');
  const served = await launch({}, file);
  expect(await ended(served)).toBe(2);
  expect(served.written.said).toContain(
    `${file}:2: \`rooster\` is not a key that is known here; did you mean \`roster\`?`,
  );
});
