import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlertRig, onlyChannel, settings, type AlertProcess } from './alert-rig.js';
import { busyFor, failed, refused, silent } from './receiver.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
const hook = 'https://hooks.example.com/one';
const never = new AbortController().signal;

describe('a message', () => {
  let rig: AlertRig;
  let process: AlertProcess;

  beforeAll(async () => {
    rig = await AlertRig.start();
  });
  afterAll(() => rig.stop());
  beforeEach(async () => {
    await rig.clear();
    process = await rig.process(settings({}), false);
  });

  const oneFinding = (day: number, name = 'a'): Promise<string> =>
    rig.evaluate(night(day), async (run) => void (await run.open({ name })));
  const attempt = (by = process): Promise<string> => by.delivery.attempt(onlyChannel(by), never);

  it('arrives once when the receiver is busy twice and broken once', async () => {
    await oneFinding(21);
    rig.receiver.answer(busyFor(30_000), busyFor(5_000), failed);
    expect(await process.loop.deliverAll(60_000)).toEqual({ sent: 1, refused: 0, waiting: 0 });
    const { received } = rig.receiver;
    expect(received).toHaveLength(4);
    expect(new Set(received.map(({ delivery }) => JSON.stringify(delivery))).size).toBe(1);
    const [first = 0, second = 0, third = 0, fourth = 0] = received.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(30_000);
    expect(third - second).toBeGreaterThanOrEqual(5_000);
    expect(fourth - third).toBeGreaterThanOrEqual(1_000);
    expect(rig.receiver.shown).toHaveLength(1);
    expect(await process.loop.deliverAll(60_000)).toEqual({ sent: 0, refused: 0, waiting: 0 });
    expect(received).toHaveLength(4);
  });

  it('that the receiver asked for again stays what it is, also when a run ends meanwhile', async () => {
    await oneFinding(20, 'a');
    await process.planner.plan();
    rig.receiver.answer(busyFor(600_000));
    expect(await attempt()).toBe('retry');
    await oneFinding(21, 'b');
    await oneFinding(22, 'c');
    rig.now += 599_999;
    await process.planner.plan();
    expect(await attempt()).toBe('nothing due');
    await process.loop.deliverAll(60_000);
    const [first, again, ...rest] = rig.receiver.received.map(({ delivery }) => delivery);
    expect(again).toEqual(first);
    expect(rest.map(({ digest }) => [digest.kind, digest.counts.new])).toEqual([['catch_up', 2]]);
  });

  it('follows the one before it after a second at the earliest, also by another process', async () => {
    rig.receiver.slowness = async () => {
      rig.now += 700;
    };
    await oneFinding(20);
    await process.loop.deliverAll(1_000);
    await rig.evaluate(night(21), async (run) => {
      for (const severity of ['critical', 'high', 'medium', 'low'] as const) await run.open({ severity });
    });
    const other = await rig.process(settings({}));
    for (let index = 0; index < 200; index++) {
      await process.loop.deliverAll(0);
      await other.loop.deliverAll(0);
      rig.now += 90;
    }
    rig.receiver.slowness = () => Promise.resolve();
    const times = rig.receiver.received.map(({ at }) => at);
    expect(times).toHaveLength(5);
    // Counted from the answer to the one before.
    expect(times.slice(1).every((at, index) => at - Number(times[index]) >= 1_700)).toBe(true);
    expect(rig.receiver.shown.map(({ digest }) => digest.severity)).toEqual([
      'high',
      'critical',
      'high',
      'medium',
      'low',
    ]);
  });

  it('is sent once by two processes that work side by side, and never two at a time', async () => {
    const others = await Promise.all([rig.process(settings({})), rig.process(settings({}))]);
    rig.receiver.slowness = () => new Promise((resolve) => setTimeout(resolve, 5));
    for (let day = 1; day <= 12; day++) {
      await oneFinding(day, `n${day}`);
      await Promise.all([process, ...others].map(({ loop }) => loop.deliverAll(2_000)));
    }
    rig.receiver.slowness = () => Promise.resolve();
    const names = rig.receiver.received.flatMap(({ delivery }) =>
      delivery.digest.items.map(({ subject }) => subject.name),
    );
    expect(names.toSorted()).toEqual(Array.from({ length: 12 }, (_, index) => `n${index + 1}`).toSorted());
    expect(rig.receiver.mostAtOnce).toBe(1);
  });

  it('whose sender died after the answer comes once more, under the same id and with the same words', async () => {
    await oneFinding(20);
    await process.planner.plan();
    rig.receiver.answer('dies after the answer');
    const dying = await rig.process(settings({}));
    void attempt(dying).catch(() => undefined);
    await expect.poll(() => rig.receiver.received.length).toBe(1);
    expect(await attempt()).toBe('held elsewhere');
    await rig.killSender();
    // A finding that changes meanwhile changes the next message, and not the one that may be there already.
    await rig.evaluate(night(21), async (run) => void (await run.resolve(String((await findings())[0]))));
    rig.now += 5_000;
    await expect.poll(() => process.loop.deliverAll(2_000)).toMatchObject({ waiting: 0 });
    const [first, copy, next] = rig.receiver.shown;
    expect(copy).toEqual(first);
    expect(next?.digest).toMatchObject({ kind: 'changes', counts: { resolved: 1 } });
    expect(rig.receiver.received).toHaveLength(3);
  });

  it('whose sender died before it left is sent once', async () => {
    await oneFinding(20);
    await process.planner.plan();
    rig.receiver.answer('dies before it leaves');
    const dying = await rig.process(settings({}));
    void attempt(dying).catch(() => undefined);
    await expect.poll(() => rig.receiver.received.length).toBe(1);
    await rig.killSender();
    rig.now += 5_000;
    await expect.poll(() => process.loop.deliverAll(2_000)).toMatchObject({ waiting: 0 });
    expect(rig.receiver.shown).toHaveLength(1);
    expect(new Set(rig.receiver.received.map(({ delivery }) => delivery.id)).size).toBe(1);
  });

  it('whose answer could not be written down, because the database was away, is not sent again', async () => {
    await oneFinding(20);
    await process.planner.plan();
    rig.receiver.slowness = () => rig.query('alter table alert_message rename to away').then(() => undefined);
    await expect(attempt()).rejects.toThrow('alert_message');
    rig.receiver.slowness = () => Promise.resolve();
    await rig.query('alter table away rename to alert_message');
    rig.now += 5_000;
    expect(await process.loop.deliverAll(2_000)).toMatchObject({ waiting: 0 });
    expect(rig.receiver.received).toHaveLength(1);
    expect(await rig.query('select state, ambiguous from alert_message')).toEqual([
      { state: 'sent', ambiguous: false },
    ]);
  });

  it('that may have arrived keeps its id; the others of a day’s outage are one, which says how things ended', async () => {
    rig.receiver.answer(silent(false));
    const ids: Record<string, string> = {};
    await rig.evaluate(night(18), async (run) => {
      ids['repaired'] = await run.open({ name: 'repaired' });
      ids['open'] = await run.open({ name: 'open' });
    });
    await process.planner.plan();
    expect(await attempt()).toBe('retry');
    rig.receiver.always(hook, failed);
    for (const day of [19, 20, 21]) {
      await rig.evaluate(night(day), async (run) => {
        ids[`passing ${day}`] = await run.open({ name: `passing ${day}`, severity: 'low' });
        if (day > 19) await run.resolve(String(ids[`passing ${day - 1}`]));
        if (day === 20) await run.resolve(String(ids['repaired']));
        await run.open({ name: `stays ${day}`, severity: 'critical' });
      });
      rig.now += 86_400_000;
      await process.planner.plan();
      await attempt();
    }
    rig.receiver.always(hook, null);
    rig.now += 300_000;
    await process.loop.deliverAll(2_000);
    const [first, digest, ...more] = rig.receiver.shown;
    expect(first?.id).toBe(rig.receiver.received[0]?.delivery.id);
    expect(first?.digest.items).toHaveLength(2);
    expect(more).toEqual([]);
    expect(digest?.digest).toMatchObject({
      kind: 'catch_up',
      severity: 'critical',
      evaluation: { at: night(21) },
      since: night(19),
      counts: { new: 4, overdue: 0, resolved: 3 },
    });
    expect(digest?.digest.items.map(({ subject, change }) => `${subject.name}: ${change}`)).toEqual([
      'stays 19: new',
      'stays 20: new',
      'stays 21: new',
      'passing 21: new',
      'repaired: resolved',
      'passing 19: resolved',
      'passing 20: resolved',
    ]);
    expect(await process.loop.deliverAll(2_000)).toEqual({ sent: 0, refused: 0, waiting: 0 });
  });

  it('that waited through an outage of a receiver that answers is one digest, and then there is nothing more', async () => {
    rig.receiver.always(hook, failed);
    for (const day of [18, 19, 20]) {
      await oneFinding(day, `n${day}`);
      await process.planner.plan();
      await attempt();
      rig.now += 86_400_000;
    }
    const [channel] = await rig.query<{ failing_since: Date | null }>('select failing_since from alert_channel');
    expect(channel?.failing_since).not.toBeNull();
    rig.receiver.always(hook, null);
    expect(await process.loop.deliverAll(2_000)).toEqual({ sent: 1, refused: 0, waiting: 0 });
    expect(rig.receiver.shown.map(({ digest }) => [digest.kind, digest.counts.new])).toEqual([['catch_up', 3]]);
    expect(await untold()).toEqual([]);
    expect(await rig.query('select failing_since, last_error from alert_channel')).toEqual([
      { failing_since: null, last_error: null },
    ]);
  });

  it('that will never be taken is given up, and the next one is sent', async () => {
    await oneFinding(20, 'a');
    await process.planner.plan();
    rig.receiver.answer(refused);
    expect(await process.loop.deliverAll(2_000)).toEqual({ sent: 0, refused: 1, waiting: 0 });
    await oneFinding(21, 'b');
    expect(await process.loop.deliverAll(2_000)).toEqual({ sent: 1, refused: 0, waiting: 0 });
    expect(await rig.query('select state, last_error from alert_message order by number')).toEqual([
      { state: 'refused', last_error: 'It answered 400.' },
      { state: 'sent', last_error: null },
    ]);
  });

  it('waits for the end of quiet hours, with those of other runs as one', async () => {
    const quiet = await rig.process(
      settings({ quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' } }),
      false,
    );
    rig.now = Date.parse('2026-11-21T21:30:00.000Z');
    await rig.evaluate(night(20), async (run) => void (await run.open({ severity: 'critical' })));
    await oneFinding(21);
    expect(await quiet.loop.deliverAll(2_000)).toEqual({ sent: 0, refused: 0, waiting: 2 });
    rig.now = Date.parse('2026-11-22T05:59:59.000Z');
    expect(await quiet.loop.deliverAll(100)).toEqual({ sent: 0, refused: 0, waiting: 2 });
    rig.now = Date.parse('2026-11-22T06:00:00.000Z');
    expect(await quiet.loop.deliverAll(2_000)).toEqual({ sent: 1, refused: 0, waiting: 0 });
    expect(rig.receiver.shown).toMatchObject([{ digest: { kind: 'catch_up', severity: 'critical' } }]);
  });

  async function findings(): Promise<string[]> {
    return (await rig.query<{ id: string }>('select id from finding order by id')).map(({ id }) => id);
  }

  /** Transitions without a message that was sent. */
  async function untold(): Promise<unknown[]> {
    return rig.query(
      `select from finding_transition where not exists (
         select from alert_item join alert_message on alert_message.id = alert_item.message_id
           left join alert_message as told on told.id = alert_message.told_in
          where alert_item.transition_id = finding_transition.id and coalesce(told.state, alert_message.state) = 'sent')`,
    );
  }
});
