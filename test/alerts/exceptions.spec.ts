import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/alerts/digest.js';
import { slackMessage } from '../../src/alerts/notifiers/slack-message.js';
import { AlertRig, settings, type AlertProcess } from './alert-rig.js';

const night = (index: number): string =>
  new Date(Date.parse('2026-11-20T02:00:00.000Z') + index * 86_400_000).toISOString();

describe('what is said of exceptions', () => {
  let rig: AlertRig;
  let process: AlertProcess;
  let finding = '';

  beforeAll(async () => {
    rig = await AlertRig.start();
  });
  afterAll(() => rig.stop());
  beforeEach(async () => {
    await rig.clear();
    process = await rig.process(settings({}), false);
    await rig.evaluate(night(0));
    await rig.evaluate(night(1), async (run) => void (finding = await run.open({ name: 'a', dueAt: night(2) })));
    await news();
    await rig.between(night(1)).except(finding, '2026-12-01T02:00:00.000Z');
  });

  /** What was planned since the last time. */
  async function news(): Promise<Digest[]> {
    await process.planner.plan();
    const rows = await rig.query<{ digest: Digest }>(
      `with told as (update alert_message set state = 'sent' where state = 'waiting' returning number, digest)
       select digest from told order by number`,
    );
    return rows.map(({ digest }) => digest);
  }

  it('nothing while one stands, however long the finding is overdue', async () => {
    expect(await news()).toEqual([]);
    for (const index of [2, 3, 4, 5]) {
      await rig.evaluate(night(index));
      expect(await news()).toEqual([]);
    }
  });

  it.each([
    ['exception_expired', 'EXPIRED', 'Its exception has expired. a is wrong.'],
    [
      'exception_voided',
      'ROLE_ROSE',
      'Its exception is void, because what was accepted has changed (ROLE_ROSE). a is wrong.',
    ],
    ['exception_revoked', 'no longer needed', 'Its exception was taken back. a is wrong.'],
  ] as const)('%s: that the finding is back, once, and then its reminders', async (kind, because, message) => {
    await rig.evaluate(night(3), async (run) => void (await run.tell(finding, kind, because)));
    const [digest, ...more] = await news();
    expect(more).toEqual([]);
    expect(digest).toMatchObject({
      kind: 'changes',
      counts: { new: 1, overdue: 0, resolved: 0 },
      items: [{ change: 'new', again: true, reason: 'BECAUSE', message, dueAt: night(2) }],
    });
    expect(digest?.counts).not.toHaveProperty('expiring');
    await rig.evaluate(night(4));
    expect(await news()).toMatchObject([{ items: [{ change: 'overdue', again: true, message: 'a is wrong.' }] }]);
  });

  it('taken back between two nights, at once', async () => {
    await rig.between(night(3)).tell(finding, 'exception_revoked', 'x');
    expect(await news()).toMatchObject([{ evaluation: null, counts: { new: 1 }, items: [{ again: true }] }]);
  });

  it('that it will expire, and when', async () => {
    await rig.evaluate(night(4), async (run) => void (await run.tell(finding, 'exception_expiring', '7d')));
    const [digest] = await news();
    expect(digest).toMatchObject({
      counts: { new: 0, overdue: 0, resolved: 0, expiring: 1 },
      more: 0,
      items: [{ change: 'expiring', message: 'Its exception expires at 2026-12-01 02:00 UTC. a is wrong.' }],
    });
    if (digest === undefined) throw new Error('Nothing was said.');
    const text = JSON.stringify(slackMessage({ id: 'x', digest, publicUrl: 'https://hubwarden.example.com' }));
    expect(text).toContain('Docker Hub access: 1 expiring (high)');
    expect(text).toContain('Exception about to expire · Everybody is somebody');
    expect(text).toContain('findings?');
  });

  it('of one that was announced and expired before anybody was told, that it has expired', async () => {
    await rig.evaluate(night(4), async (run) => void (await run.tell(finding, 'exception_expiring', '1d')));
    await rig.evaluate(night(5), async (run) => void (await run.tell(finding, 'exception_expired', 'EXPIRED')));
    expect(await news()).toMatchObject([
      { counts: { new: 1 }, items: [{ change: 'new', message: 'Its exception has expired. a is wrong.' }] },
    ]);
  });

  it('of what is resolved, that it is over', async () => {
    await rig.evaluate(night(4), async (run) => {
      await run.tell(finding, 'exception_expired', 'EXPIRED');
      await run.resolve(finding);
    });
    expect(await news()).toMatchObject([{ counts: { new: 0, resolved: 1 }, items: [{ change: 'resolved' }] }]);
  });
});
