import type { DataSource, EntityManager } from 'typeorm';
import { readEnvironment } from '../config/read-environment.js';
import { answerAccess, everyAccess, type AccessAnswering } from '../dashboards/access.query.js';
import type { AccessQuestion } from '../dashboards/access-question.query.js';
import { type Moment, viewOf } from '../dashboards/view.query.js';
import { isMistake } from '../database/mistake.js';
import { openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { standingHorizon } from '../history/horizon.query.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { parseInstant } from './instant.js';
import { prepareOutput, type ReportTarget } from './prepare-output.js';
import type { Session } from './session.js';
import { writeAccess, type AccessFormat } from './write-access.js';

export interface AccessArguments {
  readonly repository?: string;
  readonly person?: string;
  readonly account?: string;
  readonly organization?: string;
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly format: AccessFormat;
  readonly output?: string;
}

/** `hubwarden access`, on the database alone. */
export async function runAccess(asked: AccessArguments, session: Session): Promise<ExitStatus> {
  const empty = (['repository', 'person', 'account', 'organization'] as const).find(
    (name) => asked[name]?.trim() === '',
  );
  if (empty !== undefined) return session.refuseWith(`--${empty} is empty; expected a name`);
  const moment = momentOf(asked);
  if ('mistake' in moment) return session.refuseWith(moment.mistake);
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const target = await prepareOutput(asked.output, session.terminal.out);
  if (isMistake(target)) return session.refuseWith(target.mistake);
  const database = await openDatabase(environment, entities, (line) => void session.say(line).catch(() => undefined), {
    stop: session.signal,
  });
  if (isMistake(database)) return session.refuseWith(database.mistake);
  try {
    return await answer(database.dataSource, asked, moment, target, session);
  } finally {
    await database.close();
  }
}

async function answer(
  dataSource: DataSource,
  { repository, person, account, organization, format }: AccessArguments,
  moment: Moment,
  target: ReportTarget,
  session: Session,
): Promise<ExitStatus> {
  const question: AccessQuestion = {
    ...(repository !== undefined && { repository }),
    ...(person !== undefined && { person }),
    ...(account !== undefined && { account }),
    ...(organization !== undefined && { organization: [organization] }),
  };
  const runner = dataSource.createQueryRunner();
  try {
    // One picture, though a run may record another evaluation meanwhile.
    await runner.startTransaction('REPEATABLE READ');
    const view = await viewOf(runner.manager, moment);
    if (view === null) {
      const [earliest] = [moment.asOf, moment.knownAt].filter((instant) => instant !== undefined).toSorted(inOrder);
      if (earliest === undefined)
        return await session.refuseWith('nothing was evaluated yet, so nobody knows who has access: hubwarden check');
      return await session.refuseWith(`${await nothingKnownBy(runner.manager, earliest)}; expected a later instant`);
    }
    const answering = await answerAccess(runner.manager, view, question);
    if ('sentence' in answering) {
      const where = answering.field === null ? '' : `--${answering.field} `;
      return await session.refuseWith(`${where}${answering.sentence}`);
    }
    const { out } = session.terminal;
    await target.write(
      writeAccess(format, everyAccess(runner, answering), answering.whole, {
        repository: repository?.trim().toLowerCase() ?? null,
        terminalWidth: target.isFile ? null : (out.terminal?.columns ?? null),
      }),
    );
    return statusOf(answering);
  } finally {
    await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

async function nothingKnownBy(manager: EntityManager, instant: string): Promise<string> {
  const horizon = await standingHorizon(manager);
  return horizon === null
    ? `nothing had been evaluated by ${instant}`
    : `${instant} is before ${horizon.beginsAt}, where history begins: the retention policy has removed what was before`;
}

const inOrder = (one: string, other: string): number => (one < other ? -1 : 1);

function momentOf({ asOf, knownAt }: AccessArguments): Moment | { readonly mistake: string } {
  const moment: { asOf?: string; knownAt?: string } = {};
  for (const [field, option, text] of [
    ['asOf', '--as-of', asOf],
    ['knownAt', '--known-at', knownAt],
  ] as const) {
    if (text === undefined) continue;
    const instant = parseInstant(text);
    if (instant === null) {
      return {
        mistake: `${option} is \`${text}\`; expected an ISO 8601 instant with a zone, such as 2026-11-21T02:00:00Z`,
      };
    }
    moment[field] = instant;
  }
  return moment;
}

function statusOf({ whole }: Pick<AccessAnswering, 'whole'>): ExitStatus {
  return whole.complete ? exitStatus.inOrder : exitStatus.unknown;
}
