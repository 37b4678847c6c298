import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { catalog, catalogueVersion } from '../src/checks/catalog.js';
import { ConfigurationInForce } from '../src/config/configuration-in-force.js';
import { AccountsController } from '../src/dashboards/accounts.controller.js';
import { FindingsController } from '../src/dashboards/findings.controller.js';
import { OverviewController } from '../src/dashboards/overview.controller.js';
import { PeopleController } from '../src/dashboards/people.controller.js';
import { isMistake } from '../src/database/mistake.js';
import { openDatabase } from '../src/database/open-database.js';
import { entities } from '../src/entities.js';
import { judgedConfiguration } from '../src/findings/recorded-policy.js';
import { Cursors } from '../src/http/cursors.js';
import { historyOf, type HistorySize } from './generate-history.js';

/**
 * How long a question about a random day of the past takes, at 5 000 members and three years of nights, and how large that past
 * is. `node dist/bench/history.js [members] [nights]`; in an empty database of TEST_DATABASE_URL, or in an embedded one.
 */
const [members = 5_000, nights = 3 * 365] = process.argv.slice(2).map(Number);
const questions = 200;
const warmUp = 20;
const size: HistorySize = { members, nights, findings: 20_000, last: '2026-11-21T02:00:00.000Z' };

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
  await run(database.dataSource);
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

async function run(dataSource: DataSource): Promise<void> {
  const [{ used }]: [{ used: boolean }] = await dataSource.query('select exists (select from evaluation) as used');
  if (used) throw new Error('TEST_DATABASE_URL holds evaluations already; expected an empty database.');
  const empty = await megabytes(dataSource);
  for (const statement of historyOf(size, {
    policy,
    catalogueVersion,
    checks: catalog.map(({ id, title }) => ({ id, title })),
  }))
    await dataSource.query(statement);
  await dataSource.query('vacuum analyze');
  const full = await megabytes(dataSource);
  const [rows]: [Record<string, string>] = await dataSource.query(
    `select (select count(*) from evaluation) as nights, (select count(*) from observation) as observations,
            (select count(*) from verdict) as verdicts, (select count(*) from finding) as findings`,
  );
  const counted = Object.entries(rows).map(([name, count]) => `${count} ${name}`);
  console.log(`history of ${members} members: ${counted.join(', ')}; ${full - empty} MB`);

  const configuration = judgedConfiguration(policy);
  const inForce = new ConfigurationInForce(configuration, () => Promise.resolve({ configuration }));
  const cursors = new Cursors(Buffer.alloc(32, 1));
  const overview = new OverviewController(dataSource, inForce);
  const findings = new FindingsController(dataSource, cursors);
  const people = new PeopleController(dataSource, cursors);
  const accounts = new AccountsController(dataSource, cursors);
  const asked: Record<string, (asOf: string) => Promise<unknown>> = {
    overview: (asOf) => overview.get({ asOf }),
    findings: (asOf) => findings.list({ asOf }),
    'findings as they were known': (asOf) => findings.list({ asOf, knownAt: asOf }),
    people: (asOf) => people.list({ asOf }),
    accounts: (asOf) => accounts.list({ asOf }),
  };
  for (const [name, ask] of Object.entries(asked)) {
    const random = randomNumbers(7);
    const times: number[] = [];
    for (let count = -warmUp; count < questions; count += 1) {
      const back = Math.floor(random() * (nights - 1) * 24) * 3_600_000;
      const asOf = new Date(Date.parse(size.last) - back).toISOString();
      const started = performance.now();
      await ask(asOf);
      if (count >= 0) times.push(performance.now() - started);
    }
    times.sort((one, other) => one - other);
    const at = (share: number): string => `${times[Math.floor(times.length * share)]?.toFixed(1)} ms`;
    console.log(`${name} at a random asOf: p50 ${at(0.5)}, p95 ${at(0.95)}`);
  }
}

async function megabytes(dataSource: DataSource): Promise<number> {
  const [{ bytes }]: [{ bytes: string }] = await dataSource.query(
    'select pg_database_size(current_database()) as bytes',
  );
  return Math.round(Number(bytes) / 1_048_576);
}

/** The same numbers from 0 to 1 in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
