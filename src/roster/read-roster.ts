import type { RosterConfig } from '../config/configuration.js';
import { RowsOfPeople } from './assemble-people.js';
import { decode } from './decode.js';
import type { Column } from './headings.js';
import { RowJudge } from './judge-rows.js';
import type { CellProblems, Cells, RefusedRow } from './row.js';
import { mostRows, mostSentences } from './limits.js';
import type { Instant, Person } from './person.js';
import { columnSettings, headingTest, resolveColumns, type ColumnPlan } from './resolve-columns.js';
import { mistakeAt, type Cell, type RawRecord, type RosterMistake } from './roster-source.js';
import { sourceOf } from './sources.js';
import { WorkingDays } from './working-days.js';

/** A roster that could be read, before anybody compares it with the one in force. */
export interface ReadRoster {
  readonly columns: readonly Column[];
  /** For people: which heading was read as which column, and which were not read. */
  readonly headings: readonly { readonly heading: string; readonly column: string }[];
  readonly ignored: readonly string[];
  readonly rows: number;
  readonly refused: readonly RefusedRow[];
  readonly currentStaffOnly: boolean;
  /** Everybody, made anew at each call: a million people need not be in memory at once. */
  people(): Iterable<Person>;
}

/** The file is refused whole. Never empty. */
interface RefusedRoster {
  readonly mistakes: readonly RosterMistake[];
}

/** Reads and judges the bytes of a roster. `asOf`: how old it is. Pure but for the time that it takes. */
export async function readRoster(
  bytes: Buffer,
  config: RosterConfig,
  asOf: Instant,
  signal?: AbortSignal,
): Promise<ReadRoster | RefusedRoster> {
  const text = decode(bytes);
  if (!Buffer.isBuffer(text)) return { mistakes: [text] };
  const source = sourceOf(config.format);
  const settings = columnSettings(config, source);
  const raw = source.open(text, headingTest(settings));
  if (!('records' in raw)) return { mistakes: raw };
  if (raw.headingsLine === null && raw.headings.length === 0) {
    return { mistakes: [mistakeAt(null, 'the list is empty; expected at least one person.')] };
  }
  const plan = resolveColumns(raw.headings, raw.headingsLine, settings);
  if (!('width' in plan)) return { mistakes: plan };
  const judge = new RowJudge(plan, config);
  const noted = await noteAll(raw.records(), plan, judge, signal);
  if ('mistakes' in noted) return noted;
  const undecided = judge.decide();
  if (undecided.length > 0) return { mistakes: undecided };

  const people = new RowsOfPeople();
  const refused = [...noted.refused];
  for (const { cells, line, problems } of noted.rows) {
    const judged = judge.judge(cells, line, problems);
    if (judged.row !== null) people.add(judged.row);
    if (judged.refused !== null) refused.push(judged.refused);
  }
  for (const row of noted.refused) {
    if (row.employeeId !== null) people.addRefused(row.employeeId, row.line, row.addresses);
  }
  refused.push(...people.refuseOverlaps());
  refused.sort((left, right) => left.line - right.line);
  const mistakes = tooManyRefused(refused, noted.total);
  if (mistakes !== null) return { mistakes };

  const days = new WorkingDays(config.timeZone);
  const assembling = { days, asOf, currentStaffOnly: settings.currentStaffOnly };
  return {
    columns: plan.columns,
    headings: judge.plan.map(({ heading, field }) => ({ heading, column: field })),
    ignored: plan.ignored,
    rows: noted.total,
    refused,
    currentStaffOnly: settings.currentStaffOnly,
    people: () => people.people(assembling),
  };
}

interface NotedRow {
  readonly cells: Cells;
  readonly line: number;
  readonly problems: CellProblems;
}

interface Noted {
  readonly rows: NotedRow[];
  readonly refused: readonly RefusedRow[];
  readonly total: number;
}

/** Keeps of every record what the plan asks for. Few different words make up most cells: each is kept once. */
async function noteAll(
  records: AsyncIterable<RawRecord>,
  plan: ColumnPlan,
  judge: RowJudge,
  signal: AbortSignal | undefined,
): Promise<Noted | RefusedRoster> {
  const rows: NotedRow[] = [];
  const refused: RefusedRow[] = [];
  const words = new Map<string, string>();
  const keep = (cell: Cell): Cell => {
    const value = cell?.trim();
    if (value === undefined || value.length > 40) return value ?? cell;
    const known = words.get(value);
    if (known !== undefined) return known;
    if (words.size < 50_000) words.set(value, value);
    return value;
  };
  for await (const record of records) {
    signal?.throwIfAborted();
    if ('unreadable' in record) return { mistakes: [record.unreadable] };
    const { line, cells } = record;
    if (rows.length + refused.length >= mostRows) {
      return { mistakes: [mistakeAt(line, `more than ${mostRows} rows; expected at most that.`)] };
    }
    if (cells.length !== plan.width) {
      refused.push(judge.misfit(cells, line, plan.width));
      continue;
    }
    const kept = judge.plan.map((column) => keep(cells[column.index]));
    const problems = (record.problems ?? []).flatMap(({ index, problem }) => {
      const at = judge.plan.findIndex((column) => column.index === index);
      return at === -1 ? [] : [{ index: at, problem }];
    });
    judge.note(kept, line);
    rows.push({ cells: kept, line, problems: problems.length === 0 ? noProblems : problems });
  }
  return { rows, refused, total: rows.length + refused.length };
}

const noProblems: CellProblems = [];

function tooManyRefused(refused: readonly RefusedRow[], total: number): readonly RosterMistake[] | null {
  if (total === 0) return [mistakeAt(null, 'there is nobody in it; expected at least one person.')];
  const allowed = Math.max(1, total / 100);
  if (refused.length <= allowed && refused.length < total) return null;
  const sentences = refused.flatMap((row) => row.mistakes);
  const rest = sentences.length - mostSentences;
  const reason =
    refused.length === total
      ? `no row of ${total} can be read; expected at least one that can.`
      : `${refused.length} rows of ${total} cannot be read; expected at most ${Math.floor(allowed)}, and the file is refused whole.`;
  return [
    mistakeAt(null, reason),
    ...sentences.slice(0, mostSentences),
    ...(rest > 0 ? [mistakeAt(null, `and ${rest} more of the same kind.`)] : []),
  ];
}
