import type { DatabaseProbe } from './database-probe.js';
import type { ScheduleView, ScheduleWatch } from './schedule-watch.js';
import { SharedAnswer } from './shared-answer.js';
import { readFooting, type Footing } from './stored.query.js';

/** Something that the process runs in the background. */
export interface Part {
  readonly name: 'scheduler' | 'delivery';
  /** Null: at work. Otherwise what is wrong, in words that may be shown to anybody. */
  readonly trouble: () => string | null;
}

export interface Readiness {
  readonly ready: boolean;
  readonly parts: readonly { readonly name: string; readonly ready: boolean; readonly because: string | null }[];
  readonly schedule: ScheduleView | null;
  readonly alerts: Footing['channels'] | null;
  /** Null: this process has no use for a queue. */
  readonly queue: { readonly reachable: boolean; readonly because: string | null } | null;
}

const keepMs = 1_000;

/** Whether this process can do its work. Missing nights and dead hooks are shown beside it: another process would not help. */
export class Health {
  readonly #footing: SharedAnswer<Footing | 'no tables' | null>;
  #isStopping = false;

  constructor(
    probe: DatabaseProbe,
    private readonly migrations: readonly string[],
    private readonly schedule: ScheduleWatch,
    private readonly background: readonly Part[],
    /** Fingerprints of those that are configured. */
    channels: () => readonly string[],
    /** What is wrong with the queue; null: nothing. */
    private readonly queue: (() => string | null) | null = null,
  ) {
    this.#footing = new SharedAnswer(() => readFooting(probe, channels()), keepMs);
  }

  /** From now on it is not ready, so that nobody sends it requests any more. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Answers within some seconds, whatever the database does. */
  async readiness(): Promise<Readiness> {
    const footing = await this.#footing.get();
    const parts = [
      ...(this.#isStopping ? [part('process', 'it is stopping')] : []),
      part('database', footing === null ? 'it does not answer' : null),
      part('migrations', this.#troubleWithTables(footing)),
      ...this.background.map(({ name, trouble }) => part(name, trouble())),
    ];
    return {
      ready: parts.every(({ ready }) => ready),
      parts,
      // A second wait for a database that is known to be away would only make the answer late.
      schedule: footing === null ? null : await this.schedule.view(),
      alerts: footing === null || footing === 'no tables' ? null : footing.channels,
      queue: this.#queueNow(),
    };
  }

  /** Without it the process works all the same, if alone. */
  #queueNow(): Readiness['queue'] {
    if (this.queue === null) return null;
    const because = this.queue();
    return { reachable: because === null, because };
  }

  /** A database that is ahead is fine: while an upgrade rolls out, the old processes go on. */
  #troubleWithTables(footing: Footing | 'no tables' | null): string | null {
    if (footing === null) return 'the database does not answer';
    const done = footing === 'no tables' ? [] : footing.migrations;
    const missing = this.migrations.filter((name) => !done.includes(name)).length;
    return missing === 0
      ? null
      : `the database lacks ${missing} of them; start the process anew, or run hubwarden migrate`;
  }
}

function part(name: string, because: string | null): Readiness['parts'][number] {
  return { name, ready: because === null, because };
}
