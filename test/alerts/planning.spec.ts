import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/alerts/digest.js';
import { AlertRig, settings, type AlertProcess } from './alert-rig.js';

const first = '2026-11-20T02:00:00.000Z';
const second = '2026-11-21T02:00:00.000Z';

describe('what is said', () => {
  let rig: AlertRig;
  let it1: AlertProcess;

  beforeAll(async () => {
    rig = await AlertRig.start();
  });
  afterAll(() => rig.stop());
  beforeEach(async () => {
    await rig.clear();
    it1 = await rig.process(settings({}), false);
  });

  async function digests(): Promise<Digest[]> {
    await it1.planner.plan();
    const rows = await rig.query<{ digest: Digest }>('select digest from alert_message order by number');
    return rows.map(({ digest }) => digest);
  }

  /** A night before all that is told, so that what follows is no first night. */
  async function quietNight(organizations = ['acme']): Promise<void> {
    await rig.evaluate(first, undefined, organizations);
    expect(await digests()).toEqual([]);
  }

  it('is one message for each severity of a run, over all organizations, the most severe first', async () => {
    await quietNight(['acme', 'beta']);
    await rig.evaluate(
      second,
      async (run) => {
        await run.open({ severity: 'low', name: 'a' });
        await run.open({ severity: 'critical', name: 'b', check: 'offboarded-access-removed' });
        await run.open({ severity: 'low', name: 'c', organization: 'beta' });
      },
      ['acme', 'beta'],
    );
    const said = await digests();
    expect(said.map(({ kind, severity, counts }) => ({ kind, severity, ...counts }))).toEqual([
      { kind: 'changes', severity: 'critical', new: 1, overdue: 0, resolved: 0 },
      { kind: 'changes', severity: 'low', new: 2, overdue: 0, resolved: 0 },
    ]);
    expect(said[1]?.items.map(({ organization }) => organization)).toEqual(['acme', 'beta']);
    expect(said[0]).toMatchObject({
      schema: 'hubwarden.alert/1',
      evaluation: { at: second },
      since: second,
      more: 0,
      sources: [],
      checks: [
        {
          id: 'offboarded-access-removed',
          title: 'Nobody who left can still get in',
          severity: 'critical',
          counts: { new: 1 },
        },
      ],
      items: [
        {
          change: 'new',
          again: false,
          check: 'offboarded-access-removed',
          organization: 'acme',
          subject: { kind: 'account', name: 'b' },
          reason: 'BECAUSE',
          message: 'b is wrong.',
          since: second,
          dueAt: '2030-01-01T00:00:00.000Z',
          acknowledged: false,
        },
      ],
    });
  });

  it('is one message on the first night, and one for what an organization brings when it is added', async () => {
    await rig.evaluate(first, async (run) => {
      await run.open({ severity: 'critical' });
      await run.open({ severity: 'low' });
    });
    expect(await digests()).toMatchObject([{ kind: 'first_night', severity: 'critical', counts: { new: 2 } }]);
    await rig.evaluate(
      second,
      async (run) => {
        await run.open({ severity: 'medium', organization: 'acme' });
        await run.open({ severity: 'high', organization: 'beta' });
        await run.open({ severity: 'low', organization: 'beta' });
      },
      ['acme', 'beta'],
    );
    expect((await digests()).slice(1)).toMatchObject([
      { kind: 'first_night', severity: 'high', counts: { new: 2 } },
      { kind: 'changes', severity: 'medium', counts: { new: 1 } },
    ]);
  });

  it('is one message that leads with the source where one is down, on every such night', async () => {
    await quietNight();
    let down = '';
    await rig.evaluate(second, async (run) => {
      down = await run.open({ check: 'hub-sync-complete', severity: 'high', name: 'acme' });
      await run.open({ severity: 'critical' });
      await run.open({ severity: 'low' });
    });
    const third = '2026-11-22T02:00:00.000Z';
    await rig.evaluate(third, async (run) => {
      await run.open({ severity: 'low' });
      await run.open({ severity: 'medium' });
    });
    const said = await digests();
    const sources = [{ organization: 'acme', check: 'hub-sync-complete', message: 'acme is wrong.' }];
    expect(said).toMatchObject([
      { kind: 'source_down', severity: 'critical', counts: { new: 3 }, sources },
      { kind: 'source_down', severity: 'medium', counts: { new: 2 }, sources },
    ]);
    await rig.evaluate('2026-11-23T02:00:00.000Z', async (run) => {
      await run.resolve(down);
      await run.open({ severity: 'low' });
    });
    expect((await digests()).slice(2)).toMatchObject([
      { kind: 'changes', severity: 'high', counts: { resolved: 1 }, sources: [] },
      { kind: 'changes', severity: 'low', counts: { new: 1 }, sources: [] },
    ]);
  });

  it('names the roster where that is down, and not the source of an organization that it does not tell about', async () => {
    await quietNight(['acme', 'beta']);
    await rig.evaluate(
      second,
      async (run) => void (await run.open({ check: 'hub-sync-complete', organization: 'beta' })),
    );
    await digests();
    await rig.evaluate('2026-11-22T02:00:00.000Z', async (run) => void (await run.open({ name: 'a' })), [
      'acme',
      'beta',
    ]);
    expect((await digests())[1]).toMatchObject({ kind: 'changes', sources: [] });
    await rig.evaluate(
      '2026-11-23T02:00:00.000Z',
      async (run) => {
        await run.open({ check: 'hr-roster-fresh', organization: null, name: 'HR roster' });
        await run.open({ name: 'a', severity: 'low' });
      },
      ['acme', 'beta'],
    );
    expect((await digests())[2]).toMatchObject({
      kind: 'source_down',
      counts: { new: 2 },
      sources: [{ organization: null, check: 'hr-roster-fresh' }],
    });
  });

  it('is no longer led by a check that somebody switched off', async () => {
    await quietNight();
    await rig.evaluate(second, async (run) => void (await run.open({ check: 'hub-sync-complete' })));
    await digests();
    const off = settings({});
    await it1.channels.register({
      ...off,
      checks: off.checks.map((check) => ({ ...check, enabled: check.id !== 'hub-sync-complete' })),
    });
    await rig.evaluate('2026-11-22T02:00:00.000Z', async (run) => void (await run.open({})));
    expect((await digests())[1]).toMatchObject({ kind: 'changes', sources: [] });
  });

  it('follows a finding: new, overdue, resolved, back again', async () => {
    await quietNight();
    let id = '';
    await rig.evaluate(second, async (run) => void (id = await run.open({ name: 'a' })));
    await digests();
    await rig.evaluate('2026-11-22T02:00:00.000Z', async (run) => void (await run.note(id, 'overdue')));
    await digests();
    await rig.evaluate('2026-11-23T02:00:00.000Z', async (run) => void (await run.resolve(id)));
    await digests();
    await rig.evaluate('2026-11-24T02:00:00.000Z', async (run) => void (await run.reopen(id)));
    const items = (await digests()).flatMap((digest) => digest.items);
    expect(items.map(({ change, again, reason, message }) => ({ change, again, reason, message }))).toEqual([
      { change: 'new', again: false, reason: 'BECAUSE', message: 'a is wrong.' },
      { change: 'overdue', again: false, reason: 'BECAUSE', message: 'a is wrong.' },
      { change: 'resolved', again: false, reason: 'IDENTITY_LINKED', message: 'It is in order again.' },
      { change: 'new', again: true, reason: 'BECAUSE', message: 'a is wrong.' },
    ]);
  });

  it('says of what opened and closed before anybody was told only that it is over', async () => {
    await quietNight();
    let id = '';
    await rig.evaluate(second, async (run) => {
      id = await run.open({});
      await run.note(id, 'overdue');
    });
    await rig.evaluate('2026-11-22T02:00:00.000Z', async (run) => void (await run.resolve(id, 'REMOVED_IN_SOURCE')));
    expect(await digests()).toMatchObject([
      {
        evaluation: { at: '2026-11-22T02:00:00.000Z' },
        since: second,
        counts: { new: 0, overdue: 0, resolved: 1 },
        items: [{ change: 'resolved', message: 'It is not there any more.' }],
      },
    ]);
    expect(await rig.query('select from alert_item where transition_id is not null')).toHaveLength(3);
  });

  it('says of what is overdue when it appears that it is new', async () => {
    await quietNight();
    await rig.evaluate(second, async (run) => {
      await run.note(await run.open({ dueAt: first }), 'overdue');
    });
    expect(await digests()).toMatchObject([
      { counts: { new: 1, overdue: 0 }, items: [{ change: 'new', dueAt: first }] },
    ]);
  });

  it('never mentions an acknowledgement, and tells what happens between two evaluations by itself', async () => {
    await quietNight();
    let id = '';
    await rig.evaluate(second, async (run) => void (id = await run.open({})));
    await digests();
    await rig.between('2026-11-21T10:00:00.000Z').note(id, 'acknowledged');
    expect(await digests()).toHaveLength(1);
    await rig.between('2026-11-21T12:00:00.000Z').open({ check: 'alert-channels-working', name: 'acme' });
    expect((await digests())[1]).toMatchObject({
      kind: 'changes',
      evaluation: null,
      since: '2026-11-21T12:00:00.000Z',
    });
  });

  it('lists the 200 most urgent, and counts the others', async () => {
    await quietNight();
    await rig.evaluate(second, async (run) => {
      const ended = await run.open({ severity: 'high', name: 'ended', dueAt: first });
      await run.resolve(ended);
      for (let index = 0; index < 204; index++) await run.open({ name: `n${index}` });
      await run.open({ name: 'urgent', dueAt: '2026-11-22T02:00:00.000Z' });
    });
    const [said] = await digests();
    expect(said).toMatchObject({ counts: { new: 205, resolved: 1 }, more: 6 });
    expect(said?.items).toHaveLength(200);
    expect(said?.items[0]?.subject.name).toBe('urgent');
    expect(said?.items.some(({ subject }) => subject.name === 'ended')).toBe(false);
  });
});
