import type { RosterConfig } from '../config/configuration.js';
import { comparableAddress, invisibleCharacter } from './addresses.js';
import { DateColumn } from './dates.js';
import { fold, type Field } from './headings.js';
import { composed, foldCase } from './letters.js';
import { mostCharactersOfACell, mostCharactersOfAnId } from './limits.js';
import type { Day, Status } from './person.js';
import { eachField, type ColumnPlan, type PlannedColumn } from './resolve-columns.js';
import { mistakeAt, shown, type Cell, type RosterMistake } from './roster-source.js';
import { blankToNull, textProblem, type CellProblems, type Cells, type RefusedRow, type Row } from './row.js';
import { StatusWords } from './status-words.js';

/**
 * Turns records into rows, one by one. After the last one `decide` says whether every date column can be read, and `misread`
 * whether all of them have to be judged once more.
 */
export class RowJudge {
  readonly plan: readonly PlannedColumn[];
  /** Of each field its best column; -1, which is no cell, where the roster does not have it. */
  private readonly best: Readonly<Record<Field, number>>;
  private readonly ends: readonly number[];
  private readonly otherStatuses: readonly number[];
  private readonly dates = new Map<number, DateColumn>();
  /** Date columns that say nothing of a person, and nevertheless whether their own dates can be read. */
  private readonly idleDates: readonly number[];
  private readonly words = new Map<number, StatusWords>();
  private readonly nickname: boolean;

  constructor(columns: ColumnPlan, config: Pick<RosterConfig, 'dateFormat' | 'statuses'>) {
    this.plan = [...columns.of.values()].flat();
    const position = new Map(this.plan.map((column, index) => [column.index, index]));
    const at = (field: Field): number[] =>
      (columns.of.get(field) ?? []).map((column) => position.get(column.index) ?? 0);
    this.best = eachField((field) => at(field)[0] ?? -1);
    this.ends = at('end_date');
    this.otherStatuses = at('status').slice(1);
    this.idleDates = at('start_date').slice(1);
    this.nickname = fold(columns.of.get('full_name')?.[0]?.heading ?? '') === 'preferredname';
    for (const [index, column] of this.plan.entries()) {
      if (column.field === 'start_date' || column.field === 'end_date') {
        this.dates.set(index, new DateColumn(column.heading, config.dateFormat));
      }
      if (column.field === 'status') this.words.set(index, new StatusWords(config.statuses, column.heading));
    }
  }

  decide(): RosterMistake[] {
    return [...this.dates.values()].map((column) => column.decide()).filter((mistake) => mistake !== null);
  }

  /** After `decide`. */
  get misread(): boolean {
    return [...this.dates.values()].some((column) => column.misread);
  }

  /** A record of another width than the header: no cell of it is certain, the id at the very left perhaps. */
  misfit(cells: readonly Cell[], line: number, width: number): RefusedRow {
    const index = this.plan.find((column) => column.field === 'employee_id')?.index ?? 0;
    const id = blankToNull(cells[index]);
    const addresses = cells.flatMap((cell) => comparableAddress(cell ?? '') ?? []);
    return {
      line,
      employeeId: index === 0 && id !== null && this.idProblem(id) === null ? id : null,
      // Lines that ran into each other hold the keys of many.
      mentions: Math.abs(cells.length - width) > 2 ? [] : [...(id === null ? [] : [id]), ...addresses],
      addresses,
      mistakes: [
        mistakeAt(
          line,
          `${cells.length} cells; expected ${width}, as in the header (a cell with a delimiter in it needs quotation marks).`,
        ),
      ],
    };
  }

  /** Of a record those cells that the plan asks for, trimmed. */
  cellsOf(record: readonly Cell[]): Cells {
    const cells: Cell[] = [];
    for (const { index } of this.plan) {
      const cell = record[index];
      cells.push(typeof cell === 'string' ? cell.trim() : cell);
    }
    return cells;
  }

