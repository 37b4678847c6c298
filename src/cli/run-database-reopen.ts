import { readEnvironment } from '../config/read-environment.js';
import { isMistake } from '../database/mistake.js';
import { reopenDatabase } from '../database/move/reopen-database.js';
import { openAsItIs } from '../database/open-database.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { Session } from './session.js';

/** `hubwarden database reopen`. */
export async function runDatabaseReopen(session: Session): Promise<ExitStatus> {
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const database = await openAsItIs(environment, [], (line) => void session.say(line).catch(() => undefined), {
    stop: session.signal,
  });
  if (isMistake(database)) return session.refuseWith(database.mistake);
  try {
    const left = await reopenDatabase(database.dataSource);
    if (isMistake(left)) return await session.refuseWith(left.mistake);
    await session.terminal.out.write(
      left === null
        ? 'The database was not moved away; it can be used as it is.\n'
        : `The database can be used again. It is as it was on ${left.startedAt}, when it was moved to ${left.place}.\n`,
    );
    return exitStatus.inOrder;
  } finally {
    await database.close();
  }
}
