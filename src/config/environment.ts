/** What the process's environment decides: secrets and deployment. Read once, here and nowhere else. */
export interface Environment {
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** Where the queue of jobs is; null: beside the tables. */
  readonly redisUrl: string | null;
  /** How many organizations a process reads at once. */
  readonly concurrency: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly hubUrl: string;
  readonly registryUrl: string;
  readonly authUrl: string;
  readonly adminToken: string | null;
  /** 32 bytes; null: generated in the data directory at first use. */
  readonly encryptionKey: Buffer | null;
  readonly port: number;
  readonly host: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Everything, for `${NAME}` in the configuration file. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}
