import type { EntityManager, QueryRunner } from 'typeorm';
import { copyIn, copyJson, CopyRows, copyText } from '../database/copy-in.js';
import { streamRows } from '../database/rows.js';
import { joinedOf, personOf, sameRow, withoutOverlaps, type Assembling } from './assemble-people.js';
import type { Instant, Person, PersonData, ReadPerson } from './person.js';
import { personJson } from './person-json.js';
import type { RowSink } from './read-roster.js';
import type { RefusedRow, Row } from './row.js';
import { restOf, rowOf } from './row-of-person.js';
import { SeenKeys } from './seen-keys.js';
import {
  analyzePeople,
  analyzeStage,
  createStage,
  expectFewRows,
  repeatedRows,
  replaceAssembled,
  sayWhoIsEmployed,
  sharingPeople,
  sortRows,
  type RepeatedRow,
  type SharingPerson,
} from './staged-people.query.js';

export interface Staging {
  readonly assembling: Assembling;
  readonly now: Instant;
  /** Of the first roster ever, whose people are nobody yet: they are written at once, as its people. Null: of any other. */
  readonly firstRoster: string | null;
  /** How many rows travel together. */
  readonly portion: number;
}

/**
 * The people of a roster on their way into the database. Nearly everybody has one row and an address of their own, and is a person
 * as soon as that row is read; the others are put together once all of their rows are there. A portion is stored while the next one is
 * read, so that two portions are in memory, however many rows there are.
 */
export class StagedPeople implements RowSink {
  private readonly rows = new CopyRows();
  private readonly places = new CopyRows();
  private readonly repeated = new CopyRows();
  private readonly shared = new CopyRows();
  private readonly assembled = new CopyRows();
  private readonly ids = new SeenKeys();
  private readonly addresses = new SeenKeys();
  private busy: Promise<void> = Promise.resolve();
  private position = 0;
  private anyRepeated = false;
  private anyShared = false;
  private anyUnsaid = false;
  private saysStatus = false;
  private people = 0;

  private constructor(
    private readonly manager: EntityManager,
    private readonly runner: QueryRunner,
    private readonly staging: Staging,
  ) {}

  static async begin(manager: EntityManager, staging: Staging): Promise<StagedPeople> {
    const runner = manager.queryRunner;
    if (runner === undefined) throw new Error('People are staged inside a transaction only.');
    await manager.query('savepoint staging');
    await prepare(manager);
    return new StagedPeople(manager, runner, staging);
  }

  add(row: Row): void {
    this.position += 1;
    this.saysStatus ||= row.status !== undefined;
    if (typeof row.email === 'string' && this.addresses.see(row.email)) this.shared.add(row.email);
    if (this.ids.see(row.id)) {
      this.repeated.add(this.position, row.id, JSON.stringify(row));
      return;
    }
    this.people += 1;
    const data = personOf(row, this.staging.assembling);
    const rest = restOf(row, data);
    const id = copyText(row.id);
    const kept = rest === null ? String.raw`\N` : copyJson(rest);
    const employed = isEmployedPlainly(data, this.staging.now);
    this.anyUnsaid ||= employed === unsaid;
    const place = `${this.position}\t${row.line}\t${id}\t${employed}\t${kept}`;
    if (this.staging.firstRoster === null) {
      this.rows.addLine(`${place}\t${personJson(data)}`);
    } else {
      this.rows.addLine(`${id}\t${personJson(data)}\t${this.staging.firstRoster}`);
      this.places.addLine(place);
    }
  }

  async drain(): Promise<void> {
    const { rows, repeated, shared } = this;
    if (Math.max(rows.rows, repeated.rows, shared.rows) >= this.staging.portion) await this.send(this.staging.portion);
  }

  async restart(): Promise<void> {
    await this.forget();
    for (const rows of [this.rows, this.places, this.repeated, this.shared]) rows.take();
    this.ids.clear();
    this.addresses.clear();
    this.position = 0;
    this.people = 0;
    this.anyRepeated = false;
    this.anyShared = false;
    await prepare(this.manager);
  }

  /** What came so far is in no table any more, as if nobody had begun. */
  async forget(): Promise<void> {
    await this.busy;
    await this.manager.query('rollback to savepoint staging');
  }

  /** Nothing of it is on its way any more. Before the transaction ends, however it does: what came after that would stay. */
  async settle(): Promise<void> {
    await this.busy.catch(() => undefined);
  }

