import { counted } from '../checks/wording.js';
import { readEnvironment } from '../config/read-environment.js';
import { isMistake } from '../database/mistake.js';
import { openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { verifyTrail } from '../trail/verify-trail.query.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { Session } from './session.js';

/** `hubwarden trail verify`. On the database alone: no configuration file is read. */
export async function runTrailVerify(session: Session): Promise<ExitStatus> {
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const database = await openDatabase(environment, entities, (line) => void session.say(line).catch(() => undefined), {
    stop: session.signal,
  });
  if (isMistake(database)) return session.refuseWith(database.mistake);
  try {
    const verified = await verifyTrail(database.dataSource);
    if (verified.outcome === 'broken') return await session.refuseWith(`the trail is broken. ${verified.message}`);
    const { entries, last } = verified;
    await session.terminal.out.write(
      last === null
        ? 'The trail is empty: nothing has been changed yet.\n'
        : `The trail is whole: ${counted(entries, 'entry', 'entries')}, the last one of ${last.at}, ${last.hash}.\n`,
    );
    return exitStatus.inOrder;
  } finally {
    await database.close();
  }
}
