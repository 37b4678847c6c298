import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withAdvisoryLock } from '../../src/database/advisory-lock.js';
import { readReport } from '../../src/findings/report.query.js';
import { CommandRun, type CommandRunOptions } from '../../src/runs/command-run.js';
import type { RunOutcome } from '../../src/runs/run-outcome.js';
import { eventually, type Instance, RunsRig } from './rig.js';

let rig: RunsRig;
let one: Instance;
const silent = { stage: () => ({ advance: () => undefined, done: () => undefined }), line: () => undefined };

beforeAll(async () => {
  rig = await RunsRig.start();
  one = await rig.instance();
});
afterAll(() => rig.stop());
beforeEach(() => rig.forget());

function command(options: Partial<CommandRunOptions> = {}, patienceMs = 300): Promise<RunOutcome> {
  const { records, checkRun, configuration } = one;
  return new CommandRun(records, checkRun, patienceMs).run({
    configuration: configuration.current,
    hubUrl: rig.hub.url,
    fingerprintKey: Buffer.alloc(32, 7),
    now: null,
    signal: new AbortController().signal,
    progress: silent,
    ...options,
  });
}

test('a run in a terminal is on record as its evaluation', async () => {
  const outcome = await command();
  if (outcome.kind !== 'evaluated') throw new Error(JSON.stringify(outcome));
  const { evaluation } = await readReport(one.dataSource, outcome.number);
  expect(await rig.runs()).toMatchObject([
    { id: evaluation.id, cause: 'command', state: 'finished', at: new Date(evaluation.at), attempts: 1 },
  ]);
});

test('it waits a moment for another one, and not for long', async () => {
  await withAdvisoryLock(one.dataSource, 'check run', async () => {
    expect(await command()).toEqual({
      kind: 'broken',
      message: 'Another run is at work on this database. Wait until it has ended.',
    });
  });
  const [, outcome] = await Promise.all([
    withAdvisoryLock(one.dataSource, 'check run', () => wait(800)),
    wait(200).then(() => command({}, 10_000)),
  ]);
  expect(outcome).toHaveProperty('kind', 'evaluated');
});

test('one that was stopped or was a mistake has failed, and nobody goes on with it', async () => {
  const stop = new AbortController();
  rig.hub.options.latencyMs = 200;
  const before = rig.hub.requests.length;
  const stopped = command({ signal: stop.signal });
  await eventually(
    'it reads',
    () => rig.hub.requests.length,
    (requests) => requests > before + 3,
  );
  expect(await rig.runs()).toMatchObject([{ state: 'running', cause: 'command' }]);
  stop.abort();
  expect(await stopped).toHaveProperty('kind', 'broken');
  rig.hub.options.latencyMs = 0;
  expect(await rig.runs()).toMatchObject([{ state: 'failed', message: expect.stringContaining('was stopped') }]);

  await one.dataSource.query(
    `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
     values (gen_random_uuid(), now() + interval '1 hour', now(), now(), '{}', '1', '{}')`,
  );
  expect(await command()).toHaveProperty('kind', 'mistakes');
  expect((await rig.runs()).at(-1)).toMatchObject({ state: 'failed', message: expect.stringContaining('The clock') });
  expect(await one.records.hasWork()).toBe(false);
});

test('one whose terminal is gone has failed as soon as somebody notices, and is not gone on with', async () => {
  await one.records.alone(() => one.records.begin(new Date().toISOString()));
  expect(await rig.runs()).toMatchObject([{ state: 'running' }]);
  const worker = one.worker();
  worker.start();
  const [run] = await eventually(
    'it is settled',
    () => rig.runs(),
    (rows) => rows[0]?.state !== 'running',
  );
  expect(run).toMatchObject({ state: 'failed', message: 'The terminal that it ran in is gone.' });
  expect(run?.finished_at).not.toBeNull();
  expect(await rig.evaluations()).toEqual([]);
  await worker.stop();
});