  /** `tidy`: see `tidyText`; of every cell. */
  judge(
    given: Cells,
    line: number,
    problems: CellProblems,
    tidy: boolean,
  ): { row: Row | null; refused: RefusedRow | null } {
    let mistakes: RosterMistake[] | null = null;
    const refuse: Refuse = (index, problem, expected) => {
      const heading = this.plan[index]?.heading ?? '';
      const value = shown(given[index] ?? '');
      const what = value === '' ? problem : `“${value}” ${problem}`;
      mistakes ??= [];
      mistakes.push(mistakeAt(line, `${what}; expected ${expected}.`, heading, value === '' ? null : value));
    };
    for (const { index, problem } of problems) refuse(index, problem, 'text, or null');
    for (const index of this.idleDates) this.dates.get(index)?.note(given[index] ?? '', line);
    const cells = tidy ? given : this.withoutOddCells(given, line, refuse);
    const id = this.id(cells, refuse);
    const email = this.email(cells, tidy, refuse);
    const otherEmails = this.otherEmails(cells, tidy, refuse);
    const username = this.username(cells, tidy, refuse);
    const start = this.start(cells, line, refuse);
    const end = this.end(cells, line, refuse);
    const status = this.status(cells, end, refuse);
    if (start !== null && end !== null && end < start) {
      refuse(this.best.end_date, `is before the start on ${start}`, 'the last working day, on or after the first');
    }
    const refused = mistakes !== null;
    const row: Row | null =
      id === null
        ? null
        : {
            line,
            id,
            name: this.name(cells, tidy),
            email,
            otherEmails,
            username,
            status,
            start,
            end,
            department: this.text(cells, this.best.department, tidy),
            title: this.text(cells, this.best.job_title, tidy),
            manager: this.manager(cells, tidy),
            type: this.text(cells, this.best.employment_type, tidy),
            refused,
          };
    if (mistakes === null) return { row, refused: null };
    // Where the id can be read, the row's person is found by it; another who once had the same address is not meant.
    const mentions = id === null ? [email, ...otherEmails].filter((key) => typeof key === 'string') : [];
    return { row, refused: { line, employeeId: id, mentions, addresses: none, mistakes } };
  }

  private id(cells: Cells, refuse: Refuse): string | null {
    const index = this.best.employee_id;
    const id = composed(blankToNull(cells[index]));
    const problem = id === null ? 'no employee id' : this.idProblem(id);
    if (problem !== null) refuse(index, problem, 'the id of one person');
    return problem === null ? id : null;
  }

  private idProblem(id: string): string | null {
    if (id.length > mostCharactersOfAnId) return `is longer than ${mostCharactersOfAnId} characters`;
    const invisible = invisibleCharacter(id);
    return invisible === null ? null : `holds the invisible character ${invisible}`;
  }

  private email(cells: Cells, tidy: boolean, refuse: Refuse): string | null | undefined {
    const text = this.text(cells, this.best.work_email, tidy);
    if (text === undefined || text === null) return text;
    const email = comparableAddress(text);
    if (email === null) refuse(this.best.work_email, 'is not an e-mail address', 'one address, or a blank cell');
    return email;
  }

  private otherEmails(cells: Cells, tidy: boolean, refuse: Refuse): readonly string[] {
    const text = this.text(cells, this.best.other_emails, tidy);
    if (text === undefined || text === null) return none;
    const parts = text
      .split(/[;,\n]/)
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const emails = parts.map((part) => comparableAddress(part));
    if (emails.includes(null)) {
      refuse(
        this.best.other_emails,
        'holds something that is not an e-mail address',
        'addresses separated by “;”, or a blank cell',
      );
    }
    return emails.filter((email) => email !== null);
  }

  private username(cells: Cells, tidy: boolean, refuse: Refuse): string | null | undefined {
    const text = this.text(cells, this.best.docker_username, tidy);
    if (text === undefined || text === null) return text;
    const invisible = invisibleCharacter(text);
    if (invisible !== null || /\s/.test(text)) {
      refuse(
        this.best.docker_username,
        invisible === null ? 'holds a space' : `holds the invisible character ${invisible}`,
        'a Docker ID, or a blank cell',
      );
      return null;
    }
    return foldCase(text);
  }

