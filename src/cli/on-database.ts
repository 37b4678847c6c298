import type { DataSource } from 'typeorm';
import { readEnvironment } from '../config/read-environment.js';
import { isMistake } from '../database/mistake.js';
import { openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import type { ExitStatus } from './exit-status.js';
import type { Session } from './session.js';

/** Opens the database that the environment names for as long as the work takes; no configuration file is read. */
export async function onDatabase(
  session: Session,
  work: (dataSource: DataSource) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const database = await openDatabase(environment, entities, (line) => void session.say(line).catch(() => undefined), {
    stop: session.signal,
  });
  if (isMistake(database)) return session.refuseWith(database.mistake);
  try {
    return await work(database.dataSource);
  } finally {
    await database.close();
  }
}
