import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { loadConfiguration } from '../config/load-configuration.js';
import type { Environment } from '../config/environment.js';
import type { RunningCluster } from '../database/embedded/run-cluster.js';
import { type OpenDatabase, openDatabase } from '../database/open-database.js';
import { isMistake } from '../database/mistake.js';
import { demoCompany } from '../demo/company.js';
import { writeDemoFiles } from '../demo/demo-files.js';
import { startHub } from '../demo/hub.js';
import { entities } from '../entities.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { FormatId } from './formats/format.js';
import { judge } from './judge.js';
import type { ReportTarget } from './prepare-output.js';
import { printOutcome } from './print-outcome.js';
import { openProgress } from './progress/open-progress.js';
import type { Demo } from './serve-demo.js';
import type { Session } from './session.js';

export interface DemoArguments {
  readonly format: FormatId;
  readonly output?: string;
  readonly serve?: true;
}

/** On a database that nobody has to wait for any more: the sample company, its Docker Hub, and one night. */
export async function demoNight(
  asked: DemoArguments,
  environment: Environment,
  server: RunningCluster,
  target: ReportTarget,
  session: Session,
): Promise<ExitStatus> {
  const now = new Date().toISOString();
  const company = demoCompany(now);
  const hub = await startHub(company.world);
  const folder = await mkdtemp(join(tmpdir(), 'hubwarden-demo-'));
  try {
    const { configuration: file } = await writeDemoFiles(folder, company, hub.url);
    const loaded = await loadConfiguration(file, environment);
    if ('mistakes' in loaded) throw new Error(loaded.mistakes.map(({ message }) => message).join('; '));
    const demo = { file, configuration: loaded.configuration, environment: { ...environment, hubUrl: hub.url } };
    return await withDemoDatabase(demo, server, session, (database) =>
      runOnce(demo, asked, { target, database }, session),
    );
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Holds the database open for as long as the work takes, and refuses one that somebody uses for something else. */
async function withDemoDatabase(
  demo: Demo,
  server: RunningCluster,
  session: Session,
  work: (database: OpenDatabase) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const database = await openDatabase(
    demo.environment,
    entities,
    (line) => void session.say(line).catch(() => undefined),
    { stop: session.signal },
  );
  // Two hold the server now: one is enough, and to let go takes a moment in which there is enough to do.
  const released = server.release();
  if (isMistake(database)) {
    await released;
    return session.refuseWith(database.mistake);
  }
  try {
    const strangers = await otherOrganizations(database, demo.configuration);
    if (strangers.length === 0) return await work(database);
    return await session.refuseWith(
      `the database in ${demo.environment.dataDir} holds other organizations than the demo's (${strangers.join(', ')}); ` +
        'expected an empty folder or one of an earlier demo in HUBWARDEN_DATA_DIR',
    );
  } finally {
    await released;
    await database.close();
  }
}

async function otherOrganizations(
  { dataSource }: OpenDatabase,
  { organizations }: Configuration,
): Promise<readonly string[]> {
  const rows: { name: string }[] = await dataSource.query(
    `select name from organization where name <> all ($1::text[]) order by name collate "C" limit 5`,
    [organizations.map(({ name }) => name)],
  );
  return rows.map(({ name }) => name);
}

async function runOnce(
  demo: Demo,
  asked: DemoArguments,
  { target, database }: { readonly target: ReportTarget; readonly database: OpenDatabase },
  session: Session,
): Promise<ExitStatus> {
  const progress = openProgress(session.terminal.err);
  try {
    // The machine's clock, read once more by the run itself: a demo is a night like any other.
    const rendering = { format: asked.format, policyFile: null, checks: demo.configuration.checks };
    const came = await judge(demo, null, progress, session.signal, { database }, async (outcome) => {
      progress.stop();
      await printOutcome(outcome, rendering, target, session);
      return outcome.kind;
    });
    if (came === 'mistakes') return exitStatus.mistake;
    if (came === 'broken') return exitStatus.unknown;
    if (!asked.serve) return exitStatus.inOrder;
    const { serveDemo } = await import('./serve-demo.js');
    return await serveDemo(demo, database, session);
  } finally {
    progress.stop();
  }
}
