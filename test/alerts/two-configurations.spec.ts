import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlertChannels } from '../../src/alerts/alert-channels.js';
import type { Digest } from '../../src/alerts/digest.js';
import { AlertRig, onlyChannel, settings } from './alert-rig.js';
import { gone } from './receiver.js';

const day = (number: number): string => `2026-11-${number}T02:00:00.000Z`;
const never = new AbortController().signal;

describe('a configuration that is not the one of yesterday, or of the other process', () => {
  let rig: AlertRig;

  beforeAll(async () => {
    rig = await AlertRig.start();
  });
  afterAll(() => rig.stop());
  beforeEach(() => rig.clear());

  const digests = async (): Promise<Digest[]> =>
    (await rig.query<{ digest: Digest }>('select digest from alert_message order by number')).map(
      ({ digest }) => digest,
    );

  it('says no more about an organization that is not judged any more', async () => {
    const process = await rig.process(settings({}), false);
    const both = ['acme', 'beta'];
    await rig.evaluate(
      day(10),
      async (run) => {
        await run.open({ name: 'a', dueAt: day(10) });
        await run.open({ name: 'b', organization: 'beta', dueAt: day(10) });
        await run.open({ name: 'r', organization: null, check: 'hr-roster-fresh', dueAt: day(10) });
      },
      both,
    );
    await process.planner.plan();
    await rig.query(`update alert_message set state = 'sent'`);
    for (const number of [12, 14]) {
      await rig.evaluate(day(number), undefined, ['acme']);
      await process.planner.plan();
      await rig.query(`update alert_message set state = 'sent'`);
    }
    const reminded = (await digests()).slice(1).map(({ items }) => items.map(({ subject }) => subject.name).sort());
    expect(reminded).toEqual([
      ['a', 'r'],
      ['a', 'r'],
    ]);
  });

  it('leaves a hook that was replaced alone, also where a process does not know yet', async () => {
    const behind = await rig.process(settings({ url: 'https://hooks.example.com/old' }));
    await rig.evaluate(day(20), async (run) => void (await run.open({ name: 'a' })));
    await behind.planner.plan();
    const ahead = await rig.process(settings({ url: 'https://hooks.example.com/new' }));
    expect(onlyChannel(ahead).id).toBe(onlyChannel(behind).id);

    expect(await behind.delivery.attempt(onlyChannel(behind), never)).toBe('nothing due');
    expect(await behind.delivery.outlook()).toMatchObject({ ready: [], waiting: 0 });
    expect(await ahead.delivery.attempt(onlyChannel(ahead), never)).toBe('sent');
    expect(rig.receiver.received.map(({ url }) => url)).toEqual(['https://hooks.example.com/new']);
  });

  it('has the last word, also where the one before it takes longer', async () => {
    const process = await rig.process(settings({ url: 'https://hooks.example.com/old' }));
    await rig.evaluate(day(20), async (run) => void (await run.open({ name: 'a' })));
    let isSlow = true;
    const slowClock = async (): Promise<number> => {
      if (isSlow) {
        isSlow = false;
        await pause(200);
      }
      return rig.now;
    };
    const channels = new AlertChannels(rig.database.dataSource, Buffer.alloc(32, 7), slowClock);
    await Promise.all([
      channels.register(settings({ url: 'https://hooks.example.com/old' })),
      channels.register(settings({ url: 'https://hooks.example.com/new' })),
    ]);
    expect(channels.current.map(({ hook }) => hook.url)).toEqual(['https://hooks.example.com/new']);
    expect(await rig.query('select id, fingerprint from alert_channel')).toEqual([
      { id: onlyChannel(process).id, fingerprint: channels.current[0]?.fingerprint },
    ]);
  });

  it('does not take the answer of the old hook for one of the new hook', async () => {
    const behind = await rig.process(settings({ url: 'https://hooks.example.com/old' }));
    await rig.evaluate(day(20), async (run) => void (await run.open({ name: 'a' })));
    await behind.planner.plan();
    rig.receiver.answer(gone);
    rig.receiver.slowness = async () => {
      await rig.process(settings({ url: 'https://hooks.example.com/new' }));
    };
    await behind.delivery.attempt(onlyChannel(behind), never);
    rig.receiver.slowness = () => Promise.resolve();
    expect(await rig.query('select gone_at, gone_because from alert_channel')).toEqual([
      { gone_at: null, gone_because: null },
    ]);
    expect(await rig.query(`select state from alert_message`)).toEqual([{ state: 'waiting' }]);
  });
});
