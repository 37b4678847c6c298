import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { DataSource } from 'typeorm';
import { isMistake } from '../src/database/mistake.js';
import { openDatabase } from '../src/database/open-database.js';
import { entities } from '../src/entities.js';
import { changedNight, organizationOf, quietNight, type OrganizationSize } from './evaluation/organization.js';
import type { Asked, NightDone } from './evaluation/night-process.js';
import { tell, type Measure } from './measures.js';

/**
 * How long an evaluation takes: a first night, nights on which one account in twenty changed, quiet nights, each beside `COPY (…) TO
 * STDOUT` of the very queries that it gathered its facts with. `node dist/bench/evaluation.js [--accounts 1000000] [--nights 1]`. The hash of a report, which
 * is computed after an evaluation is recorded, is measured once, after the last night.
 */
const { values } = parseArgs({
  options: { accounts: { type: 'string', default: '1000000' }, nights: { type: 'string', default: '1' } },
});
const size: OrganizationSize = { accounts: Number(values.accounts) };
const nights = Number(values.nights);

/** What Node gives itself on a machine of 4 GiB. On a larger one it lets garbage pile up, which says nothing about what is held. */
const heap = '--max-old-space-size=2000';
const megabyte = 1_048_576;
const kilobyte = 1_024;
/** What an evaluation adds, by its number, as bytes of rows: a table itself grows by pages. */
const added: Readonly<Record<string, string>> = {
  'the evaluation itself': `
    select pg_column_size(evaluation.*) as bytes from evaluation where number = $1
    union all select pg_column_size(evaluated_check.*) from evaluated_check where evaluation_number = $1`,
  'its organization': `
    select pg_column_size(evaluated_snapshot.*) as bytes from evaluated_snapshot where evaluation_number = $1
    union all select pg_column_size(verdict.*) from verdict where first_evaluation = $1
    union all select pg_column_size(finding_transition.*) from finding_transition where evaluation_number = $1
    union all select pg_column_size(finding.*) from finding
               where id in (select finding_id from finding_transition where evaluation_number = $1 and kind = 'opened')`,
};

