import type { DataSource } from 'typeorm';
import type { IdentityConfig } from '../../src/config/configuration.js';
import { LinkAccounts, type Matched } from '../../src/identity/link-accounts.js';
import { LinkEntity } from '../../src/identity/link.entity.js';
import { UnmatchedEntity } from '../../src/identity/unmatched.entity.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

export const policy: IdentityConfig = {
  corporateDomains: ['acme.com'],
  domainAliases: {},
  plusAddressing: false,
  links: [],
  serviceAccounts: [],
};

export function serviceAccounts(...usernames: string[]): Pick<IdentityConfig, 'serviceAccounts'> {
  return {
    serviceAccounts: usernames.map((username) => ({
      username,
      owner: null,
      reviewBy: null,
      roles: null,
      reason: null,
    })),
  };
}

export interface Member {
  readonly username?: string | null;
  readonly email?: string | null;
  readonly fullName?: string | null;
}

/** What the import stores of a person; whoever has no spells is employed and always was. */
export interface PersonOnRecord {
  readonly fullName?: string | null;
  readonly workEmail?: string | null;
  readonly otherEmails?: readonly string[];
  readonly dockerUsername?: string | null;
  readonly otherUsernames?: readonly string[];
  readonly spells?: readonly object[];
  readonly doubt?: string;
  readonly aliases?: readonly string[];
  readonly sameAs?: string;
}

export const left = { spells: [{ endDate: '2026-10-31', endsAt: '2026-11-01T00:00:00.000Z', status: 'terminated' }] };
const employed = { spells: [{ status: 'active' }] };

/** One organization over some nights: what the sync and the import would have stored, and what is matched from it. */
export class Nights {
  now = '2026-11-21T02:00:00.000Z';
  snapshot = '';

  private constructor(
    readonly database: TestDatabase,
    readonly organization: string,
  ) {}

  static async begin(database: TestDatabase, name: string): Promise<Nights> {
    const [row]: { id: string }[] = await database.dataSource.query(
      'insert into organization (name) values ($1) returning id',
      [name],
    );
    return new Nights(database, row?.id ?? '');
  }

  static openDatabase(): Promise<TestDatabase> {
    return testDatabase([LinkEntity, UnmatchedEntity]);
  }

  get db(): DataSource {
    return this.database.dataSource;
  }

  /** Seals a snapshot. Listings are complete unless `incomplete`: then what they lack stands, unverified. */
  async observe(
    members: Readonly<Record<string, Member>>,
    invites: Readonly<Record<string, string>> = {},
    incomplete = false,
  ): Promise<void> {
    this.snapshot = await this.insert('sync_run', {
      organization_id: this.organization,
      state: 'sealed',
      started_at: this.now,
      sealed_at: this.now,
    });
    const rows = [
      ...Object.entries(members).map(([key, data]) => ({ dataset: 'members', key, data })),
      ...Object.entries(invites).map(([key, invitee]) => ({ dataset: 'invites', key, data: { invitee } })),
    ];
    const shown = `jsonb_to_recordset($2) as shown (dataset text, key text, data jsonb)`;
    const given = [this.organization, JSON.stringify(rows), this.snapshot];
    await this.db.query(
      `update observation set last_snapshot = $3 where organization_id = $1 and last_snapshot is null
          and case when exists (select from ${shown} where shown.dataset = observation.dataset and shown.key = observation.key)
                   then not exists (select from ${shown} where shown.dataset = observation.dataset
                                     and shown.key = observation.key and shown.data = observation.data)
                   else ${String(!incomplete)} end`,
      given,
    );
    await this.db.query(
      `insert into unverified (snapshot, observation_id)
       select $3, id from observation where organization_id = $1 and last_snapshot is null
          and not exists (select from ${shown} where shown.dataset = observation.dataset and shown.key = observation.key)`,
      given,
    );
    await this.db.query(
      `insert into observation (organization_id, dataset, key, data, first_snapshot)
       select $1, dataset, key, data, $3 from ${shown}
        where not exists (select from observation where organization_id = $1 and last_snapshot is null
                             and observation.dataset = shown.dataset and observation.key = shown.key)`,
      given,
    );
  }

