import { mistakeAt, type RosterMistake } from './roster-source.js';
import { flat } from './letters.js';
import type { Day } from './person.js';

/** What a cell of a date column says. `none`: the date far in the future that stands for "no end". */
type DateReading = { readonly day: Day } | { readonly none: true } | { readonly problem: string };

type Order = 'day first' | 'month first';

const pair = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/;
const yearFirst = /^(\d{4})([./-])(\d{1,2})\2(\d{1,2})$/;
const midnight = /[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?$/;
const placeholders: ReadonlySet<string> = new Set(['1970-01-01', '1900-01-01', '1899-12-30', '1753-01-01']);
const earliestYear = 1901;
const latestYear = 2200;
const mostKnown = 20_000;

/**
 * One date column. Only all of its values can tell whether 03/04/2026 is in March or in April, and few columns have such
 * values: each is noted and read as if the day came first, and at the end `decide` says whether the column can be read at
 * all, and `misread` whether it was read the wrong way and has to be read again.
 */
export class DateColumn {
  private readonly declared: Pattern | null;
  /** After `decide`: what was read before it is wrong. */
  misread = false;
  private order: Order = 'day first';
  private readonly witnesses = new Map<Order, Witness>();
  private ambiguous: Witness | null = null;
  /** A value has been read of which only the order says which day it is. */
  private supposed = false;
  private readonly known = new Map<string, DateReading>();

  /** `format`: `roster.dateFormat`, which is DD, MM and YYYY with separators; null: undeclared. */
  constructor(
    private readonly heading: string,
    private readonly format: string | null,
  ) {
    this.declared = format === null ? null : patternOf(format);
  }

  /** Of what is not read, and says nevertheless how the rest is meant. */
  note(value: string, line: number): void {
    if (this.format !== null || this.known.has(value)) return;
    const numbers = pairOf(value);
    if (numbers === null) return;
    const { first, second, year } = numbers;
    const dayFirst = exists(year, second, first);
    const monthFirst = exists(year, first, second);
    if (dayFirst && monthFirst) {
      if (first !== second) this.ambiguous ??= { value, line };
      return;
    }
    const order = dayFirst ? 'day first' : monthFirst ? 'month first' : null;
    if (order !== null && !this.witnesses.has(order)) this.witnesses.set(order, { value, line });
  }

  /** Null: every value of the column can be read in one way. */
  decide(): RosterMistake | null {
    const day = this.witnesses.get('day first');
    const month = this.witnesses.get('month first');
    if (day !== undefined && month !== undefined) {
      return mistakeAt(
        month.line,
        `“${month.value}” can only have the month first, “${day.value}” in line ${day.line} only the day; expected one order in the whole column, or YYYY-MM-DD.`,
        this.heading,
        month.value,
      );
    }
    if (day === undefined && month === undefined && this.ambiguous !== null) {
      return mistakeAt(
        this.ambiguous.line,
        `“${this.ambiguous.value}” can be read two ways and no other value of the column says which; expected YYYY-MM-DD, or roster.dateFormat in the configuration (for example DD.MM.YYYY).`,
        this.heading,
        this.ambiguous.value,
      );
    }
    if (month !== undefined && this.order === 'day first') {
      this.order = 'month first';
      this.misread = this.supposed;
      this.known.clear();
    } else this.misread = false;
    return null;
  }

  /** And notes it. */
  read(value: string, line: number): DateReading {
    const known = this.known.get(value);
    if (known !== undefined) return known;
    this.note(value, line);
    const anew = this.readAnew(value);
    if (this.known.size < mostKnown) this.known.set(flat(value), anew);
    return anew;
  }

  private readAnew(value: string): DateReading {
    if (this.declared !== null) {
      const match = this.declared.expression.exec(value);
      if (match !== null) return fromParts(match, this.declared);
      if (this.declared.yearFirst) return this.unreadable(value);
    }
    const bare = value.replace(midnight, '');
    const iso = yearFirst.exec(bare);
    if (iso !== null) return reading(Number(iso[1]), Number(iso[3]), Number(iso[4]));
    const numbers = this.format === null ? pairOf(bare) : null;
    if (numbers === null) return this.unreadable(value);
    const { first, second, year } = numbers;
    this.supposed = true;
    return this.order === 'day first' ? reading(year, second, first) : reading(year, first, second);
  }

  /** What a value of this column should look like, for sentences. */
  get expected(): string {
    return this.format ?? 'YYYY-MM-DD';
  }

  private unreadable(value: string): DateReading {
    if (/^\d{5}(\.0+)?$/.test(value)) return { problem: 'looks like a day number of Excel, not a date' };
    if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2}$/.test(value)) return { problem: 'has a year of two digits' };
    if (/\d{4}.*\d{1,2}:\d{2}/.test(value))
      return { problem: 'has a time of day, which belongs to another day elsewhere' };
    return { problem: 'is not a date' };
  }
}

interface Witness {
  readonly value: string;
  readonly line: number;
}

interface Pattern {
  readonly expression: RegExp;
  readonly parts: readonly ('DD' | 'MM' | 'YYYY')[];
  readonly yearFirst: boolean;
}

function patternOf(format: string): Pattern {
  const parts: Pattern['parts'][number][] = [];
  const source = format.replaceAll(/YYYY|MM|DD|[^YMD]+|./g, (token) => {
    if (token === 'YYYY' || token === 'MM' || token === 'DD') {
      parts.push(token);
      return token === 'YYYY' ? String.raw`(\d{4})` : String.raw`(\d{1,2})`;
    }
    return token.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  });
  return { expression: new RegExp(`^${source}$`), parts, yearFirst: parts[0] === 'YYYY' };
}

function fromParts(match: RegExpExecArray, pattern: Pattern): DateReading {
  const part = (name: 'DD' | 'MM' | 'YYYY'): number => Number(match[pattern.parts.indexOf(name) + 1]);
  return reading(part('YYYY'), part('MM'), part('DD'));
}

function pairOf(value: string): { first: number; second: number; year: number } | null {
  const match = pair.exec(value.replace(midnight, ''));
  return match === null ? null : { first: Number(match[1]), second: Number(match[3]), year: Number(match[4]) };
}

function reading(year: number, month: number, day: number): DateReading {
  if (!exists(year, month, day)) return { problem: 'is not a day that exists' };
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (text === '9999-12-31') return { none: true };
  if (placeholders.has(text)) return { problem: 'is a placeholder for a missing date' };
  if (year < earliestYear || year > latestYear)
    return { problem: `is outside the years ${earliestYear} to ${latestYear}` };
  return { day: text };
}

function exists(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || year < 1) return false;
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}
