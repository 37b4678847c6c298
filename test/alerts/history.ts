import { setTimeout as pause } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { settings, type AlertProcess, type AlertRig, type Changes, type Severity } from './alert-rig.js';
import type { Answer } from './receiver.js';

export interface Change {
  readonly what: 'open' | 'resolve' | 'reopen' | 'overdue' | 'except' | 'announce' | 'expire';
  readonly severity: Severity;
  readonly organization: 'acme' | 'beta';
  /** Of the findings that it can happen to. */
  readonly which: number;
}

export type Step =
  | { readonly do: 'run'; readonly changes: readonly Change[]; readonly commitsLate: boolean }
  | { readonly do: 'between'; readonly change: Change }
  | { readonly do: 'commit' }
  | { readonly do: 'plan'; readonly by: readonly number[] }
  | {
      readonly do: 'attempt';
      readonly by: number;
      readonly channel: number;
      readonly answer: Answer;
      readonly isPrompt: boolean;
    }
  | { readonly do: 'race'; readonly channel: number }
  | { readonly do: 'wait'; readonly ms: number };

export const configured = settings(
  { url: 'https://hooks.example.com/all' },
  { url: 'https://hooks.example.com/urgent', minSeverity: 'high' },
  { url: 'https://hooks.example.com/beta', kind: 'webhook', organizations: ['beta'] },
);

const never = new AbortController().signal;

/** Plays one history against one database. */
export class History {
  readonly #processes: AlertProcess[] = [];
  readonly #open: { id: string; organization: string }[] = [];
  readonly #closed: { id: string; organization: string }[] = [];
  #late: QueryRunner | null = null;
  #day = Date.parse('2026-11-01T02:00:00.000Z');

  constructor(private readonly rig: AlertRig) {}

  async play(steps: readonly Step[]): Promise<void> {
    for (const index of [0, 1]) this.#processes[index] = await this.rig.process(configured, index === 1);
    for (const one of steps) await this.take(one);
    await this.commit();
    await this.settle();
  }

  private async take(one: Step): Promise<void> {
    switch (one.do) {
      case 'run':
        // One run at a time: that is what their lock is for.
        await this.commit();
        return this.run(one.changes, one.commitsLate);
      case 'between':
        if (this.#late !== null && one.change.what !== 'open') return;
        return this.apply(this.rig.between(this.nextDay()), one.change);
      case 'commit':
        return this.commit();
      case 'plan':
        await Promise.all(one.by.map((index) => this.process(index).planner.plan()));
        return;
      case 'attempt':
        if (one.isPrompt) await this.process(one.by).planner.plan();
        if (one.isPrompt) this.rig.now += 300_000;
        return this.attempt(one.by, one.channel, one.answer);
      case 'race':
        await Promise.all([0, 1, 0].map((index) => this.deliver(index, one.channel)));
        return;
      case 'wait':
        this.rig.now += one.ms;
    }
  }

  private async run(changes: readonly Change[], commitsLate: boolean): Promise<void> {
    const runner = this.rig.database.dataSource.createQueryRunner();
    await runner.startTransaction();
    this.#late = runner;
    await this.rig.evaluateIn(
      runner.manager,
      this.nextDay(),
      async (run) => {
        for (const one of changes) await this.apply(run, one);
      },
      ['acme', 'beta'],
    );
    if (!commitsLate) await this.commit();
  }

  private async commit(): Promise<void> {
    await this.#late?.commitTransaction();
    await this.#late?.release();
    this.#late = null;
  }

  private async apply(run: Changes, { what, which, severity, organization }: Change): Promise<void> {
    const from = what === 'reopen' ? this.#closed : this.#open;
    if (what === 'open') {
      this.#open.push({ id: await run.open({ severity, organization }), organization });
      return;
    }
    const at = which % Math.max(from.length, 1);
    const finding = from[at];
    if (finding === undefined) return;
    if (what === 'overdue') return void (await run.note(finding.id, 'overdue'));
    if (what === 'except') return void (await run.except(finding.id, '2030-01-01T00:00:00.000Z'));
    if (what === 'announce') return void (await run.tell(finding.id, 'exception_expiring', '7d'));
    if (what === 'expire') return void (await run.tell(finding.id, 'exception_expired', 'EXPIRED'));
    from.splice(at, 1);
    if (what === 'resolve') this.#closed.push({ ...finding, id: await run.resolve(finding.id) });
    else this.#open.push({ ...finding, id: await run.reopen(finding.id) });
  }

  private async attempt(by: number, channel: number, how: Answer): Promise<void> {
    this.rig.receiver.next = how;
    if (typeof how !== 'string') {
      await this.deliver(by, channel);
    } else {
      const before = this.rig.receiver.received.length;
      const dying = await this.rig.process(configured);
      const over = new AbortController();
      const end = dying.delivery.attempt(this.channelOf(dying, channel), never).then(
        () => over.abort(),
        () => over.abort(),
      );
      while (!over.signal.aborted && this.rig.receiver.received.length === before) await pause(2);
      if (!over.signal.aborted) await this.rig.killSender();
      else await end;
    }
    this.rig.receiver.next = null;
  }

  private async deliver(by: number, channel: number): Promise<string> {
    const process = this.process(by);
    return process.delivery.attempt(this.channelOf(process, channel), never);
  }

  /** Everything works from now on, and long enough. */
  private async settle(): Promise<void> {
    const process = this.process(0);
    for (const { id } of process.channels.current) await process.channels.revive(id);
    for (let round = 0; round < 200; round++) {
      this.rig.now += 300_000;
      await process.planner.plan();
      for (const channel of [0, 1, 2]) await this.deliver(0, channel);
      if ((await process.delivery.outlook()).waiting === 0) return;
    }
    throw new Error('Messages are left.');
  }

  private process(index: number): AlertProcess {
    const process = this.#processes[index];
    if (process === undefined) throw new Error(`There is no process ${index}.`);
    return process;
  }

  private channelOf({ channels }: AlertProcess, index: number): AlertProcess['channels']['current'][number] {
    const channel = channels.current[index];
    if (channel === undefined) throw new Error(`There is no channel ${index}.`);
    return channel;
  }

  private nextDay(): string {
    return new Date((this.#day += 86_400_000)).toISOString();
  }
}
