import type { RosterConfig } from '../config/configuration.js';
import { comparableAddress, invisibleCharacter } from './addresses.js';
import { DateColumn } from './dates.js';
import { fold, type Field } from './headings.js';
import { flat, foldCase } from './letters.js';
import { mostCharactersOfACell, mostCharactersOfAnId } from './limits.js';
import type { Day, Status } from './person.js';
import type { ColumnPlan, PlannedColumn } from './resolve-columns.js';
import { mistakeAt, shown, type Cell, type RosterMistake } from './roster-source.js';
import { blankToNull, textProblem, type CellProblems, type Cells, type RefusedRow, type Row } from './row.js';
import { StatusWords } from './status-words.js';

/**
 * Turns records into rows, one by one: each is noted and judged. After the last one `decide` says whether every date column can
 * be read, and `misread` whether all of them have to be judged once more.
 */
export class RowJudge {
  readonly plan: readonly PlannedColumn[];
  private readonly at: ReadonlyMap<Field, readonly number[]>;
  private readonly dates = new Map<number, DateColumn>();
  private readonly words = new Map<number, StatusWords>();
  private readonly nickname: boolean;
  /** Few manage many. Null: not an address. */
  private readonly managers = new Map<string, string | null>();

  constructor(columns: ColumnPlan, config: Pick<RosterConfig, 'dateFormat' | 'statuses'>) {
    this.plan = [...columns.of.values()].flat();
    const position = new Map(this.plan.map((column, index) => [column.index, index]));
    this.at = new Map(
      [...columns.of].map(([field, list]) => [field, list.map((column) => position.get(column.index) ?? 0)]),
    );
    this.nickname = fold(columns.of.get('full_name')?.[0]?.heading ?? '') === 'preferredname';
    for (const [index, column] of this.plan.entries()) {
      if (column.field === 'start_date' || column.field === 'end_date') {
        this.dates.set(index, new DateColumn(column.heading, config.dateFormat));
      }
      if (column.field === 'status') this.words.set(index, new StatusWords(config.statuses, column.heading));
    }
  }

