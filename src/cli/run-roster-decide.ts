import { counted } from '../checks/wording.js';
import { readEnvironment } from '../config/read-environment.js';
import { withAdvisoryLock } from '../database/advisory-lock.js';
import { isMistake } from '../database/mistake.js';
import { runLock } from '../database/run-lock.js';
import { RosterDecisions } from '../roster/roster-decisions.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { Session } from './session.js';
import { whoIAm } from './who-i-am.js';
import { withApplication } from './with-application.js';

export interface DecideArguments {
  readonly reason: string;
}

/** `hubwarden roster accept` and `hubwarden roster reject`. */
export async function runRosterDecide(
  decision: 'accept' | 'reject',
  id: string,
  { reason }: DecideArguments,
  session: Session,
): Promise<ExitStatus> {
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const decided = await withApplication(
    environment,
    (line) => void session.say(line).catch(() => undefined),
    // A run that has matched accounts to one roster must not find another in force when it judges them.
    (application, { dataSource }) =>
      withAdvisoryLock(dataSource, runLock, () =>
        application.get(RosterDecisions)[decision](id, reason, whoIAm(), new Date().toISOString()),
      ),
    session.signal,
  );
  if (decided === 'held elsewhere')
    return session.refuseWith(
      'A check run is at work on this database, and the roster must stay as it is until it has ended; try again then.',
    );
  if (isMistake(decided)) return session.refuseWith(decided.mistake);
  if (decided.outcome === 'refused') return session.refuseWith(decided.message);
  await session.terminal.out.write(
    decided.outcome === 'accepted'
      ? `Roster ${decided.id} is in force: ${counted(decided.people, 'person', 'people')}, ${decided.employed} of them employed.\n`
      : `Roster ${decided.id} is rejected. The one in force stays.\n`,
  );
  return exitStatus.inOrder;
}