  /** Accepts a roster. Whoever is not in it keeps the row that they had. */
  async employ(people: Readonly<Record<string, PersonOnRecord>>): Promise<void> {
    const roster = await this.insert('roster', { as_of: this.now, state: 'accepted' });
    const rows = Object.entries(people).map(([id, data]) => ({ id, data: { otherEmails: [], ...employed, ...data } }));
    await this.db.query(
      `with given as (select * from jsonb_to_recordset($2) as given (id text, data jsonb)),
            ended as (update person set last_roster = $1 from given
                       where employee_id = given.id and last_roster is null and person.data <> given.data returning 1)
       select count(*) from ended`,
      [roster, JSON.stringify(rows)],
    );
    await this.db.query(
      `insert into person (employee_id, data, first_roster)
       select given.id, given.data, $1 from jsonb_to_recordset($2) as given (id text, data jsonb)
        where not exists (select from person where employee_id = given.id and last_roster is null)`,
      [roster, JSON.stringify(rows)],
    );
  }

  /** A row of another folder's table, of which only these columns matter here; the others that it needs are filled in. */
  private async insert(table: string, values: Readonly<Record<string, string>>): Promise<string> {
    const needed: { name: string; type: string }[] = await this.db.query(
      `select column_name as name, data_type as type from information_schema.columns
        where table_name = $1 and is_nullable = 'NO' and column_default is null and is_identity = 'NO'`,
      [table],
    );
    const blank = (type: string): string =>
      type === 'jsonb' || type === 'ARRAY'
        ? '{}'
        : type.startsWith('timestamp')
          ? this.now
          : type === 'text'
            ? ''
            : '0';
    const row = { ...Object.fromEntries(needed.map(({ name, type }) => [name, blank(type)])), ...values };
    const [inserted]: { id: string }[] = await this.db.query(
      `insert into ${table} (${Object.keys(row).join(', ')})
       values (${Object.keys(row)
         .map((_, index) => `$${index + 1}`)
         .join(', ')}) returning id`,
      Object.values(row),
    );
    return inserted?.id ?? '';
  }

  match(config: Partial<IdentityConfig> = {}): Promise<Matched> {
    return new LinkAccounts(this.db).link(this.organization, this.snapshot, { ...policy, ...config }, this.now);
  }

  /** The standing links, as subject → person. */
  async links(): Promise<Record<string, string>> {
    const rows: { subject_key: string; employee_id: string }[] = await this.db.query(
      'select subject_key, employee_id from link where organization_id = $1 and ended_at is null order by subject_key',
      [this.organization],
    );
    return Object.fromEntries(rows.map((row) => [row.subject_key, row.employee_id]));
  }

  /** Every link that there ever was of one subject, oldest first. */
  async history(subject: string): Promise<{ person: string; source: string; because: string | null }[]> {
    return await this.db.query(
      `select employee_id as person, source, ended_because as because from link
        where organization_id = $1 and subject_key = $2 order by id`,
      [this.organization, subject],
    );
  }

  /** The subjects that are nobody's, with their candidates. */
  async nobodys(): Promise<Record<string, string[]>> {
    const rows: { subject_key: string; candidates: string[] }[] = await this.db.query(
      'select subject_key, candidates from unmatched where organization_id = $1 order by subject_key',
      [this.organization],
    );
    return Object.fromEntries(rows.map((row) => [row.subject_key, row.candidates]));
  }

  /** What tells whether a row was written to since. */
  async versions(): Promise<unknown> {
    return await this.db.query(`
      select 'link' as name, id::text, xmin::text from link
      union all select 'unmatched', subject_key, xmin::text from unmatched order by 1, 2`);
  }
}