  /** Puts together whoever has several rows. */
  async refuseOverlaps(refuse: (row: RefusedRow) => void): Promise<void> {
    await this.send(1);
    await this.busy;
    await expectFewRows(this.manager, false);
    await analyzeStage(this.manager);
    if (this.staging.firstRoster !== null) {
      await analyzePeople(this.manager);
      if (this.anyUnsaid) await sayWhoIsEmployed(this.manager, this.staging.now);
    }
    if (!this.anyRepeated) return;
    let group: Row[] = [];
    let first = 0;
    for await (const found of streamRows<RepeatedRow>(this.runner, repeatedRows)) {
      const row = rowOf(found, this.saysStatus);
      if (group[0]?.id !== row.id) {
        await this.assemble(group, first, refuse);
        // Without a row that was stored before: another key was taken for it.
        if (found.data === null) this.people += 1;
        group = [];
        first = found.first;
      }
      if (!group.some((other) => sameRow(other, row))) group.push(row);
    }
    await this.assemble(group, first, refuse);
    await this.replace();
  }

  private async assemble(rows: readonly Row[], first: number, refuse: (row: RefusedRow) => void): Promise<void> {
    const [{ id } = { id: null }] = rows;
    if (id === null) return;
    const judged = withoutOverlaps(rows);
    for (const row of judged.refused) refuse(row);
    await this.keep({ employeeId: id, data: personOf(judged.rows, this.staging.assembling) }, first);
  }

  /** Puts those together who came back under another id. Returns how many people there are; an id that stands for a later one is none. */
  async join(): Promise<number> {
    if (!this.anyShared) return this.people;
    let group: SharingPerson[] = [];
    const joinGroup = async (): Promise<void> => {
      if (group.length < 2) return;
      const positions = new Map(group.map(({ employee_id, position }) => [employee_id, position]));
      const joined = joinedOf(group.map(({ employee_id, data }) => ({ employeeId: employee_id, data })));
      for (const person of joined) {
        if (person.data.sameAs !== undefined) this.people -= 1;
        await this.keep(person, positions.get(person.employeeId) ?? 0);
      }
    };
    for await (const person of streamRows<SharingPerson>(this.runner, sharingPeople)) {
      if (group[0] !== undefined && group[0].address !== person.address) {
        await joinGroup();
        group = [];
      }
      group.push(person);
    }
    await joinGroup();
    await this.replace();
    return this.people;
  }

  private async keep({ employeeId, data }: Person, position: number): Promise<void> {
    this.assembled.add(employeeId, JSON.stringify(data satisfies PersonData), position);
    if (this.assembled.rows >= this.staging.portion) await this.storeAssembled();
  }

  private storeAssembled(): Promise<void> {
    return copyIn(this.runner, 'assembled_person (employee_id, data, position)', this.assembled.take());
  }

  private async replace(): Promise<void> {
    await this.storeAssembled();
    await replaceAssembled(this.manager, this.staging.firstRoster);
    await analyzeStage(this.manager);
  }

  /** `least`: of the few that are like another; each table costs a round trip, during which the database waits. */
  private async send(least: number): Promise<void> {
    await this.busy;
    this.anyRepeated ||= this.repeated.rows > 0;
    this.anyShared ||= this.shared.rows > 0;
    const repeated = this.repeated.rows >= least ? this.repeated.take() : nothing;
    const shared = this.shared.rows >= least ? this.shared.take() : nothing;
    this.busy = this.store(this.rows.take(), this.places.take(), repeated, shared);
    // Whoever waits for it next is told.
    this.busy.catch(() => undefined);
  }

  private async store(rows: Buffer, places: Buffer, repeated: Buffer, shared: Buffer): Promise<void> {
    const { runner, manager, staging } = this;
    if (repeated.length > 0) await copyIn(runner, 'repeated_row (position, employee_id, row)', repeated);
    if (shared.length > 0) await copyIn(runner, 'shared_address (address)', shared);
    if (rows.length === 0) return;
    if (staging.firstRoster === null) {
      await copyIn(runner, 'read_row (position, line, employee_id, employed, rest, data)', rows);
      await sortRows(manager, staging.now);
    } else {
      await copyIn(runner, 'person (employee_id, data, first_roster)', rows);
      await copyIn(runner, 'same_person (position, line, employee_id, employed, rest)', places);
    }
  }
}

const nothing = Buffer.alloc(0);
const unsaid = String.raw`\N`;

/** `isEmployed` of somebody with one spell, as COPY takes it. Of anybody else the database says it. */
function isEmployedPlainly({ spells, doubt }: ReadPerson, now: Instant): string {
  const [spell] = spells;
  if (spell === undefined || spells.length > 1 || doubt !== undefined) return unsaid;
  const { startsAt, endsAt } = spell;
  return (startsAt === null || startsAt <= now) && (endsAt === null || endsAt > now) ? 't' : 'f';
}

async function prepare(manager: EntityManager): Promise<void> {
  await createStage(manager);
  await expectFewRows(manager, true);
}
