import { readEnvironment } from '../config/read-environment.js';
import { isMistake } from '../database/mistake.js';
import { openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { Session } from './session.js';

/** `hubwarden migrate`. */
export async function runMigrate(session: Session): Promise<ExitStatus> {
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const database = await openDatabase(environment, entities, (line) => void session.say(line).catch(() => undefined), {
    stop: session.signal,
  });
  if (isMistake(database)) return session.refuseWith(database.mistake);
  try {
    const { migrated } = database;
    const lines =
      migrated.length === 0
        ? ['The database is up to date.']
        : [...migrated.map((name) => `migrated ${name}`), 'The database is up to date now.'];
    await session.terminal.out.write(`${lines.join('\n')}\n`);
    return exitStatus.inOrder;
  } finally {
    await database.close();
  }
}
