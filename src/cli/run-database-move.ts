import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { counted } from '../checks/wording.js';
import type { Environment } from '../config/environment.js';
import { readEnvironment } from '../config/read-environment.js';
import { placeOf, tryConnection } from '../database/connect.js';
import { dataSourceFor } from '../database/data-source.js';
import { isMistake } from '../database/mistake.js';
import { moveDatabase, type MoveOutcome } from '../database/move/move-database.js';
import type { MovedTable } from '../database/move/move-rows.js';
import { moveName } from '../database/move/move-record.js';
import { openAsItIs } from '../database/open-database.js';
import { OwnBackends } from '../database/own-backends.js';
import { entities } from '../entities.js';
import { aligned } from './columns.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { openProgress } from './progress/open-progress.js';
import type { Session } from './session.js';

export interface MoveArguments {
  readonly to: string;
}

/** `hubwarden database move`. The target comes first: where it is not fit, no embedded server has to be started. */
export async function runDatabaseMove({ to: url }: MoveArguments, session: Session): Promise<ExitStatus> {
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const unusable = await tryConnection(url, '--to');
  if (unusable !== null) return session.refuseWith(unusable.mistake);
  const progress = openProgress(session.terminal.err);
  try {
    const database = await openAsItIs(environment, entities, (line) => progress.line(line), { stop: session.signal });
    if (isMistake(database)) return await session.refuseWith(database.mistake);
    const backends = new OwnBackends({ url, applicationName: moveName });
    const target = dataSourceFor(url, [], { poolSize: 5, applicationName: moveName, backends });
    const endWatch = backends.cancelOnStop(session.signal);
    const place = { from: sourceOf(environment), to: placeOf(url) ?? '--to' };
    try {
      await target.initialize();
      const outcome = await moveDatabase({
        source: database.dataSource,
        target,
        ...place,
        signal: session.signal,
        progress,
      });
      progress.stop();
      return await tell(outcome, place, environment, session);
    } finally {
      if (target.isInitialized) await target.destroy();
      await endWatch();
      await database.close();
    }
  } finally {
    progress.stop();
  }
}

interface Places {
  readonly from: string;
  readonly to: string;
}

async function tell(
  outcome: MoveOutcome | { readonly mistake: string },
  place: Places,
  environment: Environment,
  session: Session,
): Promise<ExitStatus> {
  if (isMistake(outcome)) return session.refuseWith(outcome.mistake);
  const { finishedBefore } = outcome;
  if (outcome.kind === 'different') {
    await session.refuseWith(
      finishedBefore === null
        ? `the move is not finished: ${outcome.message} Find out who changed it, then empty the database of --to and move again.`
        : `the move was finished on ${finishedBefore}, and since then something was changed: ${outcome.message} It has to be so where Hubwarden works with the new database.`,
    );
    return exitStatus.unknown;
  }
  const { tables } = outcome;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const all = `${counted(tables.length, 'table', 'tables')}, ${counted(rows, 'row', 'rows')}`;
  const lines = [
    ...listed(tables),
    '',
    finishedBefore === null
      ? `Moved to ${place.to}: ${all}, every row the same in both.`
      : `Was moved to ${place.to} on ${finishedBefore}: ${all}, every row still the same in both.`,
    '',
    ...next(place, environment),
  ];
  await session.terminal.out.write(`${lines.join('\n')}\n`);
  return exitStatus.inOrder;
}

function listed(tables: readonly MovedTable[]): string[] {
  const words = { now: 'copied', before: 'copied before', again: 'copied again, changed since' };
  return aligned([
    ['table', 'rows', 'SHA-256', ''],
    ...tables.map(({ name, rows, digest, copied }) => [name, String(rows), digest, words[copied]]),
  ]);
}

function next({ from, to }: Places, { dataDir, databaseUrl, encryptionKey }: Environment): string[] {
  const keyFile = join(dataDir, 'encryption.key');
  const key =
    encryptionKey !== null
      ? ['Keep HUBWARDEN_ENCRYPTION_KEY as it is.']
      : existsSync(keyFile)
        ? [
            `Keep ${keyFile}: it is not in the database. Leave HUBWARDEN_DATA_DIR as it is,`,
            'or set HUBWARDEN_ENCRYPTION_KEY to what is in that file.',
          ]
        : ['Keep the encryption key as it is: HUBWARDEN_ENCRYPTION_KEY, or encryption.key in HUBWARDEN_DATA_DIR.'];
  const old =
    databaseUrl === null
      ? ['To be rid of it, remove the folder of the database there by hand, and not the key beside it.']
      : ['To be rid of it, drop it by hand.'];
  return [
    'What is left to do:',
    `1. Set DATABASE_URL to the address of ${to} wherever Hubwarden runs, and start it.`,
    ...key.map((line, index) => `${index === 0 ? '2. ' : '   '}${line}`),
    `3. Keep the old database (${from}) as a backup as long as you like: it stays as it was, and`,
    '   Hubwarden refuses to work with it from now on, until “hubwarden database reopen”.',
    ...old.map((line) => `   ${line}`),
  ];
}

function sourceOf({ databaseUrl, dataDir }: Environment): string {
  return databaseUrl === null ? dataDir : (placeOf(databaseUrl) ?? 'DATABASE_URL');
}
