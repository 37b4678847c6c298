import { resolve } from 'node:path';
import { type Variables, readEnvironment } from '../config/read-environment.js';
import { startEmbedded } from '../database/embedded/start-embedded.js';
import { isMistake } from '../database/mistake.js';
import type { DemoArguments } from './demo-night.js';
import { type ExitStatus } from './exit-status.js';
import { prepareOutput } from './prepare-output.js';
import type { Session } from './session.js';

/**
 * `hubwarden demo`: the whole product, with nothing real but the code and the database. That comes up while the rest of the
 * program is read from the disk, which takes as long; it does not wait for the disk, as nothing of a demo is worth keeping.
 */
export async function runDemoCommand(asked: DemoArguments, session: Session): Promise<ExitStatus> {
  const environment = demoEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const target = await prepareOutput(asked.output, session.terminal.out);
  if ('mistake' in target) return session.refuseWith(target.mistake);
  // What there is to say about its place is said by whoever opens it.
  const starting = startEmbedded(environment.dataDir, () => undefined, { durable: false });
  const loading = import('./demo-night.js');
  const server = await starting;
  if (isMistake(server)) return session.refuseWith(server.mistake);
  const { demoNight } = await loading;
  return demoNight(asked, environment, server, target, session);
}

/** What points at the real world is not looked at, whether it is well formed or not. */
function demoEnvironment(variables: Variables): ReturnType<typeof readEnvironment> {
  const { HUBWARDEN_DATA_DIR: dataDir, HUBWARDEN_ENCRYPTION_KEY: key } = variables;
  const set = dataDir === undefined || dataDir.trim() === '' ? resolve('.hubwarden-demo') : dataDir;
  return readEnvironment({ HUBWARDEN_DATA_DIR: set, HUBWARDEN_ENCRYPTION_KEY: key });
}
