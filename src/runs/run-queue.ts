import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { isLockHeld } from '../database/advisory-lock.js';
import { runLock } from '../database/run-lock.js';
import { type Actor, actorName } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';
import { commandLeft } from './run-records.js';

/** `id`: of the new run, or of the one that is in the way. */
export type Request = { readonly outcome: 'accepted' | 'in the way'; readonly id: string };

/** `joined`: a run that was open already stands for the slot. `taken`: some process had it before. */
export type SlotClaim = 'new run' | 'joined' | 'taken';

/** Where runs are asked for, by people and by the schedule, in any process on the database. */
export class RunQueue {
  readonly #listeners = new Set<() => void>();

  constructor(private readonly dataSource: DataSource) {}

  /** Calls back whenever this process has put a run into the queue. */
  onWaiting(tell: () => void): void {
    this.#listeners.add(tell);
  }

  /** A run by hand. There is none where another one waits or is at work, that of a terminal included. */
  async request(by: Actor): Promise<Request> {
    const request = await this.#alone(async (manager): Promise<Request> => {
      await dropLeftCommands(manager);
      const open = await openRun(manager, ['schedule', 'request', 'command']);
      if (open !== null) return { outcome: 'in the way', id: open };
      const id = await addRun(manager, 'request', actorName(by));
      await recordChange(manager, { actor: by, action: 'evaluation.requested', subject: `evaluation/${id}` });
      return { outcome: 'accepted', id };
    });
    if (request.outcome === 'accepted') this.#tell();
    return request;
  }

  /**
   * The run of a slot. A run that waits or is at work stands for it, but not that of a terminal: it may judge by another
   * configuration or another clock, and it ends with its terminal.
   */
  async claimSlot(slot: Date): Promise<SlotClaim> {
    const claim = await this.#alone(async (manager): Promise<SlotClaim> => {
      const had: unknown[] = await manager.query('select 1 from schedule_slot where slot = $1', [slot]);
      if (had.length > 0) return 'taken';
      const open = await openRun(manager, ['schedule', 'request']);
      const run = open ?? (await addRun(manager, 'schedule', null));
      await manager.query(`insert into schedule_slot (slot, run_id, claimed_at) values ($1, $2, clock_timestamp())`, [
        slot,
        run,
      ]);
      return open === null ? 'new run' : 'joined';
    });
    if (claim === 'new run') this.#tell();
    return claim;
  }

  /** Two that ask at once are served one after the other, whatever their processes. */
  async #alone<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(`select pg_advisory_xact_lock(hashtextextended('run queue', 0))`);
      return work(manager);
    });
  }

  #tell(): void {
    for (const tell of this.#listeners) tell();
  }
}

async function openRun(manager: EntityManager, causes: readonly string[]): Promise<string | null> {
  const [row]: { id: string }[] = await manager.query(
    `select id from run where state in ('waiting', 'running') and cause = any ($1)
      order by state = 'running' desc, number limit 1`,
    [causes],
  );
  return row?.id ?? null;
}

async function addRun(manager: EntityManager, cause: 'schedule' | 'request', by: string | null): Promise<string> {
  const id = randomUUID();
  await manager.query(
    `insert into run (id, cause, requested_by, state, requested_at) values ($1, $2, $3, 'waiting', clock_timestamp())`,
    [id, cause, by],
  );
  return id;
}

/** The rows first, the lock second: a command that ends in between has closed its own row, and one that begins is not among them. */
async function dropLeftCommands(manager: EntityManager): Promise<void> {
  const rows: { id: string }[] = await manager.query(
    `select id from run where state = 'running' and cause = 'command'`,
  );
  if (rows.length === 0 || (await isLockHeld(manager, runLock))) return;
  await manager.query(
    `update run set state = 'failed', finished_at = clock_timestamp(), message = $2
      where id = any ($1) and state = 'running'`,
    [rows.map(({ id }) => id), commandLeft],
  );
}
