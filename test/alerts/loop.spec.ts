import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryLoop } from '../../src/alerts/delivery-loop.js';
import { AlertRig, settings, type AlertProcess } from './alert-rig.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;

describe('delivery in the background', () => {
  let rig: AlertRig;
  let process: AlertProcess;
  let loop: DeliveryLoop;

  beforeEach(async () => {
    rig = await AlertRig.start();
    process = await rig.process(
      settings({ url: 'https://hooks.example.com/a' }, { url: 'https://hooks.example.com/b' }),
      false,
    );
    loop = new DeliveryLoop(process.planner, process.delivery, { everyMs: 30, graceMs: 300 });
  });
  afterEach(async () => {
    rig.receiver.release();
    await loop.stop();
    await rig.stop();
  });

  const finding = (day: number): Promise<string> => rig.evaluate(night(day), async (run) => void (await run.open({})));
  const states = async (): Promise<string[]> =>
    (await rig.query<{ state: string }>('select state from alert_message order by number')).map(({ state }) => state);

  it('sends what appears, until it is stopped', async () => {
    loop.start();
    loop.start();
    await finding(20);
    await expect.poll(states).toEqual(['sent', 'sent']);
    await loop.stop();
    await loop.stop();
    rig.now += 10_000;
    await finding(21);
    loop.poke();
    await pause(100);
    expect(await states()).toEqual(['sent', 'sent']);
    loop.start();
    await expect.poll(states).toEqual(['sent', 'sent', 'sent', 'sent']);
    expect(rig.receiver.shown).toHaveLength(4);
  });

  it('looks at once when it is poked', async () => {
    loop = new DeliveryLoop(process.planner, process.delivery, { everyMs: 60_000 });
    loop.start();
    await pause(100);
    await finding(20);
    loop.poke();
    await expect.poll(states).toEqual(['sent', 'sent']);
  });

  it('does not let one hook wait for another one that does not answer', async () => {
    rig.receiver.always('https://hooks.example.com/a', 'dies before it leaves');
    loop.start();
    for (const day of [19, 20, 21]) {
      await finding(day);
      await expect.poll(() => rig.receiver.to('https://hooks.example.com/b').length).toBe(day - 18);
      rig.now += 10_000;
    }
    expect(rig.receiver.to('https://hooks.example.com/a')).toEqual([]);
  });

  it('serves more hooks than it has connections to the database', async () => {
    const hooks = Array.from({ length: 12 }, (_, number) => ({ url: `https://hooks.example.com/${number}` }));
    rig.receiver.slowness = () => pause(50);
    process = await rig.process(settings(...hooks));
    loop = new DeliveryLoop(process.planner, process.delivery, { everyMs: 30, graceMs: 300 });
    loop.start();
    await finding(20);
    await expect.poll(states).toEqual(hooks.map(() => 'sent'));
  });

  it('waits for an answer on its way before it stops', async () => {
    rig.receiver.slowness = () => pause(150);
    loop.start();
    await finding(20);
    await expect.poll(() => rig.receiver.received.length).toBe(2);
    await loop.stop();
    expect(await states()).toEqual(['sent', 'sent']);
  });

  it('breaks a request off that takes too long, stops in time, and sends it again under the same id', async () => {
    rig.receiver.hang = true;
    loop.start();
    await finding(20);
    await expect.poll(() => rig.receiver.received.length).toBe(2);
    const started = performance.now();
    await loop.stop();
    expect(performance.now() - started).toBeLessThan(6_000);
    expect(await rig.query('select state, ambiguous from alert_message')).toEqual([
      { state: 'waiting', ambiguous: true },
      { state: 'waiting', ambiguous: true },
    ]);
    rig.receiver.hang = false;
    rig.now += 10_000;
    loop.start();
    await expect.poll(states).toEqual(['sent', 'sent']);
    expect(rig.receiver.received).toHaveLength(4);
    expect(new Set(rig.receiver.received.map(({ delivery }) => delivery.id)).size).toBe(2);
  });

  it('survives a notifier that throws, and takes it for no answer', async () => {
    rig.receiver.slowness = () => Promise.reject(new Error('https://hooks.example.com/a is broken'));
    loop.start();
    await finding(20);
    await expect.poll(() => rig.logged.filter((line) => line.startsWith('ERROR')).length).toBe(2);
    rig.receiver.slowness = () => Promise.resolve();
    rig.now += 600_000;
    await expect.poll(states).toEqual(['sent', 'sent']);
    expect(rig.logged.join('\n')).not.toContain('hooks.example.com/a');
  });

  it('is well again once another process has sent what it could not send', async () => {
    await rig.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$`);
    await rig.query(`create trigger refuse before update on alert_message for each row when (new.state = 'sending')
                     execute function refuse()`);
    loop.start();
    await finding(20);
    await expect.poll(() => loop.trouble).toBe('it cannot plan or send; the log says why');
    await rig.query(`update alert_message set state = 'sent'`);
    await expect.poll(() => loop.trouble).toBeNull();
  });

  it('waits for a database that is away, says so once, and goes on by itself', async () => {
    loop.start();
    await rig.query('alter table alert_channel rename to away');
    await pause(200);
    await rig.query('alter table away rename to alert_channel');
    await finding(20);
    await expect.poll(states).toEqual(['sent', 'sent']);
    await expect.poll(() => rig.logged.filter((line) => !line.includes('Alert sent'))).toHaveLength(2);
    expect(rig.logged.at(0)).toMatch(/^ERROR "Alerts cannot be planned or sent"/);

    await rig.query(`select pg_terminate_backend(pid) from pg_stat_activity
                      where datname = current_database() and pid <> pg_backend_pid()`);
    rig.now += 10_000;
    await finding(21);
    await expect.poll(states).toHaveLength(4);
    await expect.poll(states).toEqual(['sent', 'sent', 'sent', 'sent']);
  });
});
