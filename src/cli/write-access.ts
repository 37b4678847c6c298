import type { AccessEntry, AccessMissing, AccessWhole, TokenAccess } from '../dashboards/access.js';
import { accessColumns, describePath, lineOfEntry, linesOfWhole, type AccessLine } from '../dashboards/access-lines.js';
import { inBatches } from '../database/rows.js';
import { csvLines } from '../http/csv.js';
import { visible, visibleLines } from '../http/visible.js';
import { aligned, wrapped } from './columns.js';
import { json } from '../findings/report-json.js';

export type AccessFormat = 'table' | 'json' | 'csv';

interface Writing {
  /** Of the question; null: it asked for none. */
  readonly repository: string | null;
  readonly terminalWidth: number | null;
}

/** Lines that are aligned with each other; however many there are, only so many are held. */
const block = 2_000;

/** In pieces while the entries arrive. */
export async function* writeAccess(
  format: AccessFormat,
  entries: AsyncIterable<AccessEntry>,
  whole: Readonly<AccessWhole>,
  writing: Writing,
): AsyncGenerator<string, void, void> {
  switch (format) {
    case 'json':
      for await (const piece of asJson(entries, whole))
        yield writing.terminalWidth === null ? piece : visibleLines(piece);
      break;
    case 'csv':
      yield* asCsv(entries, whole, writing);
      break;
    case 'table':
      yield* asTable(entries, whole, writing);
      break;
  }
}

/** The body of `GET /api/v1/access`, whole. */
async function* asJson(
  entries: AsyncIterable<AccessEntry>,
  whole: Readonly<AccessWhole>,
): AsyncGenerator<string, void, void> {
  yield '{"items":[';
  let first = true;
  for await (const entry of entries) {
    yield `${first ? '' : ','}\n${json(entry)}`;
    first = false;
  }
  const { tokens, public: isPublic, complete, missing, evaluatedAt } = whole;
  yield `],\n"tokens":${json(tokens)},\n"public":${json(isPublic)},\n"nextCursor":null,\n`;
  yield `"complete":${json(complete)},\n"missing":${json(missing)},\n"evaluatedAt":${json(evaluatedAt)}}\n`;
}

async function* asCsv(
  entries: AsyncIterable<AccessEntry>,
  whole: Readonly<AccessWhole>,
  { repository }: Writing,
): AsyncGenerator<string, void, void> {
  const cells = (line: AccessLine): string[] => accessColumns.map((column) => line[column]);
  yield* csvLines([[...accessColumns], ...linesOfWhole(whole, repository).map(cells)], '\n');
  for await (const some of inBatches(entries, block))
    yield* csvLines(
      some.map((entry) => cells(lineOfEntry(entry))),
      '\n',
    );
}

async function* asTable(
  entries: AsyncIterable<AccessEntry>,
  whole: Readonly<AccessWhole>,
  { repository, terminalWidth }: Writing,
): AsyncGenerator<string, void, void> {
  let found = false;
  for await (const some of inBatches(entries, block)) {
    yield linesOf([['REPOSITORY', 'ACCOUNT', 'PERSON', 'PERMISSION', 'THROUGH'], ...some.map(row)]);
    found = true;
  }
  if (!found) yield 'No account with a permission was seen.\n';
  if (whole.tokens.length > 0) {
    yield '\nOrganization access tokens:\n';
    yield linesOf([['TOKEN', 'ORGANIZATION', 'PERMISSION', 'MADE BY', 'SCOPES'], ...whole.tokens.map(tokenRow)]);
  }
  if (repository !== null && whole.public !== null) {
    yield whole.public
      ? `\nEverybody may pull ${visible(repository)}: it is public.\n`
      : `\n${visible(repository)} is private.\n`;
  }
  if (whole.missing.length > 0) {
    yield '\nNot known:\n';
    for (const gap of whole.missing) yield `${wrapped(sentenceOf(gap), 2, terminalWidth)}\n`;
  }
}

function row({ repository, account, person, permission, paths }: AccessEntry): string[] {
  return [
    repository,
    account,
    person === null ? '(nobody)' : person.id,
    permission,
    paths.map(describePath).join(', '),
  ];
}

function tokenRow({ token, organization, permission, createdBy, scopes, unverified }: TokenAccess): string[] {
  return [
    token,
    organization,
    permission,
    createdBy ?? '(unsaid)',
    `${scopes.join(', ')}${unverified ? ' (unverified)' : ''}`,
  ];
}

function sentenceOf({ organization, reason, message }: AccessMissing): string {
  return visible(`${organization === null ? '' : `${organization}: `}${message} [${reason}]`);
}

function linesOf(rows: readonly (readonly string[])[]): string {
  return aligned(rows.map((cells) => cells.map(visible)))
    .map((line) => `${line}\n`)
    .join('');
}
