import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.js';
import type { Report } from '../../src/findings/report.js';
import { temporaryFolder } from '../support/database-process.js';
import { RecordedOutput, runCommand } from '../support/recorded-session.js';

let folder: string;
let variables: Record<string, string>;
beforeAll(async () => {
  folder = temporaryFolder();
  // What points at the real world is not even read.
  variables = {
    HUBWARDEN_DATA_DIR: join(folder, 'data'),
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nowhere',
    DOCKERHUB_URL: 'not an address',
    PORT: 'x',
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function demo(): Promise<Report> {
  const { status, out, err } = await runCommand(['demo', '--format', 'json'], variables);
  expect({ status, err: status === 0 ? '' : err }).toEqual({ status: 0, err: '' });
  return JSON.parse(out);
}

function failing({ results }: Report): readonly unknown[] {
  return results
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ check, subject, since }) => [check, subject.id, since]);
}

test('works without an account, an environment or a configuration, and the second night remembers the first', async () => {
  const first = await demo();
  const second = await demo();
  expect(failing(first).length).toBeGreaterThan(5);
  expect(failing(second)).toEqual(failing(first));
  expect(second.evaluation.at > first.evaluation.at).toBe(true);
});

test('refuses a database that holds other organizations', async () => {
  const dataDir = join(folder, 'data');
  const database = await openDatabase({ databaseUrl: null, dataDir }, [], () => undefined);
  if ('mistake' in database) throw new Error(database.mistake);
  await database.dataSource.query(`insert into organization (name) values ('somebody-real')`);
  await database.close();
  const { status, out, err } = await runCommand(['demo'], variables);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain(`the database in ${dataDir} holds other organizations than the demo's (somebody-real)`);
});

test('--serve stays up until it is stopped, and tells how to call it and how to check against it', async () => {
  const stop = new AbortController();
  const fresh = { ...variables, HUBWARDEN_DATA_DIR: join(folder, 'is served') };
  const file = join(folder, 'report.json');
  const said = new RecordedOutput();
  const running = runCommand(['demo', '--serve', '--format', 'json', '--output', file], fresh, stop.signal, said);
  const report: Report = await waitFor(async () => JSON.parse(await readFile(file, 'utf8')));
  expect(report.schema).toBe('hubwarden.report/1');
  const [, address, token] = await waitFor(() =>
    Promise.resolve(/The API is at (\S+)\/api\/v1 .*\n {2}(hw_\S+)\n/.exec(said.text) ?? fail('no address yet')),
  );
  const answer = await fetch(`${address}/api/v1/evaluations`, { headers: { authorization: `Bearer ${token}` } });
  expect(JSON.parse(await answer.text()).items[0].id).toBe(report.evaluation.id);
  stop.abort();
  const { status, err } = await running;
  expect(status).toBe(0);
  expect(err).toContain(`HUBWARDEN_DATA_DIR='${join(folder, 'is served')}' `);
  expect(err).toMatch(/DOCKERHUB_URL=http:\/\/127\.0\.0\.1:\d+ hubwarden check --config/);
});

function fail(message: string): never {
  throw new Error(message);
}

async function waitFor<T>(look: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await look();
    } catch (error) {
      if (attempt >= 250) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
