import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/alerts/digest.js';
import { AlertRig, settings, type AlertProcess } from './alert-rig.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;

describe('who is told', () => {
  let rig: AlertRig;

  beforeAll(async () => {
    rig = await AlertRig.start();
  });
  afterAll(() => rig.stop());
  beforeEach(() => rig.clear());

  /** What each channel was told, by the path of its address. */
  async function told({ planner, channels }: AlertProcess): Promise<Record<string, string[]>> {
    await planner.plan();
    const rows = await rig.query<{ channel_id: string; digest: Digest }>(
      'select channel_id, digest from alert_message order by number',
    );
    return Object.fromEntries(
      channels.current.map(({ id, hook }) => [
        new URL(hook.url).pathname.slice(1),
        rows
          .filter((row) => row.channel_id === id)
          .flatMap(({ digest }) => digest.items.map((item) => item.subject.name)),
      ]),
    );
  }

  it('is decided by severity, organization and check; the roster is everybody’s', async () => {
    const url = (name: string): string => `https://hooks.example.com/${name}`;
    const process = await rig.process(
      settings(
        { url: url('all') },
        { url: url('high'), minSeverity: 'high' },
        { url: url('beta'), organizations: ['beta'] },
        { kind: 'webhook', url: url('check'), checks: ['offboarded-access-removed'] },
        { url: url('twice'), minSeverity: 'critical' },
        { url: url('twice'), organizations: ['beta'] },
      ),
      false,
    );
    await rig.evaluate(
      night(21),
      async (run) => {
        await run.open({ name: 'critical', severity: 'critical' });
        await run.open({ name: 'high', check: 'offboarded-access-removed' });
        await run.open({ name: 'low', severity: 'low', organization: 'beta' });
        await run.open({ name: 'roster', severity: 'medium', organization: null, check: 'hr-roster-fresh' });
      },
      ['acme', 'beta'],
    );
    expect(await told(process)).toEqual({
      all: ['critical', 'high', 'roster', 'low'],
      high: ['critical', 'high'],
      beta: ['roster', 'low'],
      check: ['high'],
      twice: ['critical', 'roster', 'low'],
    });
    expect(await rig.query('select label from alert_channel order by id limit 1')).toEqual([
      { label: 'slack hooks.example.com' },
    ]);
    expect(JSON.stringify(await rig.query('select * from alert_channel'))).not.toContain('/all');
  });

  it('hears nothing of what was there before the channel, except what is overdue, at the end of the next run', async () => {
    await rig.evaluate(night(18), async (run) => {
      await run.open({ name: 'old' });
      await run.note(await run.open({ name: 'overdue', dueAt: night(17) }), 'overdue');
    });
    const process = await rig.process(settings({}), false);
    await rig.evaluate(night(19), async (run) => void (await run.open({ name: 'new' })));
    await process.planner.plan();
    const [row] = await rig.query<{ digest: Digest }>('select digest from alert_message');
    expect(row?.digest.items.map(({ subject, change, again }) => [subject.name, change, again])).toEqual([
      ['overdue', 'overdue', false],
      ['new', 'new', false],
    ]);
  });

  it('hears of everything that is committed once it is registered: what is being recorded is waited for', async () => {
    const runner = rig.database.dataSource.createQueryRunner();
    await runner.startTransaction();
    await rig.evaluateIn(runner.manager, night(20), async (run) => void (await run.open({ name: 'under way' })));
    // A higher number that can be seen: the lower one under way would hide below it.
    await rig.between(night(20)).open({ name: 'before' });
    let isRegistered = false;
    const starting = rig.process(settings({})).finally(() => (isRegistered = true));
    await pause(200);
    expect(isRegistered).toBe(false);
    await runner.commitTransaction();
    await runner.release();
    const process = await starting;
    await rig.evaluate(night(21), async (run) => void (await run.open({ name: 'after' })));
    expect(await told(process)).toEqual({ one: ['after'] });
  });

  describe('again', () => {
    let process: AlertProcess;

    beforeEach(async () => {
      process = await rig.process(settings({}), false);
    });

    /** Nights on which nothing changes, each delivered; the days on which something was said, by severity. */
    async function remindersOn(days: readonly number[]): Promise<Record<string, number[]>> {
      const said: Record<string, number[]> = {};
      for (const day of days) {
        await rig.evaluate(night(day));
        await process.planner.plan();
        await process.planner.plan();
        const rows = await rig.query<{ digest: Digest }>(
          `with ended as (update alert_message set state = 'sent' where state = 'waiting' returning digest, number)
           select digest from ended order by number`,
        );
        for (const item of rows.flatMap(({ digest }) => digest.items)) {
          expect(item).toMatchObject({ change: 'overdue', again: true });
          (said[item.subject.name] ??= []).push(day);
        }
      }
      return said;
    }

    it('daily if it is overdue and critical or high, weekly if it is less or acknowledged, never if it is in grace', async () => {
      await rig.evaluate(night(1), async (run) => {
        for (const severity of ['critical', 'high', 'medium', 'low'] as const)
          await run.note(await run.open({ name: severity, severity, dueAt: night(1) }), 'overdue');
        const known = await run.open({ name: 'acknowledged', severity: 'critical', dueAt: night(1) });
        await run.note(known, 'acknowledged');
        await run.open({ name: 'in grace', severity: 'critical' });
      });
      await rig.query(`update finding set acknowledged_at = now() where subject_name = 'acknowledged'`);
      await rig.query(`update finding set due_at = due_at - interval '1 second' where due_at < '2027-01-01'`);
      await process.planner.plan();
      await rig.query(`update alert_message set state = 'sent'`);
      const daily = [2, 3, 4, 5, 6, 7, 8, 9];
      expect(await remindersOn(daily)).toEqual({
        critical: daily,
        high: daily,
        medium: [8],
        low: [8],
        acknowledged: [8],
      });
    });

    it('not twice in one day, however many runs there are, and with an hour to spare', async () => {
      await rig.evaluate(night(1), async (run) => {
        await run.note(await run.open({ name: 'a', dueAt: '2026-10-31T00:00:00.000Z' }), 'overdue');
      });
      await process.planner.plan();
      await rig.query(`update alert_message set state = 'sent'`);
      for (const [at, messages] of [
        ['2026-11-01T14:00:00.000Z', 0],
        ['2026-11-02T00:59:59.000Z', 0],
        ['2026-11-02T01:10:00.000Z', 1],
        ['2026-11-02T02:00:00.000Z', 0],
      ] as const) {
        await rig.evaluate(at);
        expect(await process.planner.plan()).toBe(messages);
        await rig.query(`update alert_message set state = 'sent'`);
      }
    });

    it('not while the last time still waits to be sent', async () => {
      await rig.evaluate(night(1), async (run) => {
        await run.note(await run.open({ name: 'a', dueAt: '2026-10-31T00:00:00.000Z' }), 'overdue');
      });
      expect(await process.planner.plan()).toBe(1);
      await rig.evaluate(night(3));
      expect(await process.planner.plan()).toBe(0);
    });

    it('not of a check that is switched off, whose findings nobody judges', async () => {
      await rig.evaluate(night(1), async (run) => {
        await run.note(await run.open({ name: 'a', dueAt: '2026-10-31T00:00:00.000Z' }), 'overdue');
      });
      await process.planner.plan();
      await rig.query(`update alert_message set state = 'sent'`);
      const off = settings({});
      await process.channels.register({ ...off, checks: off.checks.map((check) => ({ ...check, enabled: false })) });
      await rig.evaluate(night(3));
      expect(await process.planner.plan()).toBe(0);
    });
  });
});
