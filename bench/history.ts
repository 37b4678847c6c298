import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { catalog, catalogueVersion } from '../src/checks/catalog.js';
import { ConfigurationInForce } from '../src/config/configuration-in-force.js';
import { ChecksController } from '../src/dashboards/checks.controller.js';
import { FindingsController } from '../src/dashboards/findings.controller.js';
import { OverviewController } from '../src/dashboards/overview.controller.js';
import { PeopleController } from '../src/dashboards/people.controller.js';
import { isMistake } from '../src/database/mistake.js';
import { openDatabase } from '../src/database/open-database.js';
import { entities } from '../src/entities.js';
import { judgedConfiguration } from '../src/findings/recorded-policy.js';
import { Cursors } from '../src/http/cursors.js';
import { historyOf, type HistorySize } from './generate-history.js';
import { type Measure, median, tell } from './measures.js';

/**
 * How long dashboards wait at a million findings and three years of nights, beside the limit of 50 ms: the 95th percentile, warm, one
 * question at a time. `node dist/bench/history.js [--findings N] [--members N] [--nights N] [--questions N]`; in the empty database of
 * TEST_DATABASE_URL, or in an embedded one.
 */
const { values } = parseArgs({
  options: {
    findings: { type: 'string' },
    members: { type: 'string' },
    nights: { type: 'string' },
    questions: { type: 'string' },
  },
});
const findings = Number(values.findings ?? 1_000_000);
const nights = Number(values.nights ?? 3 * 365);
const members = Number(values.members ?? Math.max(1_000, Math.round(findings * 0.06)));
const questions = Number(values.questions ?? 60);
const repetitions = 3;
const warmUp = 20;
const limitMs = 50;
const size: HistorySize = { members, nights, findings, last: '2026-11-21T02:00:00.000Z' };

const checks = catalog.map(({ id, severity, sla, policy: Policy }) => ({
  id,
  enabled: true,
  reason: null,
  severity,
  sla,
  policy: new Policy(),
}));
const policy = {
  identity: { corporateDomains: ['acme.com'], domainAliases: {}, plusAddressing: true, links: [], serviceAccounts: [] },
  criticalSystems: [],
  roles: {},
  checks,
  schedule: { evaluation: '0 2 * * *', timeZone: 'UTC' },
  calendar: { timeZone: 'UTC', holidays: [], weekend: [6, 7] },
  roster: { timeZone: 'UTC', maxAge: '8d', currentStaffOnly: false },
};

const folder = await mkdtemp(join(tmpdir(), 'hubwarden-bench-'));
await chmod(folder, 0o711);
const databaseUrl = process.env['TEST_DATABASE_URL'] ?? null;
const database = await openDatabase({ databaseUrl, dataDir: join(folder, 'data') }, entities, () => undefined);
if (isMistake(database)) throw new Error(database.mistake);
try {
  await generate(database.dataSource);
  tell(await measure(database.dataSource));
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

async function generate(dataSource: DataSource): Promise<void> {
  const [{ used }]: [{ used: boolean }] = await dataSource.query('select exists (select from evaluation) as used');
  if (used) throw new Error('TEST_DATABASE_URL holds evaluations already; expected an empty database.');
  const empty = await megabytes(dataSource);
  const started = performance.now();
  const judged = { policy, catalogueVersion, checks: catalog.map(({ id, title }) => ({ id, title })) };
  for (const statement of historyOf(size, judged)) await dataSource.query(statement);
  await dataSource.query('vacuum analyze');
  const [rows]: [Record<string, string>] = await dataSource.query(
    `select (select count(*) from evaluation) as nights, (select count(*) from finding) as findings,
            (select count(*) from finding where resolved_at is null) as open, (select count(*) from verdict) as verdicts,
            (select count(*) from person where last_roster is null) as people`,
  );
  const counted = Object.entries(rows).map(([name, count]) => `${count} ${name}`);
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  note(`${counted.join(', ')}; ${(await megabytes(dataSource)) - empty} MB, written in ${seconds} s`);
}

async function measure(dataSource: DataSource): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const [name, ask] of Object.entries(await readsOn(dataSource))) {
    const random = randomNumbers(7);
    await timesOf(ask, random, warmUp);
    const figures: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const times = (await timesOf(ask, random, questions)).toSorted((one, other) => one - other);
      figures.push(times[Math.floor(times.length * 0.95)] ?? 0);
    }
    note(`${name}: p95 ${median(figures).toFixed(1)} ms`);
    measures.push({
      name: `${name}, p95`,
      unit: 'ms',
      figures,
      peer: 'limit',
      against: [limitMs],
      goal: { atMost: 1 },
    });
  }
  return measures;
}

type Ask = (random: () => number) => Promise<unknown>;

async function readsOn(dataSource: DataSource): Promise<Readonly<Record<string, Ask>>> {
  const configuration = judgedConfiguration(policy);
  const inForce = new ConfigurationInForce(configuration, () => Promise.resolve({ configuration }));
  const cursors = new Cursors(Buffer.alloc(32, 1));
  const overview = new OverviewController(dataSource, inForce);
  const list = new FindingsController(dataSource, cursors);
  const people = new PeopleController(dataSource, cursors);
  const check = new ChecksController(dataSource, cursors);
  const oneOf = (count: number, random: () => number): number => 1 + Math.floor(random() * count);
  const someone = (random: () => number): string => String(oneOf(members, random));
  const checkOf = (random: () => number): string => catalog[1 + oneOf(12, random)]?.id ?? '';
  const past = (random: () => number): string =>
    new Date(Date.parse(size.last) - Math.floor(random() * (nights - 1) * 24) * 3_600_000).toISOString();
  const { nextCursor: second } = await list.list({});
  if (second === null) throw new Error('There are too few findings for a second page.');
  return {
    overview: () => overview.get({}),
    'findings list': () => list.list({}),
    'next page of findings': () => list.list({ cursor: second }),
    'findings of a severity': () => list.list({ severity: ['high'], organization: ['acme'] }),
    'findings of a check': (random) => list.list({ check: [checkOf(random)] }),
    'findings of a person': (random) => list.list({ person: `E-${someone(random)}` }),
    'findings by due date': () => list.list({ sort: 'dueAt' }),
    'findings, newest first': () => list.list({ sort: '-firstSeenAt' }),
    'findings with a text': (random) => list.list({ q: `p${someone(random)}.` }),
    'resolved findings': () => list.list({ status: ['resolved'] }),
    'one finding': (random) => list.get(String(oneOf(findings / 2, random)), {}),
    'counts of a check': (random) => check.get(checkOf(random), {}),
    'page of a person': (random) => people.get(`E-${someone(random)}`, {}),
    'overview asOf': (random) => overview.get({ asOf: past(random) }),
    'findings asOf': (random) => list.list({ asOf: past(random) }),
    'findings asOf, as they were known': (random) => {
      const asOf = past(random);
      return list.list({ asOf, knownAt: asOf });
    },
    'page of a person asOf': (random) => people.get(`E-${someone(random)}`, { asOf: past(random) }),
  };
}

async function timesOf(ask: Ask, random: () => number, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    const started = performance.now();
    await ask(random);
    times.push(performance.now() - started);
  }
  return times;
}

async function megabytes(dataSource: DataSource): Promise<number> {
  const [{ bytes }]: [{ bytes: string }] = await dataSource.query(
    'select pg_database_size(current_database()) as bytes',
  );
  return Math.round(Number(bytes) / 1_048_576);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The same numbers from 0 to 1 in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
