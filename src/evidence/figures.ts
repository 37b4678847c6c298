import type { Bar, Point } from './charts.js';
import type { Row } from './write-rows.js';

const hourMs = 3_600_000;
const ages: readonly (readonly [string, number])[] = [
  ['up to a day', 24],
  ['a week', 7 * 24],
  ['30 days', 30 * 24],
  ['90 days', 90 * 24],
  ['longer', Infinity],
];
const stillThere = 'still there';
const shownFindings = 200;

/** How long something could not be told, and of how many at most. */
export interface GapSum {
  readonly what: string;
  readonly of: string;
  readonly times: number;
  readonly hours: number;
  readonly subjects: number | null;
}

/** What the readable report counts while the rows are written past it; it keeps no more than it shows. */
export class Figures {
  readonly population = new Map<number, number>();
  readonly changes = new Map<string, number>();
  readonly findings = { all: 0, open: 0, excepted: 0, late: 0, inTime: 0 };
  readonly shown: Row[] = [];
  readonly #open = new Map<string, { count: number; marked: number }>();
  readonly #left = new Map<string, { count: number; marked: number }>();
  readonly #hours: number[] = [];
  readonly #gaps = new Map<string, GapSum>();

  constructor(private readonly to: string) {}

  countPopulation(row: Row): void {
    const at = instant(row['at']);
    this.population.set(at, (this.population.get(at) ?? 0) + Number(row['accounts']) + Number(row['invites']));
  }

  countChange(row: Row): void {
    const what = String(row['what']);
    this.changes.set(what, (this.changes.get(what) ?? 0) + 1);
  }

  countFinding(row: Row): void {
    this.findings.all += 1;
    const late = row['late'] === true;
    if (late) this.findings.late += 1;
    else if (row['state'] === 'resolved') this.findings.inTime += 1;
    if (this.shown.length < shownFindings) this.shown.push(row);
    if (row['state'] === 'resolved') return;
    this.findings.open += 1;
    if (row['state'] === 'excepted') this.findings.excepted += 1;
    count(this.#open, ageOf((Date.parse(this.to) - instant(row['beganAt'])) / hourMs), late);
  }

  countLeaver(row: Row): void {
    const hours = row['hours'];
    if (typeof hours === 'number') this.#hours.push(hours);
    count(this.#left, typeof hours === 'number' ? ageOf(hours) : stillThere, row['late'] === true);
  }

  countGap(row: Row): void {
    const what = String(row['what']);
    const { check, organization, subjects } = row;
    const of = typeof check === 'string' ? check : typeof organization === 'string' ? organization : '';
    const before = this.#gaps.get(`${what} ${of}`) ?? { what, of, times: 0, hours: 0, subjects: null };
    this.#gaps.set(`${what} ${of}`, {
      what,
      of,
      times: before.times + 1,
      hours: before.hours + Number(row['hours']),
      subjects: typeof subjects === 'number' ? Math.max(subjects, before.subjects ?? 0) : before.subjects,
    });
  }

  get populationPoints(): Point[] {
    return [...this.population].toSorted(([one], [other]) => one - other).map(([at, value]) => ({ at, value }));
  }

  get openByAge(): Bar[] {
    return ages.map(([label]) => barOf(this.#open, label));
  }

  get timeToRevoke(): { readonly bars: Bar[]; readonly revoked: number; readonly medianHours: number | null } {
    const sorted = this.#hours.toSorted((one, other) => one - other);
    return {
      bars: [...ages.map(([label]) => label), stillThere].map((label) => barOf(this.#left, label)),
      revoked: sorted.length,
      medianHours: sorted[Math.floor((sorted.length - 1) / 2)] ?? null,
    };
  }

  /** The longest first. */
  get gaps(): GapSum[] {
    return [...this.#gaps.values()].toSorted((one, other) => other.hours - one.hours);
  }
}

type Counts = Map<string, { count: number; marked: number }>;

function count(into: Counts, label: string, marked: boolean): void {
  const before = into.get(label) ?? { count: 0, marked: 0 };
  into.set(label, { count: before.count + 1, marked: before.marked + (marked ? 1 : 0) });
}

function ageOf(hours: number): string {
  return ages.find(([, most]) => hours <= most)?.[0] ?? 'longer';
}

function barOf(counts: Counts, label: string): Bar {
  return { label, ...(counts.get(label) ?? { count: 0, marked: 0 }) };
}

function instant(value: unknown): number {
  return value instanceof Date ? value.getTime() : Date.parse(String(value));
}
