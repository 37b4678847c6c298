import { Logger } from '@nestjs/common';
import { Pool, type PoolConfig } from 'pg';
import { isDatabaseLost } from '../database/is-database-lost.js';

const patienceMs = 2_000;

/**
 * Asks the database on connections of its own, and never waits long: what it answers must be true while every connection of the
 * service is busy, and while the server is gone or hangs.
 */
export class DatabaseProbe {
  private readonly logger = new Logger('Telemetry');
  readonly #pool: Pool;

  /** `ssl: false` for the embedded server. */
  constructor(url: string, options: Pick<PoolConfig, 'ssl'> = {}) {
    this.#pool = new Pool({
      connectionString: url,
      max: 2,
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
      idleTimeoutMillis: 60_000,
      application_name: 'hubwarden telemetry',
      allowExitOnIdle: true,
      ...options,
    });
    // A connection that breaks while nobody uses it is replaced; without a handler it ends the process.
    this.#pool.on('error', () => undefined);
  }

  /** The rows; null where the database gave none in time. */
  async ask<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[] | null> {
    try {
      return (await this.#pool.query<Row>(sql, [...parameters])).rows;
    } catch (error) {
      if (!isDatabaseLost(error) && !isTimeout(error)) this.logger.error('The database could not be asked', { error });
      return null;
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && /timeout/i.test(error.message);
}