  note(cells: Cells, line: number): void {
    for (const [index, column] of this.dates) {
      const value = cells[index];
      if (typeof value === 'string') column.note(value, line);
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

  judge(given: Cells, line: number, problems: CellProblems): { row: Row | null; refused: RefusedRow | null } {
    const mistakes: RosterMistake[] = [];
    const refuse: Refuse = (index, problem, expected) => {
      const heading = this.plan[index]?.heading ?? '';
      const value = shown(given[index] ?? '');
      const what = value === '' ? problem : `“${value}” ${problem}`;
      mistakes.push(mistakeAt(line, `${what}; expected ${expected}.`, heading, value === '' ? null : value));
    };
    for (const { index, problem } of problems) refuse(index, problem, 'text, or null');
    let cells = given;
    for (const [index, value] of given.entries()) {
      const problem = typeof value === 'string' ? textProblem(value) : null;
      if (problem === null) continue;
      refuse(index, problem, `text of at most ${mostCharactersOfACell} characters`);
      cells = cells.with(index, undefined);
    }
    const id = this.id(cells, refuse);
    const email = this.email(cells, refuse);
    const otherEmails = this.otherEmails(cells, refuse);
    const username = this.username(cells, refuse);
    const start = this.start(cells, refuse);
    const end = this.end(cells, refuse);
    const status = this.status(cells, end, refuse);
    if (start !== null && end !== null && end < start) {
      refuse(this.index('end_date'), `is before the start on ${start}`, 'the last working day, on or after the first');
    }
    const refused = mistakes.length > 0;
    const row: Row | null =
      id === null
        ? null
        : {
            line,
            id,
            name: this.name(cells),
            email,
            otherEmails,
            username,
            status,
            start,
            end,
            department: this.text(cells, 'department'),
            title: this.text(cells, 'job_title'),
            manager: this.manager(cells),
            type: this.text(cells, 'employment_type'),
            refused,
          };
    if (!refused) return { row, refused: null };
    // Where the id can be read, the row's person is found by it; another who once had the same address is not meant.
    const mentions = id === null ? [email, ...otherEmails].filter((key) => typeof key === 'string') : [];
    return { row, refused: { line, employeeId: id, mentions, addresses: none, mistakes } };
  }

  private id(cells: Cells, refuse: Refuse): string | null {
    const index = this.index('employee_id');
    const id = blankToNull(cells[index])?.normalize('NFC') ?? null;
    const problem = id === null ? 'no employee id' : this.idProblem(id);
    if (problem !== null) refuse(index, problem, 'the id of one person');
    return problem === null ? id : null;
  }

  private idProblem(id: string): string | null {
    if (id.length > mostCharactersOfAnId) return `is longer than ${mostCharactersOfAnId} characters`;
    const invisible = invisibleCharacter(id);
    return invisible === null ? null : `holds the invisible character ${invisible}`;
  }

  private email(cells: Cells, refuse: Refuse): string | null | undefined {
    const text = this.text(cells, 'work_email');
    if (text === undefined || text === null) return text;
    const email = comparableAddress(text);
    if (email === null) refuse(this.index('work_email'), 'is not an e-mail address', 'one address, or a blank cell');
    return email;
  }

  private otherEmails(cells: Cells, refuse: Refuse): readonly string[] {
    const text = this.text(cells, 'other_emails');
    if (text === undefined || text === null) return none;
    const parts = text
      .split(/[;,\n]/)
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const emails = parts.map((part) => comparableAddress(part));
    if (emails.includes(null)) {
      refuse(
        this.index('other_emails'),
        'holds something that is not an e-mail address',
        'addresses separated by “;”, or a blank cell',
      );
    }
    return emails.filter((email) => email !== null);
  }

  private username(cells: Cells, refuse: Refuse): string | null | undefined {
    const text = this.text(cells, 'docker_username');
    if (text === undefined || text === null) return text;
    const invisible = invisibleCharacter(text);
    if (invisible !== null || /\s/.test(text)) {
      refuse(
        this.index('docker_username'),
        invisible === null ? 'holds a space' : `holds the invisible character ${invisible}`,
        'a Docker ID, or a blank cell',
      );
      return null;
    }
    return foldCase(text);
  }

  private start(cells: Cells, refuse: Refuse): Day | null {
    const index = this.index('start_date');
    const value = blankToNull(cells[index]);
    const column = this.dates.get(index);
    if (value === null || column === undefined) return null;
    const reading = column.read(value);
    if ('day' in reading) return reading.day;
    refuse(index, 'problem' in reading ? reading.problem : 'is no first day', `${column.expected}, or a blank cell`);
    return null;
  }

  /** The first column that has one: the last working day, where a roster also has the day on which the contract ends. */
  private end(cells: Cells, refuse: Refuse): Day | null {
    let end: Day | null = null;
    for (const index of this.at.get('end_date') ?? []) {
      const value = blankToNull(cells[index]);
      const column = this.dates.get(index);
      if (value === null || column === undefined) continue;
      const reading = column.read(value);
      if ('day' in reading) end ??= reading.day;
      else if ('problem' in reading) refuse(index, reading.problem, `${column.expected}, or a blank cell`);
    }
    return end;
  }

  private status(cells: Cells, end: Day | null, refuse: Refuse): Status | null | undefined {
    const [first, ...others] = this.at.get('status') ?? [];
    if (first === undefined) return undefined;
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
    for (const index of others) {
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

  private manager(cells: Cells): string | null | undefined {
    const text = this.text(cells, 'manager_email');
    if (text === undefined || text === null) return text;
    const known = this.managers.get(text);
    if (known !== undefined) return known ?? undefined;
    const address = comparableAddress(text);
    if (this.managers.size < mostManagers) this.managers.set(flat(text), address === null ? null : flat(address));
    return address ?? undefined;
  }

  private name(cells: Cells): string | null | undefined {
    const parts = [this.text(cells, 'first_name'), this.text(cells, 'last_name')];
    const composed = parts.every((part) => part === undefined)
      ? undefined
      : parts.filter((part) => part !== null && part !== undefined).join(' ') || null;
    // A preferred name beside both others is what friends say.
    const whole = this.nickname && typeof composed === 'string' ? undefined : this.text(cells, 'full_name');
    const name = whole ?? composed ?? (whole === undefined ? composed : whole);
    return name?.normalize('NFC') ?? name;
  }

  private text(cells: Cells, field: Field): string | null | undefined {
    const index = this.at.get(field)?.[0];
    if (index === undefined) return undefined;
    const value = cells[index];
    if (value === undefined) return undefined;
    const text = blankToNull(value);
    return text !== null && uneven.test(text) ? text.replaceAll(/\s+/g, ' ') : text;
  }

  /** Of the field's best column; -1, which is no cell, where the roster does not have it. */
  private index(field: Field): number {
    return this.at.get(field)?.[0] ?? -1;
  }
}

const mostManagers = 20_000;

type Refuse = (index: number, problem: string, expected: string) => void;

const none: readonly string[] = [];
/** White space that is not one blank. */
const uneven = /\s\s|[^\S ]/;
