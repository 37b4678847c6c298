import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DataSource } from 'typeorm';
import type { OrganizationConfig } from '../src/config/configuration.js';
import { loadConfiguration } from '../src/config/load-configuration.js';
import { largeWorld } from '../src/demo/large-world.js';
import type { HubOrganization } from '../src/demo/world.js';
import { type Measure, tell } from './measures.js';
import { quietNights } from './quiet-nights.js';
import { sharedRate } from './shared-rate.js';
import { type Night, syncNight, withDatabase } from './sync-rig.js';

/**
 * A full sync of one organization against the simulated Docker Hub: its requests beside the fewest that could do, and its
 * time beside those requests at the latency that every answer has. `node dist/bench/full-sync.js [--repetitions 5]`.
 */
const size = { members: 5_000, teams: 200, repositories: 1_000, seed: 1 };
const latencyMs = 50;
/** What the client allows itself once the rate headers say that there is room. */
const parallelism = 24;
/** The connector that people use today, for the same organization at the same latency, as it was measured. */
const baton = { requests: 1_527, seconds: 166 };
const repetitions = Number(/--repetitions[ =](\d+)/.exec(process.argv.slice(2).join(' '))?.[1] ?? 5);
const kinds = ['first night', 'a night with 1 in 20 changed', 'quiet night'] as const;
const dayMs = 86_400_000;
/** Of the pool. */
const connections = 10;

const measures = [...(await nights()), ...(await sharedRate()), ...(await quietNights())];
tell(measures);

interface Taken {
  readonly kind: (typeof kinds)[number];
  readonly night: Night;
  readonly floor: number;
  /** Rows that it wrote, by table. */
  readonly written: ReadonlyMap<string, number>;
}

