import { randomUUID } from 'node:crypto';
import type { DataSource, QueryRunner } from 'typeorm';
import { isMistake } from '../../src/database/mistake.js';
import { openDatabase } from '../../src/database/open-database.js';
import { entities } from '../../src/entities.js';
import { recordEvaluation } from '../../src/findings/evaluate.js';
import { judgedConfiguration } from '../../src/findings/recorded-policy.js';
import { sealReports } from '../../src/findings/seal-reports.js';
import { nightOf, organizationName, policyOf } from './organization.js';

/** One statement that the connection which gathers was asked. */
export interface Asked {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface NightDone {
  readonly seconds: number;
  /** Of the process, in bytes. */
  readonly maxRss: number;
  readonly gathering: readonly Asked[];
}

// One evaluation in a process that does nothing else: `night-process.js URL SNAPSHOT ACCOUNTS`; the answer is
// one line of JSON. Snapshot 0: the hashes of reports that have none, instead.
const [url = '', snapshot = '1', accounts = '0'] = process.argv.slice(2);
const database = await openDatabase({ databaseUrl: url, dataDir: '' }, entities, () => undefined);
if (isMistake(database)) throw new Error(database.mistake);
const { dataSource } = database;
try {
  const gathering = listenToReaders(dataSource);
  const started = performance.now();
  if (snapshot === '0') await sealReports(dataSource);
  else await judge();
  const seconds = (performance.now() - started) / 1_000;
  const done: NightDone = { seconds, maxRss: process.resourceUsage().maxRSS * 1_024, gathering };
  process.stdout.write(`${JSON.stringify(done)}\n`);
} finally {
  await database.close();
}

async function judge(): Promise<void> {
  await recordEvaluation(dataSource, {
    id: randomUUID(),
    configuration: judgedConfiguration(policyOf({ accounts: Number(accounts) })),
    now: nightOf(Number(snapshot)),
    startedAt: new Date(),
    organizations: [{ id: '1', name: organizationName, snapshot }],
  });
}

/** The connections that all see one state of the database are those that an evaluation reads with. */
function listenToReaders(from: DataSource): Asked[] {
  const asked: Asked[] = [];
  const create = from.createQueryRunner.bind(from);
  from.createQueryRunner = (mode) => {
    const runner = create(mode);
    const begin = runner.startTransaction.bind(runner);
    runner.startTransaction = (level) => {
      if (level === 'REPEATABLE READ') listenTo(runner, asked);
      return begin(level);
    };
    return runner;
  };
  return asked;
}

function listenTo(runner: QueryRunner, asked: Asked[]): void {
  runner.query = new Proxy(runner.query.bind(runner), {
    apply(query, self, given: [sql: string, parameters?: unknown[]]) {
      asked.push({ sql: given[0], parameters: given[1] ?? [] });
      return Reflect.apply(query, self, given);
    },
  });
}
