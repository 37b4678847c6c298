import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ConfigurationInForce } from '../../src/config/configuration-in-force.js';
import { DeadMan } from '../../src/runs/dead-man.js';
import { eventually, type Instance, RunsRig } from './rig.js';

let rig: RunsRig;
let one: Instance;

beforeAll(async () => {
  rig = await RunsRig.start();
  await rig.edit((text) => `${text}\nschedule: { evaluation: "0 * * * *", timeZone: UTC }\n`);
  one = await rig.instance();
  await one.dataSource.query(`insert into organization (name) values ('acme'), ('stranger')`);
});
afterAll(() => rig.stop());
beforeEach(() => rig.forget());

interface Found {
  organization: string;
  check_id: string;
  reason: string;
  message: string;
  subject_name: string;
  kind: string;
}

async function found(): Promise<Found[]> {
  return one.dataSource.query(
    `select organization.name as organization, finding.check_id, finding.reason, finding.message, finding.subject_name,
            finding_transition.kind
       from finding join organization on organization.id = finding.organization_id
       join finding_transition on finding_transition.finding_id = finding.id order by finding_transition.id`,
  );
}

async function evaluated(ago: string): Promise<void> {
  await one.dataSource.query(
    `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
     select gen_random_uuid(), at, at, at, '{}', '1', '{}' from (select now() - $1::interval as at) as back`,
    [ago],
  );
}

test('nights that are missing are told once, of the organizations that are configured and known', async () => {
  await evaluated('5 hours 30 minutes');
  const other = await rig.instance();
  await Promise.all([one, other].map((each) => new DeadMan(each.dataSource, each.configuration).look()));
  await new DeadMan(one.dataSource, one.configuration).look();
  expect(await found()).toEqual([
    {
      organization: 'acme',
      check_id: 'evaluation-on-time',
      reason: 'NIGHTS_MISSING',
      message: expect.stringMatching(/^The last evaluation of acme was at .* UTC; .* missing too\.$/),
      subject_name: 'acme',
      kind: 'opened',
    },
  ]);
});

test('a night that is late is told as soon as the policy says', async () => {
  await rig.edit((text) => text.replace('0 * * * *', '0 0 1 1 *'));
  const { current } = (await rig.instance()).configuration;
  await rig.edit((text) => text.replace('0 0 1 1 *', '0 * * * *'));
  await evaluated('366 days');
  await new DeadMan(one.dataSource, { current }).look();
  expect(await found()).toMatchObject([{ organization: 'acme', reason: 'EVALUATION_LATE' }]);
});

test('nothing is told on time, on a new database, or where nobody asks', async () => {
  const deadMan = new DeadMan(one.dataSource, one.configuration);
  await deadMan.look();
  await evaluated('1 minute');
  await deadMan.look();
  expect(await found()).toEqual([]);

  await rig.forget();
  await evaluated('6 hours');
  const { current } = one.configuration;
  const silent = {
    ...current,
    checks: current.checks.map((check) => (check.id === 'evaluation-on-time' ? { ...check, enabled: false } : check)),
  };
  const unasked = new ConfigurationInForce(silent, async () => ({ configuration: silent }));
  await new DeadMan(one.dataSource, unasked).look();
  expect(await found()).toEqual([]);
});

test('a run that is at work says it itself, but not one that never ends', async () => {
  await evaluated('6 hours');
  const { id } = await one.queue.request('ci');
  await rig.leaveBehind(id);
  await new DeadMan(one.dataSource, one.configuration).look();
  expect(await found()).toEqual([]);
  await one.dataSource.query(`update run set started_at = now() - interval '2 hours'`);
  await new DeadMan(one.dataSource, one.configuration).look();
  expect(await found()).toHaveLength(1);
});

async function finished(id: string): Promise<void> {
  const { state, failures } = await eventually(
    'the run has ended',
    () => rig.run(id),
    (run) => run.state !== 'running' && (run.state !== 'waiting' || run.failures > 0),
  );
  expect({ state, failures }).toEqual({ state: 'finished', failures: 0 });
}

/** What was evaluated was evaluated five hours ago. */
async function backDate(): Promise<void> {
  await one.dataSource.query(
    `update evaluation set at = at - interval '5 hours', started_at = started_at - interval '5 hours',
                           finished_at = finished_at - interval '5 hours'`,
  );
  await one.dataSource.query(`update finding_transition set at = at - interval '5 hours'`);
  await one.dataSource.query(`update finding set first_seen_at = first_seen_at - interval '5 hours'`);
}

test('the evaluation that takes place at last finds it open, and goes on with it', async () => {
  const worker = one.worker();
  worker.start();
  const first = await one.queue.request('ci');
  await finished(first.id);
  await backDate();
  await new DeadMan(one.dataSource, one.configuration).look();
  const late = (rows: Found[]): Found[] =>
    rows.filter((row) => row.check_id === 'evaluation-on-time' && row.organization === 'acme');
  expect(late(await found())).toMatchObject([{ kind: 'opened' }]);

  await finished((await one.queue.request('ci')).id);
  expect(late(await found())).toMatchObject([{ kind: 'opened' }]);
  await finished((await one.queue.request('ci')).id);
  expect(late(await found())).toMatchObject([{ kind: 'opened' }, { kind: 'resolved' }]);
  await worker.stop();
});

test('one that is told in the middle of an evaluation does not break it', async () => {
  const worker = one.worker();
  worker.start();
  await finished((await one.queue.request('ci')).id);
  await backDate();
  const telling = one.dataSource.createQueryRunner();
  await telling.startTransaction();
  await telling.query(
    `insert into finding (check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message,
                          first_seen_at, due_at)
     select 'evaluation-on-time', id, 'organization', name, name, 'high', 'NIGHTS_MISSING', '', now(), now()
       from organization where name = 'acme'`,
  );
  const { id } = await one.queue.request('ci');
  await eventually(
    'the evaluation meets it',
    () =>
      rig.database.dataSource.query(
        `select 1 from pg_stat_activity
          where datname = current_database()
            and (wait_event_type = 'Lock' or state <> 'idle' and query like '%try_advisory_xact_lock%history%'
                                             and pid <> pg_backend_pid())`,
      ),
    ({ length }: unknown[]) => length > 0,
  );
  await telling.commitTransaction();
  await telling.release();
  await finished(id);
  expect(await rig.evaluations()).toHaveLength(2);
  await worker.stop();
});
