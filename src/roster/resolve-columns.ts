import { distance } from 'fastest-levenshtein';
import type { RosterConfig } from '../config/configuration.js';
import { rosterColumns } from '../config/sections/roster.section.js';
import { fold, knownHeadings, meaninglessHeadings, type Column, type Field } from './headings.js';
import { mostColumns } from './limits.js';
import type { RosterSource } from './roster-format.js';
import { mistakeAt, shown, type RosterMistake } from './roster-source.js';

/** One column of the file that is read. */
export interface PlannedColumn {
  readonly field: Field;
  /** Where it stands in a record, from 0. */
  readonly index: number;
  readonly heading: string;
}

/** Which cells of a record say what. Every other cell is dropped where it is read, and never stored. */
export interface ColumnPlan {
  /** How many cells a record has. */
  readonly width: number;
  /** For each field its columns, best first; a field that the file does not have is not a key. */
  readonly of: ReadonlyMap<Field, readonly PlannedColumn[]>;
  /** What the roster says at all, in canonical names. */
  readonly columns: readonly Column[];
  readonly ignored: readonly string[];
}

interface ColumnSettings {
  /** Heading, as the configuration spells it -> canonical column. */
  readonly mapped: Readonly<Record<string, string>>;
  readonly understands: RosterSource['understands'];
  readonly currentStaffOnly: boolean;
}

export function columnSettings(config: RosterConfig, source: RosterSource): ColumnSettings {
  return {
    mapped: config.columns,
    understands: source.understands,
    currentStaffOnly: config.currentStaffOnly || source.currentStaffOnly,
  };
}

interface Meaning {
  readonly field: Field;
  readonly rank: number;
}

interface RankedColumn extends PlannedColumn {
  readonly rank: number;
}

/** Whether a heading means anything to us; for telling a header line from other lines. */
export function headingTest(settings: ColumnSettings): (heading: string) => boolean {
  const meanings = meaningsOf(settings);
  return (heading) => meanings.has(fold(heading));
}

export function resolveColumns(
  headings: readonly string[],
  line: number | null,
  settings: ColumnSettings,
): ColumnPlan | readonly RosterMistake[] {
  if (headings.length > mostColumns) {
    return [mistakeAt(line, `${headings.length} columns; expected at most ${mostColumns}.`)];
  }
  const meanings = meaningsOf(settings);
  const mistakes: RosterMistake[] = [];
  const seen = new Map<string, number>();
  const found: RankedColumn[] = [];
  const ignored: string[] = [];
  for (const [index, heading] of headings.entries()) {
    const folded = fold(heading);
    const meaning = meanings.get(folded);
    if (meaning === undefined) {
      if (folded !== '') ignored.push(heading);
      const near = nearest(folded, meanings, settings);
      if (near !== null) {
        mistakes.push(
          mistakeAt(
            line,
            `the heading “${shown(heading)}” (column ${index + 1}) is nearly “${near}”; expected “${near}”, or roster.columns in the configuration to say what it is.`,
            null,
            heading,
          ),
        );
      }
      continue;
    }
    const before = seen.get(folded);
    if (before !== undefined) {
      mistakes.push(
        mistakeAt(
          line,
          `the heading “${shown(heading)}” stands twice, as column ${before + 1} (“${shown(headings[before] ?? '')}”) and column ${index + 1}; expected every column once.`,
          null,
          heading,
        ),
      );
      continue;
    }
    seen.set(folded, index);
    found.push({ field: meaning.field, index, heading, rank: meaning.rank });
  }
  mistakes.push(...sameByDeclaration(found, line));
  const plan = planOf(found, headings, ignored);
  mistakes.push(...missing(plan, headings, line, settings));
  return mistakes.length > 0 ? mistakes : plan;
}

/** What the roster in force says and this one does not. A column may be blank; it may not be gone. */
export function goneColumns(before: readonly string[], plan: Pick<ColumnPlan, 'columns'>): RosterMistake[] {
  return before
    .filter((column) => !plan.columns.some((kept) => kept === column))
    .map((column) =>
      mistakeAt(
        null,
        `the column ${column}, which the roster in force has, is gone; expected it again (its cells may be blank).`,
        null,
        column,
      ),
    );
}

const declared = -1;

