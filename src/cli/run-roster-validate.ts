import { resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { counted } from '../checks/wording.js';
import { buildRoster } from '../config/build-configuration.js';
import type { RosterConfig } from '../config/configuration.js';
import type { RosterFormat } from '../config/roster-formats.js';
import { readEnvironment } from '../config/read-environment.js';
import { type Mistake, isMistake } from '../database/mistake.js';
import { openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { rosterInForce } from '../roster/roster-in-force.js';
import { visible } from '../http/visible.js';
import { sentence } from '../roster/roster-source.js';
import { RosterEntity } from '../roster/roster.entity.js';
import { type RosterPreview, validateRoster } from '../roster/validate-roster.js';
import { aligned } from './columns.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { loadSettings } from './load-settings.js';
import type { Session } from './session.js';

export interface ValidateArguments {
  readonly format?: RosterFormat;
  readonly config?: string;
  readonly compare?: true;
}

/** `hubwarden roster validate`. */
export async function runRosterValidate(file: string, asked: ValidateArguments, session: Session): Promise<ExitStatus> {
  const settings = asked.config === undefined ? null : await loadSettings(asked.config, session.variables);
  if (settings !== null && 'mistakes' in settings) return session.refuse(settings.mistakes);
  // Where no configuration is named, what one would say that said nothing.
  const configured = settings?.configuration.roster ?? buildRoster({ source: file, format: asked.format ?? null }, '.');
  const format = asked.format ?? configured.format;
  const preview = await previewOf({ ...configured, source: resolve(file), format }, asked, session);
  if ('refused' in preview) return session.refuse(preview.refused);
  await session.terminal.out.write(`${[visible(file), ...describe(preview).map((line) => `  ${line}`)].join('\n')}\n`);
  return statusOf(preview);
}

/** A roster that waits is not weighed again; `waiting` is what its first reading found. */
type Preview =
  (RosterPreview & { readonly waiting?: string | null }) | { readonly refused: Parameters<Session['refuse']>[0] };

async function previewOf(config: RosterConfig, { compare }: ValidateArguments, session: Session): Promise<Preview> {
  const now = new Date().toISOString();
  if (!compare) return validateRoster(config, now, session.signal, null);
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return { refused: environment.mistakes };
  const database = await openDatabase(environment, entities, (line) => void session.say(line).catch(() => undefined), {
    stop: session.signal,
  });
  if (isMistake(database)) return { refused: [inDatabase(database)] };
  try {
    const preview = await validateRoster(config, now, session.signal, database.dataSource);
    return { ...preview, waiting: isWaiting(preview) ? await waitingSentence(database.dataSource) : null };
  } finally {
    await database.close();
  }
}

function isWaiting(preview: RosterPreview): boolean {
  return preview.would === 'change nothing' && preview.why === 'it waits for a decision';
}

/** Null: somebody has decided in the meantime. */
async function waitingSentence(dataSource: DataSource): Promise<string | null> {
  const waiting = await dataSource.getRepository(RosterEntity).findOneBy({ state: 'quarantined' });
  if (waiting === null) return null;
  const inForce = await rosterInForce(dataSource.manager);
  const { id, lost } = waiting;
  return (
    `Roster ${id} lost ${lost} of ${inForce?.employed ?? 0} employed in the roster in force. ` +
    `Decide with: hubwarden roster accept ${id} --reason "…", or: hubwarden roster reject ${id} --reason "…".`
  );
}

function inDatabase({ mistake }: Mistake): { file: null; line: null; message: string } {
  return { file: null, line: null, message: mistake };
}

function statusOf(preview: RosterPreview): ExitStatus {
  if (preview.would === 'refuse' || preview.would === 'read nothing') return exitStatus.mistake;
  if (preview.would === 'change nothing') return isWaiting(preview) ? exitStatus.failing : exitStatus.inOrder;
  return preview.would === 'quarantine' || preview.mistakes.length > 0 ? exitStatus.failing : exitStatus.inOrder;
}

function describe(preview: Exclude<Preview, { refused: unknown }>): string[] {
  if (preview.would === 'change nothing')
    return [`would change nothing: ${preview.why}.`, ...(preview.waiting ? [preview.waiting] : [])];
  const mistakes = preview.mistakes.map((mistake) => `  ${visible(sentence(mistake))}`);
  if (!('rows' in preview))
    return [preview.would === 'refuse' ? 'would be refused as a whole:' : 'cannot be read:', ...mistakes];
  const { rows, people, headings, ignored, losses } = preview;
  return [
    preview.would === 'accept' ? 'would be accepted.' : 'would be quarantined: it lost too many people at once.',
    `${counted(rows, 'row')}, ${counted(people, 'person', 'people')}${losses === null ? '' : `; ${losses.lost} of ${losses.employed} employed so far ${losses.lost === 1 ? 'is' : 'are'} lost`}.`,
    'Columns:',
    ...aligned(headings.map(({ heading, column }) => [visible(heading), 'is', column])).map((line) => `  ${line}`),
    ...(ignored.length > 0 ? [`Not read: ${ignored.map(visible).join(', ')}`] : []),
    ...(mistakes.length === 0
      ? ['Every row can be used.']
      : ['Rows that would be refused, so that their people are unknown:', ...mistakes]),
  ];
}