async function nights(): Promise<Measure[]> {
  return withDatabase(async (dataSource, folder) => {
    const now = new Date().toISOString();
    const company = largeWorld({ ...size, now });
    const [organization] = company.world.organizations;
    if (organization === undefined) throw new Error('A large world has an organization.');
    // In a process of its own, as the real one is: what it costs is not what the sync costs.
    const hub = spawn(
      process.execPath,
      [
        join(import.meta.dirname, '../src/demo/hub-process.js'),
        '--world=large',
        `--now=${now}`,
        `--files=${join(folder, 'files')}`,
        `--latency=${latencyMs}`,
        '--rate-limit=1000000',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      const [line] = await once(createInterface(hub.stdout), 'line');
      const { url, files }: { url: string; files: { configuration: string } } = JSON.parse(String(line));
      const loaded = await loadConfiguration(files.configuration, { variables: {} });
      if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
      const [config] = loaded.configuration.organizations;
      if (config === undefined) throw new Error('The configuration has an organization.');
      return measuresOf(await takeNights(dataSource, { url, config, organization, begin: Date.parse(now) }));
    } finally {
      hub.kill();
    }
  });
}

async function takeNights(
  dataSource: DataSource,
  given: { url: string; config: OrganizationConfig; organization: HubOrganization; begin: number },
): Promise<Taken[]> {
  const { url, config, organization, begin } = given;
  const taken: Taken[] = [];
  const take = async (kind: Taken['kind'], storedAs: string, day: number): Promise<void> => {
    const before = await writtenRows(dataSource);
    const now = new Date(begin + day * dayMs).toISOString();
    const night = await syncNight(dataSource, { hubUrl: url, organization: config, storedAs, now });
    const after = await writtenRows(dataSource);
    const written = new Map([...after].map(([table, rows]) => [table, rows - (before.get(table) ?? 0)]));
    const floor = floorOf(organization, night.signIns, await eventsOf(dataSource, night.outcome.runId));
    taken.push({ kind, night, floor, written });
    console.error(`${kind}: ${night.requests} requests, floor ${floor}; ${night.seconds.toFixed(2)} s`);
  };
  for (let place = 0; place < repetitions; place += 1) await take('first night', `large ${place}`, 0);
  for (let place = 0; place < repetitions; place += 1) {
    await changeSome(url, organization, { from: place, at: begin + (2 * place + 1) * dayMs - 3_600_000 });
    await take('a night with 1 in 20 changed', 'large 0', 2 * place + 1);
    // The next one still goes back over what was changed the day before, so it is two days later.
    await take('quiet night', 'large 0', 2 * place + 2);
  }
  return taken;
}

function measuresOf(taken: readonly Taken[]): Measure[] {
  const of = (kind: Taken['kind']): readonly Taken[] => taken.filter((one) => one.kind === kind);
  const quiet = of('quiet night');
  const rows = (one: Taken, tables: readonly string[]): number =>
    tables.reduce((sum, table) => sum + (one.written.get(table) ?? 0), 0);
  return [
    ...kinds.flatMap((kind): Measure[] => [
      {
        name: `sync: requests, ${kind}, 5 000 accounts`,
        unit: 'requests',
        figures: of(kind).map(({ night }) => night.requests),
        peer: 'the fewest that could do',
        against: of(kind).map(({ floor }) => floor),
        goal: { atMost: 1.02 },
      },
      {
        name: `sync: time, ${kind}, 5 000 accounts at ${latencyMs} ms`,
        unit: 's',
        figures: of(kind).map(({ night }) => night.seconds),
        peer: `the fewest requests, ${parallelism} at a time`,
        against: of(kind).map(({ floor }) => (floor * latencyMs) / parallelism / 1000),
        goal: { atMost: 1.25 },
      },
    ]),
    {
      name: 'sync: time, first night, beside the connector in use',
      unit: 's',
      figures: of('first night').map(({ night }) => night.seconds),
      peer: `baton-dockerhub, as measured: ${baton.seconds} s`,
      against: [baton.seconds],
      goal: { below: 0.05 },
    },
    {
      name: 'sync: requests, first night, beside the connector in use',
      unit: 'requests',
      figures: of('first night').map(({ night }) => night.requests),
      peer: `baton-dockerhub, as measured: ${baton.requests}`,
      against: [baton.requests],
      goal: null,
    },
    {
      name: 'sync: rows of the inventory that a quiet night writes',
      unit: 'rows',
      figures: quiet.map((one) => rows(one, ['observation', 'unverified'])),
      peer: 'one would be too many',
      against: [1],
      goal: { below: 1 },
    },
    {
      name: 'sync: rows that a quiet night inserts, updates and deletes, in all tables',
      unit: 'rows written',
      figures: quiet.map((one) => rows(one, [...one.written.keys()])),
      peer: 'rows that were read',
      against: quiet.map(({ night }) => night.outcome.datasets.reduce((sum, { received }) => sum + received, 0)),
      goal: null,
    },
  ];
}

/** Every twentieth member from there on has another role than before, which Docker Hub also writes into its log. */
async function changeSome(
  url: string,
  organization: HubOrganization,
  given: { from: number; at: number },
): Promise<void> {
  const changes = organization.members
    .filter(({ role }, place) => place % 20 === given.from % 20 && role !== 'Owner')
    .map((member) => {
      member.role = member.role === 'Editor' ? 'Member' : 'Editor';
      const at = new Date(given.at).toISOString();
      return { op: 'change role', organization: organization.name, username: member.username, role: member.role, at };
    });
  const answer = await fetch(`${url}/simulator/world`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(changes),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Inserted, updated or deleted since the server started. */
async function writtenRows(dataSource: DataSource): Promise<Map<string, number>> {
  // Sessions tell what they did some seconds later, or when they are asked to: each of the pool's at the same time.
  const runners = Array.from({ length: connections }, () => dataSource.createQueryRunner());
  try {
    await Promise.all(runners.map((runner) => runner.connect()));
    await Promise.all(runners.map((runner) => runner.query('select pg_stat_force_next_flush()')));
  } finally {
    await Promise.all(runners.map((runner) => runner.release()));
  }
  const rows: { table: string; rows: string }[] = await dataSource.query(
    `select relname as table, n_tup_ins + n_tup_upd + n_tup_del as rows from pg_stat_user_tables
      where schemaname not like 'pg_temp%'`,
  );
  return new Map(rows.map((one) => [one.table, Number(one.rows)]));
}

async function eventsOf(dataSource: DataSource, runId: string): Promise<number> {
  const [row]: [{ events: string | null }] = await dataSource.query(
    'select sum(events) as events from audit_window where run_id = $1',
    [runId],
  );
  return Number(row.events ?? 0);
}

/**
 * Pages of 100 of every listing, one request for each repository's permissions and each token, one sign-in a credential. The
 * audit log does not say where it ends: a full page may lead on to an empty one.
 */
function floorOf(organization: HubOrganization, signIns: number, events: number): number {
  const { members, teams, repositories, tokens, scim } = organization;
  const pages = [members, teams, repositories, tokens, ...(scim === null ? [] : [scim.users])].map((rows) =>
    Math.max(1, Math.ceil(rows.length / 100)),
  );
  const auditPages = Math.floor(events / 100) + 1;
  const single = ['invites', 'image access', 'registry access'].length;
  return (
    pages.reduce((sum, count) => sum + count, 0) + auditPages + single + repositories.length + tokens.length + signIns
  );
}
