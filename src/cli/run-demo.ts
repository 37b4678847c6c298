import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { type Variables, readEnvironment } from '../config/read-environment.js';
import { type OpenDatabase, openDatabase } from '../database/open-database.js';
import { isMistake } from '../database/mistake.js';
import { demoCompany } from '../demo/company.js';
import { writeDemoFiles } from '../demo/demo-files.js';
import { startHub } from '../demo/hub.js';
import { entities } from '../entities.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { FormatId } from './formats/format.js';
import { judge } from './judge.js';
import { type ReportTarget, prepareOutput } from './prepare-output.js';
import { printOutcome } from './print-outcome.js';
import { openProgress } from './progress/open-progress.js';
import { type Demo, serveDemo } from './serve-demo.js';
import type { Session } from './session.js';

export interface DemoArguments {
  readonly format: FormatId;
  readonly output?: string;
  readonly serve?: true;
}

/** `hubwarden demo`: the whole product, with nothing real but the code and the database. */
export async function runDemoCommand(asked: DemoArguments, session: Session): Promise<ExitStatus> {
  const environment = demoEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const target = await prepareOutput(asked.output, session.terminal.out);
  if ('mistake' in target) return session.refuseWith(target.mistake);

  const now = new Date().toISOString();
  const company = demoCompany(now);
  const hub = await startHub(company.world);
  const folder = await mkdtemp(join(tmpdir(), 'hubwarden-demo-'));
  try {
    const { configuration: file } = await writeDemoFiles(folder, company, hub.url);
    const loaded = await loadConfiguration(file, environment);
    if ('mistakes' in loaded) throw new Error(loaded.mistakes.map(({ message }) => message).join('; '));
    const demo = { file, configuration: loaded.configuration, environment: { ...environment, hubUrl: hub.url } };
    return await withDemoDatabase(demo, session, (database) => runOnce(demo, asked, { target, database }, session));
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What points at the real world is not looked at, whether it is well formed or not. */
function demoEnvironment(variables: Variables): ReturnType<typeof readEnvironment> {
  const { HUBWARDEN_DATA_DIR: dataDir, HUBWARDEN_ENCRYPTION_KEY: key } = variables;
  const set = dataDir === undefined || dataDir.trim() === '' ? resolve('.hubwarden-demo') : dataDir;
  return readEnvironment({ HUBWARDEN_DATA_DIR: set, HUBWARDEN_ENCRYPTION_KEY: key });
}

/** Holds the database open for as long as the work takes, and refuses one that somebody uses for something else. */
async function withDemoDatabase(
  demo: Demo,
  session: Session,
  work: (database: OpenDatabase) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  // The run opens it once more, and says then what there is to say about its place.
  const database = await openDatabase(demo.environment, entities, () => undefined);
  if (isMistake(database)) return session.refuseWith(database.mistake);
  try {
    const strangers = await otherOrganizations(database, demo.configuration);
    if (strangers.length === 0) return await work(database);
    return await session.refuseWith(
      `the database in ${demo.environment.dataDir} holds other organizations than the demo's (${strangers.join(', ')}); ` +
        'expected an empty folder or one of an earlier demo in HUBWARDEN_DATA_DIR',
    );
  } finally {
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
    const outcome = await judge(demo, null, progress, session.signal);
    progress.stop();
    await printOutcome(
      outcome,
      { format: asked.format, policyFile: null, checks: demo.configuration.checks },
      target,
      session,
    );
    if (outcome.kind === 'mistakes') return exitStatus.mistake;
    if (outcome.kind === 'broken') return exitStatus.unknown;
    return asked.serve ? await serveDemo(demo, database, session) : exitStatus.inOrder;
  } finally {
    progress.stop();
  }
}
