import { setTimeout as wait } from 'node:timers/promises';
import { Client, type QueryResult } from 'pg';

/** What is being recorded may come to its end; a caller hears of the end before the server hangs up. Supervisors kill after ten seconds. */
const graceMs = 2_500;
/** What was begun since, to write down where the work stopped, is given this long. */
const leastAgeMs = 1_000;
const lookMs = 250;

interface Place {
  readonly url: string;
  readonly ssl?: false;
  readonly applicationName?: string;
}

/** A connection as its pool makes it. */
interface Connection {
  query(sql: string): Promise<QueryResult | QueryResult[]>;
  once(event: 'end', listener: () => void): unknown;
}

/**
 * The server's side of the connections that this process has to one server, so that somebody who stops the process need not wait
 * for a query: a driver can hang up, but the server would go on with it, and with its locks. Known by process number together
 * with the instant at which it began, as the server itself says them: a number alone may be somebody else's by now, and the
 * one that the driver was told may be that of a pooler.
 */
export class OwnBackends {
  readonly #backends = new Map<string, { readonly pid: number; readonly since: string }>();

  constructor(private readonly place: Place) {}

  /** For each new connection, once. */
  async note(connection: Connection): Promise<void> {
    const answer = await connection.query(
      'select pid, backend_start::text as since from pg_stat_activity where pid = pg_backend_pid()',
    );
    const row: unknown = [answer].flat()[0]?.rows[0];
    if (!isBackend(row)) return;
    const key = `${row.pid} ${row.since}`;
    this.#backends.set(key, row);
    connection.once('end', () => this.#backends.delete(key));
  }

  /**
   * Once the signal aborts, and a grace is over, whatever transaction still lasts is cancelled, which rolls it back; so is what comes
   * after and does not end soon. A commit is never touched: it says by itself how it ended. Until the returned function is called.
   */
  cancelOnStop(signal: AbortSignal): () => Promise<void> {
    const ended = new AbortController();
    let cancelling = Promise.resolve();
    const begin = (): void => {
      cancelling = this.#cancel(ended.signal);
    };
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true });
    return async () => {
      signal.removeEventListener('abort', begin);
      ended.abort();
      await cancelling;
    };
  }

  async #cancel(ended: AbortSignal): Promise<void> {
    await pause(graceMs, ended);
    while (!ended.aborted) {
      await this.#cancelUntil(ended).catch(() => undefined);
      // It broke off, or the server has no connection left for it.
      await pause(lookMs, ended);
    }
  }

  async #cancelUntil(ended: AbortSignal): Promise<void> {
    const { url, ssl, applicationName = 'hubwarden' } = this.place;
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: 2_000,
      query_timeout: 2_000,
      application_name: applicationName,
      ...(ssl === false && { ssl }),
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      for (; !ended.aborted; await pause(lookMs, ended)) {
        const backends = [...this.#backends.values()];
        await client.query(cancelSql, [backends.map(({ pid }) => pid), backends.map(({ since }) => since), leastAgeMs]);
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

const cancelSql = `
  select pg_cancel_backend(activity.pid)
    from unnest($1::integer[], $2::timestamptz[]) as own(pid, since)
    join pg_stat_activity as activity on activity.pid = own.pid and activity.backend_start = own.since
   where activity.state in ('active', 'fastpath function call')
     and activity.xact_start < clock_timestamp() - $3 * interval '1 millisecond'
     and activity.query !~* '^\\s*(commit|rollback)'`;

function isBackend(row: unknown): row is { pid: number; since: string } {
  return typeof row === 'object' && row !== null && 'pid' in row && 'since' in row;
}

async function pause(ms: number, ended: AbortSignal): Promise<void> {
  // Nothing is kept alive by it.
  await wait(ms, undefined, { signal: ended, ref: false }).catch(() => undefined);
}
