import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/alerts/digest.js';
import { advance, horizon } from '../../src/alerts/planned.query.js';
import { AlertRig, onlyChannel, settings, type AlertProcess } from './alert-rig.js';

const at = '2026-11-21T02:00:00.000Z';

describe('every transition', () => {
  let rig: AlertRig;
  let process: AlertProcess;
  let other: AlertProcess;

  beforeAll(async () => {
    rig = await AlertRig.start();
  });
  afterAll(() => rig.stop());
  beforeEach(async () => {
    await rig.clear();
    process = await rig.process(settings({}), false);
    other = await rig.process(settings({}));
  });

  async function told(): Promise<string[]> {
    const rows = await rig.query<{ digest: Digest }>('select digest from alert_message order by number');
    return rows.flatMap(({ digest }) => digest.items.map(({ subject }) => subject.name));
  }

  async function plannedThrough(): Promise<bigint> {
    const [row] = await rig.query<{ planned_through: string }>('select planned_through from alert_channel');
    return BigInt(row?.planned_through ?? 0);
  }

  it('is planned once, however many plan at the same time', async () => {
    for (let round = 0; round < 10; round++) {
      await rig.evaluate(at, async (run) => {
        for (let index = 0; index < 5; index++) await run.open({ name: `${round}.${index}` });
      });
      const planned = await Promise.all([process, other, process, other].map(({ planner }) => planner.plan()));
      expect(planned.reduce((sum, messages) => sum + messages, 0)).toBe(1);
    }
    const names = await told();
    expect(names).toHaveLength(50);
    expect(new Set(names).size).toBe(50);
    expect(await process.planner.plan()).toBe(0);
  });

  it('is planned when its transaction commits after one with a higher number', async () => {
    const runner = rig.database.dataSource.createQueryRunner();
    await runner.startTransaction();
    await rig.evaluateIn(runner.manager, at, async (run) => void (await run.open({ name: 'late' })));
    const before = await plannedThrough();
    await rig.between(at).open({ name: 'early' });
    expect(await process.planner.plan()).toBe(1);
    expect(await plannedThrough()).toBe(before);
    expect(await process.planner.plan()).toBe(0);
    await runner.commitTransaction();
    await runner.release();
    expect(await other.planner.plan()).toBe(1);
    expect(await told()).toEqual(['early', 'late']);
    expect(await plannedThrough()).toBeGreaterThan(before);
  });

  it('of a transaction that is rolled back is never told, and holds up nothing afterwards', async () => {
    const runner = rig.database.dataSource.createQueryRunner();
    await runner.startTransaction();
    await rig.evaluateIn(runner.manager, at, async (run) => void (await run.open({ name: 'never' })));
    await rig.between(at).open({ name: 'early' });
    await process.planner.plan();
    await runner.rollbackTransaction();
    await runner.release();
    await process.planner.plan();
    expect(await told()).toEqual(['early']);
    const [row] = await rig.query<{ newest: string }>('select max(id) as newest from finding_transition');
    expect(await plannedThrough()).toBe(BigInt(row?.newest ?? 0));
  });

  it('of a run that ended while a plan was made is left to the next plan, also where its number is low', async () => {
    const { manager } = rig.database.dataSource;
    const run = await rig.evaluate(at, async (night) => void (await night.open({})));
    const seen = await horizon(manager);
    const { id } = onlyChannel(process);
    await advance(manager, id, { ...seen, evaluation: String(BigInt(run) - 1n) });
    expect(await plannedThrough()).toBeLessThan(BigInt(seen.newest));
    await advance(manager, id, seen);
    expect(await plannedThrough()).toBe(BigInt(seen.newest));
  });

  it('is planned while runs are recorded side by side, in whichever order they commit', async () => {
    const names: string[] = [];
    const record = async (name: string): Promise<void> => {
      names.push(name);
      await rig.database.dataSource.transaction(async (manager) => {
        await rig.evaluateIn(manager, at, async (run) => {
          await run.open({ name });
          await manager.query('select pg_sleep($1)', [Math.random() / 30]);
          await run.open({ name: `${name}+` });
        });
      });
      names.push(`${name}+`);
    };
    const over = new AbortController();
    const planning = Promise.all(
      [process, other].map(async ({ planner }) => {
        while (!over.signal.aborted) await planner.plan();
      }),
    );
    const writers = ['a', 'b', 'c'].map(async (writer) => {
      for (let index = 0; index < 12; index++) await record(`${writer}${index}`);
    });
    await Promise.all(writers);
    over.abort();
    await planning;
    await process.planner.plan();
    expect((await told()).toSorted()).toEqual(names.toSorted());
  });

  it('of a first night with 100 000 is planned as one message of bounded size', async () => {
    await rig.query('analyze finding, finding_transition');
    const number = await rig.evaluate(at);
    const id = await rig.organization('acme');
    await rig.query(
      `with opened as (
         insert into finding (check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message,
                              first_seen_at, due_at)
         select 'user-identified', $1, 'account', n::text, 'user ' || n, 'medium', 'BECAUSE', repeat('x', 200), $2, $2
           from generate_series(1, 100000) as n returning id)
       insert into finding_transition (finding_id, evaluation_number, at, kind) select id, $3, $2, 'opened' from opened`,
      [id, at, number],
    );
    expect(await process.planner.plan()).toBe(1);
    const [row] = await rig.query<{ digest: Digest }>('select digest from alert_message');
    expect(row?.digest).toMatchObject({ kind: 'first_night', counts: { new: 100_000 }, more: 99_800 });
    expect(row?.digest.items).toHaveLength(200);
  });
});