  private start(cells: Cells, line: number, refuse: Refuse): Day | null {
    const index = this.best.start_date;
    const value = blankToNull(cells[index]);
    const column = this.dates.get(index);
    if (value === null || column === undefined) return null;
    const reading = column.read(value, line);
    if ('day' in reading) return reading.day;
    refuse(index, 'problem' in reading ? reading.problem : 'is no first day', `${column.expected}, or a blank cell`);
    return null;
  }

  /** The first column that has one: the last working day, where a roster also has the day on which the contract ends. */
  private end(cells: Cells, line: number, refuse: Refuse): Day | null {
    let end: Day | null = null;
    for (const index of this.ends) {
      const value = blankToNull(cells[index]);
      const column = this.dates.get(index);
      if (value === null || column === undefined) continue;
      const reading = column.read(value, line);
      if ('day' in reading) end ??= reading.day;
      else if ('problem' in reading) refuse(index, reading.problem, `${column.expected}, or a blank cell`);
    }
    return end;
  }

  private status(cells: Cells, end: Day | null, refuse: Refuse): Status | null | undefined {
    const first = this.best.status;
    if (first === -1) return undefined;
    const read = (index: number): Status | null => {
      const word = blankToNull(cells[index]);
      return word === null ? null : (this.words.get(index)?.read(word) ?? null);
    };
    const status = read(first);
    if (status === null && blankToNull(cells[first]) !== null) {
      refuse(
        first,
        'is not a status that we know',
        'active, on_leave, pending or terminated, or a word that roster.statuses in the configuration explains',
      );
      return null;
    }
    for (const index of this.otherStatuses) {
      const other = read(index);
      if (end !== null || other === null || status === null) continue;
      if ((other === 'terminated') !== (status === 'terminated')) {
        refuse(
          index,
          `contradicts “${shown(cells[first] ?? '')}” in the column “${this.plan[first]?.heading ?? ''}”`,
          'both to say the same, or an end date that decides',
        );
      }
    }
    return status;
  }

  private manager(cells: Cells, tidy: boolean): string | null | undefined {
    const text = this.text(cells, this.best.manager_email, tidy);
    return typeof text === 'string' ? (comparableAddress(text) ?? undefined) : text;
  }

  private name(cells: Cells, tidy: boolean): string | null | undefined {
    const { full_name: full, first_name: first, last_name: last } = this.best;
    if (first === -1 && last === -1) return composed(this.text(cells, full, tidy));
    const parts = [this.text(cells, first, tidy), this.text(cells, last, tidy)];
    const joined = parts.every((part) => part === undefined)
      ? undefined
      : parts.filter((part) => part !== null && part !== undefined).join(' ') || null;
    // A preferred name beside both others is what friends say.
    const whole = this.nickname && typeof joined === 'string' ? undefined : this.text(cells, full, tidy);
    return composed(whole ?? joined ?? (whole === undefined ? joined : whole));
  }

  private text(cells: Cells, index: number, tidy: boolean): string | null | undefined {
    const value = cells[index];
    if (value === undefined) return undefined;
    const text = blankToNull(value);
    return !tidy && text !== null && uneven.test(text) ? text.replaceAll(/\s+/g, ' ') : text;
  }

  /** What cannot be kept at all is refused, and as if it did not stand there. */
  private withoutOddCells(given: Cells, line: number, refuse: Refuse): Cells {
    let cells = given;
    for (const [index, value] of given.entries()) {
      const problem = typeof value === 'string' ? textProblem(value) : null;
      if (problem === null) continue;
      this.dates.get(index)?.note(value ?? '', line);
      refuse(index, problem, `text of at most ${mostCharactersOfACell} characters`);
      cells = cells.with(index, undefined);
    }
    return cells;
  }
}

type Refuse = (index: number, problem: string, expected: string) => void;

const none: readonly string[] = [];
/** White space that is not one blank. */
const uneven = /\s\s|[^\S ]/;
