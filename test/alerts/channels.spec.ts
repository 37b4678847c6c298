import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlertRig, settings, type AlertProcess } from './alert-rig.js';
import { gone } from './receiver.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
const hook = (name: string): { url: string } => ({ url: `https://hooks.example.com/${name}` });

describe('a hook', () => {
  let rig: AlertRig;

  beforeAll(async () => {
    rig = await AlertRig.start();
  });
  afterAll(() => rig.stop());
  beforeEach(() => rig.clear());

  const finding = (day: number, name: string): Promise<string> =>
    rig.evaluate(night(day), async (run) => void (await run.open({ name })));

  /** The names of what a hook was told. */
  async function toldTo(process: AlertProcess, name: string): Promise<string[]> {
    await process.loop.deliverAll(2_000);
    return rig.receiver.to(hook(name).url).flatMap(({ digest }) => digest.items.map(({ subject }) => subject.name));
  }

  it('is one channel over restarts and processes, whatever its routes', async () => {
    const first = await rig.process(settings(hook('one')), false);
    const [again, same, ...others] = await Promise.all([
      rig.process(settings({ ...hook('one'), minSeverity: 'high', secret: 'new' })),
      rig.process(settings(hook('one'), { ...hook('one'), organizations: ['acme'] })),
      rig.process(settings({ ...hook('one'), kind: 'webhook' })),
      rig.process(settings(hook('two'))),
    ]);
    expect(again.channels.current[0]?.id).toBe(first.channels.current[0]?.id);
    expect(again.channels.current[0]?.hook.secret).toBe('new');
    expect(same.channels.current).toHaveLength(1);
    expect(new Set([first, ...others].map(({ channels }) => channels.current[0]?.id)).size).toBe(3);
    expect((await rig.process(settings(), false)).channels.current).toEqual([]);
  });

  it('that takes the place of another one of its kind tells what that one had not told', async () => {
    const before = await rig.process(settings(hook('old'), { ...hook('other'), kind: 'webhook' }), false);
    await finding(18, 'told');
    expect(await toldTo(before, 'old')).toEqual(['told']);
    rig.receiver.always(hook('old').url, gone);
    await finding(19, 'waiting');
    await before.loop.deliverAll(2_000);
    await finding(20, 'unplanned');
    await before.channels.register(settings(hook('new'), { ...hook('other'), kind: 'webhook' }));
    await finding(21, 'after');
    expect(await toldTo(before, 'new')).toEqual(expect.arrayContaining(['waiting', 'unplanned', 'after']));
    expect(await toldTo(before, 'new')).not.toContain('told');
    expect(await rig.query('select from alert_channel')).toHaveLength(2);
    expect(await rig.query(`select from alert_message where state in ('waiting', 'sending')`)).toEqual([]);
  });

  it('is no replacement of one that told everything', async () => {
    const process = await rig.process(settings(hook('old')), false);
    await finding(18, 'told');
    await toldTo(process, 'old');
    await process.channels.register(settings(hook('new')));
    await finding(19, 'after');
    expect(await toldTo(process, 'new')).toEqual(['after']);
    expect(await rig.query('select from alert_channel')).toHaveLength(2);
  });

  it.each([
    ['two are new', [hook('new'), hook('newer')]],
    ['the new one is of another kind', [{ ...hook('new'), kind: 'webhook' as const }]],
  ])('is no replacement where %s', async (_, alerts) => {
    const process = await rig.process(settings(hook('old')), false);
    await finding(18, 'waiting');
    await process.channels.register(settings(...alerts));
    await finding(19, 'after');
    expect(await toldTo(process, 'new')).toEqual(['after']);
  });

  it('is no replacement of one that was dropped several runs ago', async () => {
    const process = await rig.process(settings(hook('old')), false);
    await finding(10, 'waiting');
    await process.channels.register(settings());
    rig.now += 1_000;
    for (const day of [11, 12, 13, 14]) await finding(day, `n${day}`);
    await process.channels.register(settings(hook('new')));
    await finding(15, 'after');
    expect(await toldTo(process, 'new')).toEqual(['after']);
  });

  it('that was dropped comes back and tells, as one, what it has missed', async () => {
    const process = await rig.process(settings(hook('old')), false);
    await process.channels.register(settings());
    for (const day of [11, 12, 13, 14, 15]) await finding(day, `n${day}`);
    await process.channels.register(settings(hook('old')));
    expect(await toldTo(process, 'old')).toEqual(['n11', 'n12', 'n13', 'n14', 'n15']);
    expect(rig.receiver.shown).toHaveLength(1);
  });

  it('that is gone is not tried until a sample has got through, and tells then what waited', async () => {
    const two = await rig.process(settings(hook('one'), hook('two')), false);
    rig.receiver.always(hook('one').url, gone);
    await finding(20, 'a');
    await two.loop.deliverAll(2_000);
    rig.now += 600_000;
    await finding(21, 'b');
    expect(await two.loop.deliverAll(2_000)).toMatchObject({ sent: 1, waiting: 3 });
    expect(rig.receiver.received.filter(({ url }) => url === hook('one').url)).toHaveLength(1);
    const told = rig.receiver.to(hook('two').url).map(({ digest }) => digest);
    expect(told.map(({ evaluation, items }) => [evaluation?.at ?? null, items[0]?.check, items[0]?.reason])).toEqual([
      [night(20), 'user-identified', 'BECAUSE'],
      [null, 'alert-channels-working', 'CHANNEL_GONE'],
      [night(21), 'user-identified', 'BECAUSE'],
    ]);
    expect(told[1]?.items[0]).toMatchObject({
      organization: 'acme',
      subject: { kind: 'organization', name: 'acme' },
      message: 'slack hooks.example.com is gone, and alerts are no longer sent there: It answered 404.',
    });

    rig.receiver.always(hook('one').url, null);
    await two.channels.revive(String(two.channels.current[0]?.id));
    expect(await two.loop.deliverAll(2_000)).toMatchObject({ sent: 1, waiting: 0 });
    expect(rig.receiver.to(hook('one').url).map(({ digest }) => [digest.kind, digest.counts.new])).toEqual([
      ['catch_up', 3],
    ]);
    expect(await rig.query('select from alert_channel where gone_at is not null')).toEqual([]);
  });

  it('that is gone is a finding of the organizations that it is told about, once, unless nobody asks for it', async () => {
    const findings = (): Promise<unknown[]> =>
      rig.query(`select from finding where check_id = 'alert-channels-working'`);
    await rig.organization('acme');
    await rig.organization('beta');
    rig.receiver.answer(gone, gone, gone);
    const off = settings(hook('off'));
    const quiet = await rig.process({ ...off, checks: off.checks.map((one) => ({ ...one, enabled: false })) }, false);
    await finding(19, 'a');
    await quiet.loop.deliverAll(2_000);
    expect(await findings()).toHaveLength(0);
    const narrow = await rig.process(settings({ ...hook('acme'), organizations: ['acme'] }), false);
    await finding(20, 'b');
    await narrow.loop.deliverAll(2_000);
    expect(await findings()).toHaveLength(1);
    const wide = await rig.process(settings(hook('all')), false);
    await finding(21, 'c');
    await wide.loop.deliverAll(2_000);
    expect(await findings()).toHaveLength(2);
  });

  it('stays a secret', async () => {
    const { logged } = rig;
    logged.length = 0;
    const process = await rig.process(settings({ url: 'https://hooks.example.com/T1/s3cr3t', secret: 's1gn' }), false);
    await finding(20, 'Jane Doe');
    rig.receiver.answer(gone);
    await process.loop.deliverAll(2_000);
    const stored = JSON.stringify(
      await Promise.all(
        ['alert_channel', 'alert_message', 'finding'].map((table) => rig.query(`select * from ${table}`)),
      ),
    );
    expect(logged.some((line) => line.startsWith('ERROR "Alert channel is gone"'))).toBe(true);
    expect(stored).toContain('hooks.example.com');
    for (const secret of ['s3cr3t', 's1gn']) expect(stored + logged.join('\n')).not.toContain(secret);
    expect(logged.join('\n')).not.toContain('Jane');
  });
});