const folder = await mkdtemp(join(tmpdir(), 'hubwarden-bench-'));
await chmod(folder, 0o711);
const database = await openDatabase({ databaseUrl: null, dataDir: join(folder, 'data') }, entities, () => undefined);
if (isMistake(database)) throw new Error(database.mistake);
try {
  tell(await measure(database.dataSource, database.url));
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

interface Night {
  readonly seconds: number;
  readonly copySeconds: number;
  readonly maxRss: number;
  readonly addedBytes: number;
}

async function measure(dataSource: DataSource, url: string): Promise<Measure[]> {
  say(`an organization of ${size.accounts} accounts is written`);
  for (const statement of organizationOf(size)) await dataSource.query(statement);
  let snapshot = 1;
  const first = await oneNight('first night', dataSource, url, snapshot, []);
  const copiedBack = await seconds(() =>
    dataSource.query('copy (select * from verdict where first_evaluation = 1) to stdout'),
  );
  await dataSource.query('vacuum analyze');
  // Roles and visibility are compared for the first time, so that it says something new of everybody.
  snapshot += 1;
  const second = await oneNight('the second night', dataSource, url, snapshot, quietNight(snapshot, size));
  const changed: Night[] = [];
  const quiet: Night[] = [];
  for (let count = 0; count < nights; count += 1) {
    snapshot += 1;
    changed.push(
      await oneNight('a night with 1 in 20 changed', dataSource, url, snapshot, changedNight(snapshot, size)),
    );
    snapshot += 1;
    quiet.push(await oneNight('a quiet night', dataSource, url, snapshot, quietNight(snapshot, size)));
  }
  say('the hash of the last report');
  await dataSource.query('update evaluation set report_hash = $1 where number < $2', ['not measured', snapshot]);
  const sealed = await evaluateApart(url, 0);
  say(`the hash of the last report: ${sealed.seconds.toFixed(1)} s, ${Math.round(sealed.maxRss / megabyte)} MB`);
  const copy = 'COPY (the gathering queries) TO STDOUT';
  const of = `${size.accounts} accounts x the whole catalogue`;
  const ratioOf = (name: string, each: readonly Night[], goal: Measure['goal']): Measure => ({
    name: `evaluation: ${name}, ${of}`,
    unit: 's',
    figures: each.map((night) => night.seconds),
    peer: copy,
    against: each.map((night) => night.copySeconds),
    goal,
  });
  return [
    ratioOf('a night with 1 in 20 changed', changed, { atMost: 2.5 }),
    ratioOf('a quiet night', quiet, { atMost: 1.5 }),
    {
      name: `evaluation: the first night, ${of}`,
      unit: 's',
      figures: [first.seconds],
      peer: 'COPY of the verdicts that it writes',
      against: [copiedBack],
      goal: null,
    },
    {
      name: `evaluation: the hash of its report, ${of}`,
      unit: 's',
      figures: [sealed.seconds],
      peer: copy,
      against: quiet.slice(-1).map((night) => night.copySeconds),
      goal: null,
    },
    {
      name: `evaluation: peak memory of the process, ${of}`,
      unit: 'MB',
      figures: [Math.max(...[first, second, ...changed, ...quiet, sealed].map(({ maxRss }) => maxRss)) / megabyte],
      peer: 'limit',
      against: [256],
      goal: { atMost: 1 },
    },
    {
      name: `evaluation: what a quiet night adds for one organization, ${of}`,
      unit: 'KB',
      figures: quiet.map(({ addedBytes }) => addedBytes / kilobyte),
      peer: 'limit',
      against: [4],
      goal: { atMost: 1 },
    },
  ];
}

async function oneNight(
  name: string,
  dataSource: DataSource,
  url: string,
  snapshot: number,
  before: readonly string[],
): Promise<Night> {
  for (const statement of before) await dataSource.query(statement);
  const { seconds: took, maxRss, gathering } = await evaluateApart(url, snapshot);
  const addedBytes = await bytesOf(dataSource, 'its organization', snapshot);
  const ownBytes = await bytesOf(dataSource, 'the evaluation itself', snapshot);
  const copySeconds = await copyOut(dataSource, gathering);
  say(
    `${name}: ${took.toFixed(1)} s beside ${copySeconds.toFixed(1)} s, ${Math.round(maxRss / megabyte)} MB, ` +
      `${(addedBytes / kilobyte).toFixed(1)} KB added, and ${(ownBytes / kilobyte).toFixed(1)} KB of the evaluation itself`,
  );
  return { seconds: took, copySeconds, maxRss, addedBytes };
}

async function evaluateApart(url: string, snapshot: number): Promise<NightDone> {
  const program = fileURLToPath(new URL('./evaluation/night-process.js', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [heap, program, url, String(snapshot), String(size.accounts)],
    { maxBuffer: 64 * megabyte },
  );
  const done: NightDone = JSON.parse(stdout);
  return done;
}

/** The same queries once more, in one transaction as well; the driver reads what comes and drops it. */
async function copyOut(dataSource: DataSource, gathering: readonly Asked[]): Promise<number> {
  return dataSource.transaction('REPEATABLE READ', (manager) =>
    seconds(async () => {
      for (const asked of gathering) {
        const query = queryOf(asked);
        if (query !== null) await manager.query(`copy (${query}) to stdout`);
        else if (/^\s*set local /i.test(asked.sql)) await manager.query(asked.sql);
      }
    }),
  );
}

/** With its parameters in it, which COPY does not take; null: nothing that gathers. */
function queryOf({ sql, parameters }: Asked): string | null {
  const query = sql.replace(/^\s*declare \S+ no scroll cursor for/i, '').trim();
  if (!/^(with|select|values)\b/i.test(query) || /^select (set_config|pg_export)/i.test(query) || query === 'select')
    return null;
  return query.replaceAll(/\$(\d+)/g, (_, place: string) => literal(parameters[Number(place) - 1]));
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return quoted(`{${value.map((one) => JSON.stringify(String(one))).join(',')}}`);
  if (value instanceof Date) return quoted(value.toISOString());
  return quoted(typeof value === 'string' ? value : JSON.stringify(value));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function bytesOf(dataSource: DataSource, of: string, number: number): Promise<number> {
  const [row]: [{ bytes: string }] = await dataSource.query(
    `select coalesce(sum(bytes), 0) as bytes from (${added[of]}) as row`,
    [number],
  );
  return Number(row.bytes);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