function meaningsOf(settings: ColumnSettings): Map<string, Meaning> {
  const meanings = new Map<string, Meaning>();
  for (const [folded, known] of knownHeadings) meanings.set(folded, { field: known.field, rank: known.rank });
  for (const [folded, column] of Object.entries(settings.understands)) meanings.set(folded, { field: column, rank: 0 });
  for (const [heading, name] of Object.entries(settings.mapped)) {
    const column = rosterColumns.find((candidate) => candidate === name);
    if (column !== undefined) meanings.set(fold(heading), { field: column, rank: declared });
  }
  return meanings;
}

/** A heading that the configuration maps outranks all others, but not another that it maps to the same column. */
function sameByDeclaration(found: readonly RankedColumn[], line: number | null): RosterMistake[] {
  const mistakes: RosterMistake[] = [];
  const mapped = new Map<Field, PlannedColumn>();
  for (const column of found) {
    if (column.rank !== declared) continue;
    const other = mapped.get(column.field);
    if (other !== undefined) {
      mistakes.push(
        mistakeAt(
          line,
          `roster.columns maps both “${shown(other.heading)}” (column ${other.index + 1}) and “${shown(column.heading)}” (column ${column.index + 1}) to ${column.field}; expected every column once.`,
          null,
          column.heading,
        ),
      );
    }
    mapped.set(column.field, column);
  }
  return mistakes;
}

function planOf(found: readonly RankedColumn[], headings: readonly string[], ignored: readonly string[]): ColumnPlan {
  const of = new Map<Field, RankedColumn[]>();
  for (const column of found.toSorted((left, right) => left.rank - right.rank)) {
    const better = of.get(column.field);
    if (better === undefined) of.set(column.field, [column]);
    // What the configuration declares stands alone.
    else if (better[0]?.rank !== declared) better.push(column);
  }
  const said = rosterColumns.filter(
    (column) => of.has(column) || (column === 'full_name' && (of.has('first_name') || of.has('last_name'))),
  );
  return { width: headings.length, of, columns: said, ignored };
}

function missing(
  plan: ColumnPlan,
  headings: readonly string[],
  line: number | null,
  settings: ColumnSettings,
): RosterMistake[] {
  const has = (column: Column): boolean => plan.columns.includes(column);
  const found =
    headings.length === 0
      ? 'There are no headings.'
      : `The headings are ${headings
          .slice(0, 30)
          .map((heading) => `“${shown(heading)}”`)
          .join(', ')}.`;
  const mistakes: RosterMistake[] = [];
  const expect = (what: string): void => {
    mistakes.push(
      mistakeAt(line, `no column for ${what}, nor one that roster.columns in the configuration maps to it. ${found}`),
    );
  };
  if (!has('employee_id')) expect('employee_id');
  if (!has('work_email') && !has('docker_username')) expect('work_email or docker_username');
  if (!settings.currentStaffOnly && !has('status') && !has('end_date')) {
    expect('status or end_date (needed unless roster.currentStaffOnly is true)');
  }
  return mistakes;
}

/** The known heading that somebody probably meant. Short words are near to too many others to say so. */
function nearest(folded: string, meanings: ReadonlyMap<string, Meaning>, settings: ColumnSettings): string | null {
  if (folded === '' || meaninglessHeadings.has(folded)) return null;
  const declaredAs = new Map(Object.keys(settings.mapped).map((heading) => [fold(heading), heading]));
  let best: { heading: string; away: number } | null = null;
  for (const [known, meaning] of meanings) {
    const vendor = knownHeadings.get(known);
    const strict = meaning.rank === declared || vendor?.canonical === true;
    const allowed = strict ? (known.length > 5 ? 2 : 1) : known.length > 7 ? 2 : known.length > 4 ? 1 : 0;
    if (Math.abs(known.length - folded.length) > allowed) continue;
    const away = distance(known, folded);
    if (away <= allowed && away < (best?.away ?? 3))
      best = { heading: declaredAs.get(known) ?? vendor?.heading ?? known, away };
  }
  return best?.heading ?? null;
}

/** The same of every field. */
export function eachField<Of>(at: (field: Field) => Of): Record<Field, Of> {
  return {
    employee_id: at('employee_id'),
    full_name: at('full_name'),
    first_name: at('first_name'),
    last_name: at('last_name'),
    work_email: at('work_email'),
    other_emails: at('other_emails'),
    status: at('status'),
    start_date: at('start_date'),
    end_date: at('end_date'),
    department: at('department'),
    job_title: at('job_title'),
    manager_email: at('manager_email'),
    employment_type: at('employment_type'),
    docker_username: at('docker_username'),
  };
}
