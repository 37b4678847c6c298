import type { RosterConfig } from '../config/configuration.js';
import { RowsOfPeople } from './assemble-people.js';
import { type Content, MemoryContent } from './content.js';
import type { Column } from './headings.js';
import { RowJudge } from './judge-rows.js';
import { mostRows } from './limits.js';
import type { Instant, Person } from './person.js';
import { RefusedRows } from './refused-rows.js';
import { columnSettings, headingTest, resolveColumns, type ColumnPlan } from './resolve-columns.js';
import { mistakeAt, type RawRoster, type RosterMistake } from './roster-source.js';
import { RosterText } from './roster-text.js';
import type { CellProblems, RefusedRow, Row } from './row.js';
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
}

/** The file is refused whole. Never empty. */
export interface RefusedRoster {
  readonly mistakes: readonly RosterMistake[];
}

/** Where the rows go, which are too many to be kept by whoever reads them. */
export interface RowSink {
  /** In the order of the file, those after all others of which nothing but the id is certain. */
  add(row: Row): void;
  /** Ends when there is room for more. */
  drain(): Promise<void>;
  /** Forgets everything: the rows come once more, and mean something else. */
  restart(): Promise<void>;
  /** After the last row. Of two rows of one person that overlap, the later line is refused. */
  refuseOverlaps(refuse: (row: RefusedRow) => void): Promise<void>;
}

/** Reads and judges a roster, a portion at a time, and hands its rows over. Pure but for that and the time that it takes. */
export async function readInto(
  sink: RowSink,
  content: Content,
  config: RosterConfig,
  signal?: AbortSignal,
): Promise<ReadRoster | RefusedRoster> {
  const text = await RosterText.open(content);
  if (!(text instanceof RosterText)) return { mistakes: [text] };
  const source = sourceOf(config.format);
  const settings = columnSettings(config, source);
  const raw = await source.open(text, headingTest(settings));
  if (!('records' in raw)) return { mistakes: raw };
  if (raw.headingsLine === null && raw.headings.length === 0) {
    return { mistakes: [mistakeAt(null, 'the list is empty; expected at least one person.')] };
  }
  const plan = resolveColumns(raw.headings, raw.headingsLine, settings);
  if (!('width' in plan)) return { mistakes: plan };
  const judge = new RowJudge(plan, config);
  let judged = await judgeAll(raw, plan, judge, sink, signal);
  if ('mistakes' in judged) return judged;
  const undecided = judge.decide();
  if (undecided.length > 0) return { mistakes: undecided };
  if (judge.misread) {
    await sink.restart();
    judged = await judgeAll(raw, plan, judge, sink, signal);
    if ('mistakes' in judged) return judged;
  }
  const { refused, rows } = judged;
  await sink.refuseOverlaps((row) => refused.add(row));
  const mistakes = refused.tooMany(rows);
  if (mistakes !== null) return { mistakes };
  return {
    columns: plan.columns,
    headings: judge.plan.map(({ heading, field }) => ({ heading, column: field })),
    ignored: plan.ignored,
    rows,
    refused: refused.inOrder(),
    currentStaffOnly: settings.currentStaffOnly,
  };
}

/** A roster with everybody in it, made anew at each call. */
export type WholeRoster = ReadRoster & { people(): Iterable<Person> };

/** Reads a roster into memory. `asOf`: how old it is. */
export async function readRoster(
  content: Content | Buffer,
  config: RosterConfig,
  asOf: Instant,
  signal?: AbortSignal,
): Promise<WholeRoster | RefusedRoster> {
  const people = new RowsOfPeople();
  const given = Buffer.isBuffer(content) ? new MemoryContent(content) : content;
  const read = await readInto(people, given, config, signal);
  if ('mistakes' in read) return read;
  const days = new WorkingDays(config.timeZone);
  const assembling = { days, asOf, currentStaffOnly: read.currentStaffOnly };
  return { ...read, people: () => people.people(assembling) };
}

interface Judged {
  readonly refused: RefusedRows;
  readonly rows: number;
}

async function judgeAll(
  raw: RawRoster,
  plan: ColumnPlan,
  judge: RowJudge,
  sink: RowSink,
  signal: AbortSignal | undefined,
): Promise<Judged | RefusedRoster> {
  const refused = new RefusedRows();
  const misfits: Row[] = [];
  let rows = 0;
  for await (const records of raw.records()) {
    signal?.throwIfAborted();
    for (const record of records) {
      if ('unreadable' in record) return { mistakes: [record.unreadable] };
      const { line, cells } = record;
      if (rows >= mostRows) {
        return { mistakes: [mistakeAt(line, `more than ${mostRows} rows; expected at most that.`)] };
      }
      rows += 1;
      if (cells.length !== plan.width) {
        const misfit = refused.add(judge.misfit(cells, line, plan.width));
        if (misfit.employeeId !== null && misfits.length < mostMisfits)
          misfits.push(unreadRow(misfit.employeeId, misfit));
        continue;
      }
      const kept = judge.cellsOf(cells);
      const judged = judge.judge(kept, line, problemsIn(record.problems, judge), record.tidy);
      if (judged.row !== null) sink.add(judged.row);
      if (judged.refused !== null) refused.add(judged.refused);
    }
    await sink.drain();
  }
  for (const row of misfits) sink.add(row);
  await sink.drain();
  return { refused, rows };
}

/** More than these, and the file is refused whole. */
const mostMisfits = mostRows / 100 + 1;
const noProblems: CellProblems = [];

function problemsIn(given: CellProblems | undefined, judge: RowJudge): CellProblems {
  if (given === undefined) return noProblems;
  return given.flatMap(({ index, problem }) => {
    const at = judge.plan.findIndex((column) => column.index === index);
    return at === -1 ? [] : [{ index: at, problem }];
  });
}

/** A row of which nothing but the id is certain: what looks like a key in it keeps others from holding it alone. */
function unreadRow(id: string, { line, addresses }: RefusedRow): Row {
  return {
    line,
    id,
    name: undefined,
    email: undefined,
    otherEmails: addresses,
    username: undefined,
    status: undefined,
    start: null,
    end: null,
    department: undefined,
    title: undefined,
    manager: undefined,
    type: undefined,
    refused: true,
  };
}
