import { PostgresConnection } from 'bullmq';
import { Client, type ClientConfig, Pool } from 'pg';

/** Beside the tables. */
export const jobSchema = 'hubwarden_jobs';

/**
 * A server that ends may say so while nobody listens: in one breath with its welcome, between two queries, or after the library has
 * let go. That must not end the process; the next query says the same, or the end of the connection does.
 */
class QuietClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.#expectTheEnd();
  }

  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event);
    this.#expectTheEnd();
    return this;
  }

  #expectTheEnd(): void {
    if (this.listenerCount('error') === 0) this.on('error', () => undefined);
  }
}

/** Up to `most` connections; a worker listens on one of them. */
export function openPool(place: { readonly url: string; readonly ssl?: false }, name: string, most: number): Pool {
  return new Pool({
    connectionString: place.url,
    options: `-c search_path=${jobSchema}`,
    max: most,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    Client: QuietClient,
    ...(place.ssl === false && { ssl: false }),
  });
}

/**
 * What the library makes of a pool, and ends the pool with it, in the schema of the jobs. Given an address instead, it would listen on
 * a client of its own making, whose errors go unheard at first.
 */
export class QueueConnection extends PostgresConnection {
  override readonly schema = jobSchema;
  #closed: Promise<void> | null = null;

  override async close(): Promise<void> {
    this.#closed ??= super.close().then(async () => this.pool.end());
    return this.#closed;
  }
}
