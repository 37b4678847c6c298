import { DataSource, type EntitySchema, type Logger, type MixedList } from 'typeorm';
import { migrations } from '../../migrations/all.js';
import type { OwnBackends } from './own-backends.js';

/** Classes with `@Entity`, as TypeORM takes them. */
export type Entities = MixedList<Function | string | EntitySchema>;

/** TypeORM would write to standard output, which belongs to the report; what goes wrong reaches the caller as an error. */
const silent: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

/**
 * The query of a process that was killed ends within seconds, and with it its locks; by itself, a server looks at its client only when
 * it has something to send. Not every system under a server can tell.
 */
const noticeHangUp = `do $$ begin set client_connection_check_interval = '2s'; exception when others then null; end $$`;

/**
 * The one way to a connection pool, for the product and its tests. The URL goes to the driver as it is: TypeORM's own
 * reading of it would drop what stands behind the question mark (`sslmode` among it).
 */
export function dataSourceFor(
  url: string,
  entities: Entities,
  options: {
    readonly poolSize?: number;
    readonly ssl?: false;
    readonly statementTimeoutMs?: number;
    readonly applicationName?: string;
    /** Gets to know every connection. */
    readonly backends?: OwnBackends;
  } = {},
): DataSource {
  const { statementTimeoutMs, backends } = options;
  return new DataSource({
    type: 'postgres',
    entities,
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    applicationName: options.applicationName ?? 'hubwarden',
    poolSize: options.poolSize ?? 10,
    connectTimeoutMS: 10_000,
    logger: silent,
    // A connection that breaks while nobody uses it is replaced at the next use; without a handler it ends the process.
    poolErrorHandler: () => undefined,
    extra: {
      connectionString: url,
      keepAlive: true,
      ...(options.ssl === false ? { ssl: false } : {}),
      onConnect: async (client: Parameters<OwnBackends['note']>[0]) => {
        await client.query(
          // Whatever is set for the user: the driver understands no other dates. And the locks of a machine that has lost its
          // power go within half a minute, instead of hours.
          `set time zone 'UTC'; set datestyle = 'ISO, MDY'; set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; ` +
            `set tcp_keepalives_count = 3${statementTimeoutMs === undefined ? '' : `; set statement_timeout = ${statementTimeoutMs}`}; ` +
            noticeHangUp,
        );
        await backends?.note(client);
      },
    },
  });
}
