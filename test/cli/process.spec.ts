import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { type DemoFiles, writeDemoFiles } from '../../src/demo/demo-files.js';
import { type RunningHub, startHub } from '../../src/demo/hub.js';
import { temporaryFolder } from '../support/database-process.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

const program = fileURLToPath(new URL('../../dist/src/cli/hubwarden.js', import.meta.url));

let hub: RunningHub;
let database: TestDatabase;
let folder: string;
let files: DemoFiles;

beforeAll(async () => {
  const company = demoCompany(new Date().toISOString());
  hub = await startHub(company.world);
  database = await testDatabase();
  folder = temporaryFolder();
  files = await writeDemoFiles(join(folder, 'policy'), company, hub.url);
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The compiled program, as a shell would start it. */
function start(
  args: readonly string[],
  stdout: 'pipe' | number = 'pipe',
  nodeArgs: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [...nodeArgs, program, ...args], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      DOCKERHUB_URL: hub.url,
      HUBWARDEN_DATA_DIR: join(folder, 'data'),
      ...variables,
    },
    stdio: ['ignore', stdout, 'pipe'],
  });
}

async function statusOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

test('help comes at once: nothing of the application is loaded for it', async () => {
  const loaded = join(folder, 'loaded');
  const child = start(['--help'], 'pipe', [], { NODE_V8_COVERAGE: loaded });
  const [out] = child.stdout ? await Promise.all([text(child.stdout), once(child, 'close')]) : [''];
  expect(out).toContain('Usage: hubwarden');
  const [file = ''] = await readdir(loaded);
  const covered: { result: { url: string }[] } = JSON.parse(await readFile(join(loaded, file), 'utf8'));
  const urls = covered.result.map(({ url }) => url);
  expect(urls.find((url) => url.includes('/node_modules/commander/'))).toBeDefined();
  expect(urls.filter((url) => /\/node_modules\/(@nestjs|typeorm|pg|fastify|axios|luxon)\//.test(url))).toEqual([]);
});

test('--output /dev/stdout is standard output, also where that is a pipe', async () => {
  const child = start(['check', '--config', files.configuration, '--format', 'json', '--output', '/dev/stdout']);
  const [out] = child.stdout ? await Promise.all([text(child.stdout), once(child, 'close')]) : [''];
  expect(child.exitCode).toBe(1);
  expect(JSON.parse(out)).toHaveProperty('schema');
});

test('a reader that goes away does not change the exit status', async () => {
  const child = start(['check', '--config', files.configuration, '--format', 'json']);
  const said = child.stderr ? text(child.stderr) : Promise.resolve('');
  child.stdout?.once('data', () => child.stdout?.destroy());
  expect(await statusOf(child)).toBe(1);
  expect(await said).not.toContain('EPIPE');
});

test('a report that cannot be written is exit status 3', async () => {
  const full = openSync('/dev/full', 'w');
  try {
    const child = start(['check', '--config', files.configuration, '--format', 'json'], full);
    const said = child.stderr ? text(child.stderr) : Promise.resolve('');
    expect(await statusOf(child)).toBe(3);
    expect(await said).toContain('broke down');
  } finally {
    closeSync(full);
  }
});

test('Ctrl-C ends the run with exit status 3, and the next one works', async () => {
  hub.options.latencyMs = 300;
  const child = start(['check', '--config', files.configuration]);
  const before = hub.requests.length;
  const said = child.stderr ? text(child.stderr) : Promise.resolve('');
  while (hub.requests.length < before + 3) await new Promise((done) => setTimeout(done, 20));
  child.kill('SIGINT');
  expect(await statusOf(child)).toBe(3);
  expect(await said).toContain('the next one goes on from there');
  hub.options.latencyMs = 0;
  expect(await statusOf(start(['check', '--config', files.configuration, '--output', join(folder, 'report')]))).toBe(1);
});

test.each(['throw new Error("boom\\x1b")', 'Promise.reject(new Error("boom\\x1b"))'])(
  'a crash anywhere is exit status 3: %s',
  async (statement) => {
    hub.options.latencyMs = 300;
    const crash = `data:text/javascript,setTimeout(() => { ${encodeURIComponent(statement)} }, 900)`;
    const child = start(['check', '--config', files.configuration], 'pipe', ['--import', crash]);
    const said = child.stderr ? text(child.stderr) : Promise.resolve('');
    expect(await statusOf(child)).toBe(3);
    expect(await said).toContain('hubwarden: broke down: boom\\u001b\n');
    hub.options.latencyMs = 0;
  },
);
