import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { HubSync } from '../../src/inventory/hub-sync.js';
import type { Job, TurnEnd } from '../../src/jobs/job-queue.js';
import { HubsAtWork } from '../../src/runs/hubs-at-work.js';
import { ObserveTogether } from '../../src/runs/observe-together.js';
import { ReadOrganization } from '../../src/runs/read-organization.js';
import { Readings } from '../../src/runs/readings.js';
import { eventually, fingerprintKey, type Instance, patience, RunsRig } from './rig.js';

let rig: RunsRig;
const hubs: HubsAtWork[] = [];

beforeEach(async () => {
  rig = await RunsRig.start();
});
afterEach(async () => {
  for (const one of hubs.splice(0)) one.close();
  await rig.stop();
});

/** What a process has to take part with; `add` is what becomes of its jobs. */
function partOf(
  instance: Instance,
  add: (jobs: readonly Job[], reader: ReadOrganization) => Promise<boolean>,
  change: (configuration: Configuration) => Configuration = (configuration) => configuration,
): { readonly reader: ReadOrganization; readonly together: ObserveTogether } {
  const { dataSource, configuration } = instance;
  const readings = new Readings(dataSource);
  const hub = new HubsAtWork({ hubUrl: rig.hub.url, fingerprintKey, patience });
  hubs.push(hub);
  const changed = { current: change(configuration.current) };
  const reader = new ReadOrganization(readings, new HubSync(dataSource), hub, changed, {});
  const queue = { add: async (jobs: readonly Job[]) => add(jobs, reader) };
  return { reader, together: new ObserveTogether(readings, reader, hub, queue, { patienceMs: 700, againMs: 300 }) };
}

async function finishedRun(instance: Instance, together: ObserveTogether): Promise<void> {
  const worker = instance.worker({}, together);
  worker.start();
  await instance.queue.request('ci');
  await eventually(
    'a finished run',
    () => rig.runs(),
    ([run]) => run?.state === 'finished',
  );
  await worker.stop();
}

async function sealed(): Promise<number[]> {
  const rows: { sealed: number }[] = await rig.database.dataSource.query(
    `select count(*)::int as sealed from sync_run where state = 'sealed' group by organization_id`,
  );
  return rows.map((row) => row.sealed);
}

test.each([
  ['loses every job', true],
  ['is away', false],
])('a queue that %s costs seconds', async (_, isReachable) => {
  const instance = await rig.instance();
  await finishedRun(instance, partOf(instance, () => Promise.resolve(isReachable)).together);
  expect(await sealed()).toEqual([1, 1]);
  expect(await rig.evaluations()).toHaveLength(1);
});

test('a queue that doubles every job, also in other processes, has each organization read once', async () => {
  const [instance, other] = [await rig.instance(), await rig.instance()];
  const helper = partOf(other, () => Promise.resolve(true)).reader;
  const { together } = partOf(instance, (jobs, own) => {
    for (const { data } of jobs)
      for (const reader of [own, helper, own, helper])
        void reader.read(String(data['run']), String(data['organization']));
    return Promise.resolve(true);
  });
  await finishedRun(instance, together);
  expect(await sealed()).toEqual([1, 1]);
  const asked = rig.hub.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
  expect(asked.filter((path, at) => asked.indexOf(path) !== at)).toEqual([]);
});

test('a process with other credentials leaves an organization to those that have the right ones', async () => {
  const [instance, other] = [await rig.instance(), await rig.instance()];
  const wrong = partOf(
    other,
    () => Promise.resolve(true),
    (configuration) => ({
      ...configuration,
      organizations: configuration.organizations.map((one) => ({
        ...one,
        hub: one.hub && { ...one.hub, secret: 'of-yesterday' },
      })),
    }),
  ).reader;
  const ends: unknown[] = [];
  const { together } = partOf(instance, async (jobs) => {
    for (const { data } of jobs) ends.push(await wrong.read(String(data['run']), String(data['organization'])));
    return true;
  });
  await finishedRun(instance, together);
  expect(new Set(ends)).toEqual(new Set(['done']));
  expect(rig.hub.requests.filter(({ status }) => status === 401)).toEqual([]);
  expect(await sealed()).toEqual([1, 1]);
});

test('what a run has read stands when another attempt at it goes on, and not for the next run', async () => {
  const instance = await rig.instance();
  const { together } = partOf(instance, () => Promise.resolve(false));
  let isBroken = true;
  const breaking: Pick<ObserveTogether, 'observe'> = {
    observe: async (...given) => {
      const read = await together.observe(...given);
      if (isBroken) throw new Error('It broke down after everything was read.');
      return read;
    },
  };
  const worker = instance.worker({}, breaking);
  worker.start();
  await instance.queue.request('ci');
  await eventually(
    'a broken attempt',
    () => rig.runs(),
    ([run]) => run?.failures === 1,
  );
  expect(await sealed()).toEqual([1, 1]);

  isBroken = false;
  rig.hub.requests.length = 0;
  await rig.database.dataSource.query('update run set not_before = null');
  await eventually(
    'an evaluation',
    () => rig.evaluations(),
    ({ length }) => length === 1,
  );
  expect(await sealed()).toEqual([1, 1]);
  expect(rig.hub.requests).toEqual([]);

  await instance.queue.request('ci');
  await eventually(
    'another evaluation',
    () => rig.evaluations(),
    ({ length }) => length === 2,
  );
  expect(await sealed()).toEqual([2, 2]);
  await worker.stop();
});

test('an organization whose credential has spent its budget gives its place up until the window opens', async () => {
  rig.hub.options.rateLimit = 15;
  rig.hub.options.rateWindowMs = 10_000;
  const instance = await rig.instance();
  const ends: TurnEnd[] = [];
  const { together } = partOf(instance, (jobs, reader) => {
    for (const { data } of jobs)
      void reader.read(String(data['run']), String(data['organization'])).then((end) => ends.push(end));
    return Promise.resolve(true);
  });
  await finishedRun(instance, together);
  const pauses = ends.flatMap((end) => (end === 'done' ? [] : [end.againInMs]));
  expect(pauses.length).toBeGreaterThan(0);
  expect(pauses.every((ms) => ms > 2_000 && ms <= 11_000)).toBe(true);
  expect(await sealed()).toEqual([1, 1]);
  const asked = rig.hub.requests.filter(({ method, status }) => method === 'GET' && status !== 429);
  const paths = asked.map(({ path, status }) => `${status} ${path}`);
  expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
});
