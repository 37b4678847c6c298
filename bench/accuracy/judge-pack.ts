import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { isMistake } from '../../src/database/mistake.js';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.js';
import { startHub, type RunningHub } from '../../src/demo/hub.js';
import { rosterCsv } from '../../src/demo/roster-file.js';
import { entities } from '../../src/entities.js';
import { readReport } from '../../src/findings/report.query.js';
import type { Report } from '../../src/findings/report.js';
import { LinkAccounts } from '../../src/identity/link-accounts.js';
import { HubSync } from '../../src/inventory/hub-sync.js';
import { RosterImport } from '../../src/roster/roster-import.js';
import { CheckRun } from '../../src/runs/check-run.js';
import type { SyntheticCompany } from './company.js';
import { hour, nights } from './truth.js';

export interface JudgedPack {
  /** One for each night. */
  readonly reports: readonly Report[];
  /** Whose each account or invite is in the last night: organization, kind and id in Docker Hub, to the employee id. */
  readonly links: ReadonlyMap<string, string>;
}

/** Many companies as organizations of one installation: over HTTP, through files, into a database of their own. */
export async function judgePack(companies: readonly SyntheticCompany[]): Promise<JudgedPack> {
  const folder = await mkdtemp(join(tmpdir(), 'hubwarden-accuracy-'));
  await chmod(folder, 0o711);
  const hub = await startHub({ organizations: [] }, { rateLimit: 100_000_000 });
  try {
    await writeFile(join(folder, 'hubwarden.yaml'), configurationOf(companies));
    const database = await openDatabase(
      { databaseUrl: null, dataDir: join(folder, 'data') },
      entities,
      () => undefined,
    );
    if (isMistake(database)) throw new Error(database.mistake);
    try {
      const reports: Report[] = [];
      for (const night of nights.keys()) reports.push(await judgeNight(companies, night, folder, hub, database));
      return { reports, links: await linksIn(database) };
    } finally {
      await database.close();
    }
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function judgeNight(
  companies: readonly SyntheticCompany[],
  night: number,
  folder: string,
  hub: RunningHub,
  { dataSource }: OpenDatabase,
): Promise<Report> {
  const now = `${nights[night] ?? ''}${hour}`;
  hub.world.organizations = companies.map((company) => company.organizationAt(night));
  const roster = join(folder, 'people.csv');
  // Somebody new each night: a list that is the same as before is no second list.
  const newcomer = {
    ...emptyLine,
    employee_id: `N-${night}`,
    full_name: 'Newcomer',
    work_email: `n${night}@new.example`,
  };
  await writeFile(roster, rosterCsv([...companies.flatMap((company) => company.rosterAt(night)), newcomer]));
  await utimes(roster, new Date(now), new Date(now));
  const loaded = await loadConfiguration(join(folder, 'hubwarden.yaml'), { variables: {} });
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
  const run = new CheckRun(
    dataSource,
    new RosterImport(dataSource),
    new HubSync(dataSource),
    new LinkAccounts(dataSource),
  );
  const outcome = await run.run({
    id: randomUUID(),
    configuration: loaded.configuration,
    hubUrl: hub.url,
    fingerprintKey: Buffer.alloc(32, 7),
    now,
    signal: new AbortController().signal,
    progress: {
      stage: () => ({ advance: () => undefined, done: () => undefined }),
      line: (text) => console.error(text),
    },
  });
  if (outcome.kind !== 'evaluated') throw new Error(`The night gave no report: ${JSON.stringify(outcome)}`);
  return readReport(dataSource, outcome.number);
}

const emptyLine = {
  other_emails: '',
  status: 'active',
  start_date: '2026-11-01',
  end_date: '',
  department: '',
  job_title: '',
  manager_email: '',
  employment_type: 'employee',
  docker_username: '',
};

function configurationOf(companies: readonly SyntheticCompany[]): string {
  const names = companies.map(({ truth }) => truth.name);
  return stringify({
    organizations: companies.map(({ truth, secret }) => ({
      name: truth.name,
      hub: { identifier: truth.name, secret },
    })),
    sync: { deadline: '10m' },
    roster: { source: 'people.csv', format: 'csv', timeZone: 'Europe/Berlin' },
    identity: {
      corporateDomains: names.map((name) => `${name}.example`),
      domainAliases: Object.fromEntries(names.map((name) => [`${name}.test`, `${name}.example`])),
      plusAddressing: true,
      links: companies.flatMap(({ links }) => links),
      serviceAccounts: companies.flatMap(({ serviceAccounts }) => serviceAccounts),
    },
    criticalSystems: companies.map(({ criticalSystem }) => criticalSystem),
    roles: { 'registry-auditor': 'member' },
  });
}

async function linksIn({ dataSource }: OpenDatabase): Promise<Map<string, string>> {
  const rows: { name: string; kind: string; key: string; person: string }[] = await dataSource.query(
    `select organization.name, link.subject_kind as kind, link.subject_key as key, link.employee_id as person
       from link join organization on organization.id = link.organization_id where link.ended_at is null`,
  );
  return new Map(rows.map(({ name, kind, key, person }) => [`${name}/${kind}/${key}`, person]));
}
