import { createHash } from 'node:crypto';
import {
  type ConnectionOptions,
  type createPostgresBackend,
  type JobsOptions,
  type JobType,
  type PostgresConnectionOptions,
  PostgresQueueBackend,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { openPool, QueueConnection } from './queue-connection.js';

/** Where the queues are: Redis, or a schema of their own beside the tables. */
export type JobPlace =
  | { readonly kind: 'postgres'; readonly url: string; readonly ssl?: false }
  /** `database`: which one the jobs are about; several may share a Redis. */
  | { readonly kind: 'redis'; readonly url: string; readonly database: string };

type Processor = (job: JobAtHand, token?: string) => Promise<void>;

/** As much of a job as a turn of it needs. */
export interface JobAtHand {
  readonly data: Readonly<Record<string, string>>;
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
}

interface Remote {
  on(event: 'error', tell: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** The part of a queue that is used, wherever it is. */
export interface AnyQueue extends Remote {
  addBulk(jobs: { name: string; data: unknown; opts: JobsOptions }[]): Promise<unknown>;
  getJobCounts(...states: JobType[]): Promise<Record<string, number>>;
}

export type AnyWorker = Remote;

/** `name` begins with “hubwarden”, which is what whoever wants the database to itself looks for among its connections. */
export function openQueue(name: `hubwarden${string}`, place: JobPlace): AnyQueue {
  // Nobody reads them; with 0 they would be kept for ever in PostgreSQL.
  const streams = { events: { maxLen: 100 } };
  if (place.kind === 'postgres') {
    const options: QueueOptions<PostgresConnectionOptions> = { connection: openPool(place, name, 1), streams };
    return new Queue(name, options, postgresBackend);
  }
  // What cannot be handed over now is handed over again later: nothing is kept for when Redis is back.
  return new Queue(name, { ...redisAt(place, { enableOfflineQueue: false, maxRetriesPerRequest: 1 }), streams });
}

export function openWorker(
  name: `hubwarden${string}`,
  place: JobPlace,
  perform: Processor,
  options: Omit<WorkerOptions, 'connection'>,
): AnyWorker {
  if (place.kind === 'postgres') {
    const settings: WorkerOptions<PostgresConnectionOptions> = { ...options, connection: openPool(place, name, 3) };
    return new Worker(name, perform, settings, postgresBackend);
  }
  return new Worker(name, perform, { ...options, ...redisAt(place, { maxRetriesPerRequest: null }) });
}

const postgresBackend: typeof createPostgresBackend = (name, options) =>
  new PostgresQueueBackend(new QueueConnection(options.connection), name, options);

function redisAt(
  { url, database }: { readonly url: string; readonly database: string },
  options: { readonly maxRetriesPerRequest: number | null; readonly enableOfflineQueue?: boolean },
): { connection: ConnectionOptions; prefix: string } {
  const key = createHash('sha256').update(database).digest('hex').slice(0, 12);
  const retryStrategy = (tries: number): number => Math.min(tries * 200, 2_000);
  // In braces, so that a cluster keeps what belongs together on one node.
  return { connection: { url, retryStrategy, ...options }, prefix: `{hubwarden-${key}}` };
}
