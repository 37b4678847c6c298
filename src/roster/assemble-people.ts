import type { RefusedRow, Row } from './row.js';
import type { Instant, Person, PersonData, ReadPerson, Spell } from './person.js';
import { mistakeAt } from './roster-source.js';
import type { WorkingDays } from './working-days.js';

export interface Assembling {
  readonly days: WorkingDays;
  /** How old the roster is: somebody terminated without a date is known to be gone since then. */
  readonly asOf: Instant;
  /** Whoever is in the roster works there, unless a date or a word says otherwise. */
  readonly currentStaffOnly: boolean;
}

/** Rows by the person that they are about, identical rows once, and what overlaps taken out. */
export class RowsOfPeople {
  private readonly rows = new Map<string, Row | Row[]>();

  add(row: Row): void {
    const known = this.rows.get(row.id);
    if (known === undefined) {
      this.rows.set(row.id, row);
      return;
    }
    const list = Array.isArray(known) ? known : [known];
    if (list.some((other) => sameRow(other, row))) return;
    list.push(row);
    this.rows.set(row.id, list);
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  restart(): Promise<void> {
    this.rows.clear();
    return Promise.resolve();
  }

  refuseOverlaps(refuse: (row: RefusedRow) => void): Promise<void> {
    for (const [id, list] of this.rows) {
      if (!Array.isArray(list)) continue;
      const judged = withoutOverlaps(list);
      for (const row of judged.refused) refuse(row);
      this.rows.set(id, judged.rows);
    }
    return Promise.resolve();
  }

  /** Everybody, spells of one person under two ids joined. Makes each person anew; nothing is kept. */
  *people(assembling: Assembling): Iterable<Person> {
    const joined = this.joined(assembling);
    for (const [employeeId, rows] of this.rows) {
      yield joined.get(employeeId) ?? { employeeId, data: personOf(rows, assembling) };
    }
  }

  private joined(assembling: Assembling): Map<string, Person> {
    const ids = new Map<string, string | string[]>();
    for (const [id, rows] of this.rows) {
      const email = newest(newestFirst(rows), 'email');
      if (typeof email !== 'string') continue;
      const others = ids.get(email);
      ids.set(email, others === undefined ? id : [others, id].flat());
    }
    const joined = new Map<string, Person>();
    for (const group of ids.values()) {
      if (!Array.isArray(group)) continue;
      const people = group.map((employeeId) => ({
        employeeId,
        data: personOf(this.rows.get(employeeId) ?? [], assembling),
      }));
      for (const person of joinedOf(people)) joined.set(person.employeeId, person);
    }
    return joined;
  }
}

/** Rows of one person, identical ones once, in their order; those that overlap with an earlier line are refused alone. */
export function withoutOverlaps(rows: readonly Row[]): {
  readonly rows: Row[];
  readonly refused: readonly RefusedRow[];
} {
  const overlaps = overlapping(rows);
  return {
    rows: rows.map((row) => (overlaps.has(row) ? { ...row, refused: true } : row)),
    refused: [...overlaps].map(([row, other]) => overlap(row, other)),
  };
}

/** Two ids with one work e-mail and the same full name whose dates don't overlap are one person, who came back. */
export function joinedOf(group: readonly Person[]): Person[] {
  const byName = new Map<string, Person[]>();
  for (const person of group) {
    const { data } = person;
    const name = data.fullName?.normalize('NFKC').toLowerCase();
    if (name === undefined || data.doubt !== undefined || data.spells.length === 0) continue;
    byName.set(name, [...(byName.get(name) ?? []), person]);
  }
  return [...byName.values()].flatMap((people) => (people.length < 2 ? [] : join(people)));
}

function overlap(row: Row, other: Row): RefusedRow {
  return {
    line: row.line,
    employeeId: row.id,
    mentions: [],
    addresses: [],
    mistakes: [
      mistakeAt(
        row.line,
        `the employment of “${row.id}” from ${row.start ?? 'an unknown day'} to ${row.end ?? 'an open end'} overlaps with line ${other.line}; expected one row, or rows whose dates don't overlap.`,
        null,
        row.id,
      ),
    ],
  };
}

/** Each row that overlaps, with the earlier line that it overlaps with. */
function overlapping(rows: readonly Row[]): Map<Row, Row> {
  const overlaps = new Map<Row, Row>();
  const standing: Row[] = [];
  for (const row of rows.filter((candidate) => !candidate.refused).sort((left, right) => left.line - right.line)) {
    const other = standing.find((candidate) => meet(candidate, row));
    if (other === undefined) standing.push(row);
    else overlaps.set(row, other);
  }
  return overlaps;
}

function meet(one: Row, two: Row): boolean {
  const [first, second] = (one.start ?? '') <= (two.start ?? '') ? [one, two] : [two, one];
  if (second.start === null) return true;
  // Gone, nobody says since when: before they came back.
  if (first.end === null) return !(first.status === 'terminated' && (first.start ?? '') < second.start);
  return second.start <= first.end;
}

const compared = [
  'name',
  'email',
  'username',
  'status',
  'start',
  'end',
  'department',
  'title',
  'manager',
  'type',
  'refused',
] as const;

export function sameRow(one: Row, two: Row): boolean {
  return compared.every((key) => one[key] === two[key]) && one.otherEmails.join(';') === two.otherEmails.join(';');
}

/** By start; the last of those that can be read first, then the others. */
function newestFirst(rows: Row | readonly Row[]): readonly Row[] {
  if (!('length' in rows)) return [rows];
  const sorted = rows.toSorted((left, right) => compare(right.start ?? '', left.start ?? ''));
  return [...sorted.filter((row) => !row.refused), ...sorted.filter((row) => row.refused)];
}

export function personOf(rows: Row | readonly Row[], assembling: Assembling): ReadPerson {
  if (!('length' in rows) && !rows.refused && rows.otherEmails.length === 0) return personOfRow(rows, assembling);
  const newestRows = newestFirst(rows);
  const good = newestRows.filter((row) => !row.refused).toReversed();
  const addresses = new Set(
    newestRows.flatMap((row) => [...(typeof row.email === 'string' ? [row.email] : []), ...row.otherEmails]),
  );
  const workEmail = newest(newestRows, 'email');
  const dockerUsername = newest(newestRows, 'username');
  if (typeof workEmail === 'string') addresses.delete(workEmail);
  const usernames = new Set(newestRows.flatMap((row) => row.username ?? []));
  if (typeof dockerUsername === 'string') usernames.delete(dockerUsername);
  const doubt = newestRows.some((row) => row.refused)
    ? 'ROSTER_ROW_REFUSED'
    : good.some((row) => uncertain(row, assembling))
      ? 'HR_STATUS_UNKNOWN'
      : null;
  return {
    fullName: newest(newestRows, 'name'),
    workEmail: workEmail,
    otherEmails: [...addresses].sort(),
    dockerUsername: dockerUsername,
    ...(usernames.size > 0 ? { otherUsernames: [...usernames].sort() } : {}),
    spells: good.map((row, index) => spellOf(row, good[index + 1], assembling)),
    ...(doubt === null ? {} : { doubt }),
  };
}

/** What most people are, who have one row and no address besides: the same as of a list with that row alone. */
function personOfRow(row: Row, assembling: Assembling): ReadPerson {
  return {
    fullName: row.name,
    workEmail: row.email,
    otherEmails: [],
    dockerUsername: row.username,
    spells: [spellOf(row, undefined, assembling)],
    ...(uncertain(row, assembling) ? { doubt: 'HR_STATUS_UNKNOWN' } : {}),
  };
}

/** HR did not say whether they work here, or not since when. */
function uncertain(row: Row, { days, asOf, currentStaffOnly }: Assembling): boolean {
  const over = row.end !== null && days.endOf(row.end) <= asOf;
  if (row.status === 'pending') return row.start === null && !over;
  return row.status === null && row.end === null && !currentStaffOnly;
}

function spellOf(row: Row, next: Row | undefined, { days, asOf }: Assembling): Spell {
  const starts = row.start === null ? null : days.startOf(row.start);
  const inferred = row.status === 'terminated' && row.end === null;
  const again = next?.start === null || next?.start === undefined ? null : days.startOf(next.start);
  const endsAt = inferred
    ? again !== null && again < asOf
      ? again
      : asOf
    : row.end === null
      ? null
      : days.endOf(row.end);
  return {
    startDate: row.start,
    endDate: row.end,
    // Terminated before they ever started: employed at no time.
    startsAt: starts !== null && endsAt !== null && starts > endsAt ? endsAt : starts,
    endsAt,
    ...(inferred ? { inferred } : {}),
    status: row.status ?? null,
    department: row.department,
    jobTitle: row.title,
    employmentType: row.type,
    managerEmail: row.manager,
  };
}

/** Nothing where the dates overlap: then an address that several ids share is a key held by several people. */
function join(group: readonly Person[]): Person[] {
  const spells = group.flatMap(({ employeeId, data }) => data.spells.map((spell) => ({ employeeId, spell })));
  spells.sort((left, right) => compare(left.spell.startDate ?? '', right.spell.startDate ?? ''));
  const apart = spells.every(({ spell }, index) => {
    const next = spells[index + 1]?.spell;
    if (next === undefined) return true;
    if (next.startsAt === null) return false;
    if (spell.inferred === true) return (spell.startDate ?? '') < (next.startDate ?? '');
    return spell.endsAt !== null && spell.endsAt <= next.startsAt;
  });
  const survivor = group.find(({ employeeId }) => employeeId === spells.at(-1)?.employeeId);
  if (!apart || survivor === undefined) return [];
  const union = spells.map(({ spell }, index) => {
    const next = spells[index + 1]?.spell.startsAt ?? null;
    return spell.inferred === true && next !== null && spell.endsAt !== null && next < spell.endsAt
      ? { ...spell, endsAt: next }
      : spell;
  });
  const others = group.filter((person) => person !== survivor);
  return [
    {
      employeeId: survivor.employeeId,
      data: {
        ...withKeysOf(survivor.data, others),
        spells: union,
        aliases: others.map(({ employeeId }) => employeeId).sort(),
      },
    },
    ...others.map(({ employeeId, data }) => ({
      employeeId,
      data: { fullName: data.fullName, otherEmails: [], spells: union, sameAs: survivor.employeeId },
    })),
  ];
}

function withKeysOf(data: PersonData, others: readonly Person[]): PersonData {
  const addresses = new Set([...data.otherEmails, ...others.flatMap((other) => other.data.otherEmails)]);
  const usernames = new Set([
    ...(data.otherUsernames ?? []),
    ...others.flatMap((other) => [
      ...(other.data.otherUsernames ?? []),
      ...(typeof other.data.dockerUsername === 'string' ? [other.data.dockerUsername] : []),
    ]),
  ]);
  if (typeof data.dockerUsername === 'string') usernames.delete(data.dockerUsername);
  return {
    ...data,
    otherEmails: [...addresses].sort(),
    ...(usernames.size > 0 ? { otherUsernames: [...usernames].sort() } : {}),
  };
}

function newest<Key extends 'name' | 'email' | 'username'>(rows: readonly Row[], key: Key): Row[Key] {
  return rows.find((row) => typeof row[key] === 'string')?.[key] ?? rows[0]?.[key];
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
