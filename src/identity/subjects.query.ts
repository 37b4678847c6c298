import type { EntityManager, QueryRunner } from 'typeorm';
import { streamRows } from '../database/rows.js';
import type { Standing } from './decide.js';
import type { Account } from './matcher.js';

export interface Subject {
  readonly key: string;
  readonly account: Account;
  readonly standing: Standing | null;
}

interface SubjectRow {
  readonly kind: 'account' | 'invite';
  readonly key: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly full_name: string | null;
  readonly invitee: string | null;
  readonly link_person: string | null;
  readonly link_source: string | null;
  readonly link_username: string | null;
}

const sql = `
select case observation.dataset when 'members' then 'account' else 'invite' end as kind, observation.key,
       observation.data->>'username' as username, observation.data->>'email' as email,
       observation.data->>'fullName' as full_name, observation.data->>'invitee' as invitee,
       link.employee_id as link_person, link.source as link_source, link.evidence->>'username' as link_username
  from observation
  left join link on link.organization_id = observation.organization_id and link.ended_at is null
   and link.subject_kind = case observation.dataset when 'members' then 'account' else 'invite' end
   and link.subject_key = observation.key
 where observation.organization_id = $1 and observation.dataset in ('members', 'invites')
   and observation.first_snapshot <= $2 and (observation.last_snapshot is null or observation.last_snapshot > $2)`;

/** Every account and invite of one snapshot, with the link that stands; also those that an incomplete listing did not show. */
export async function* streamSubjects(
  runner: QueryRunner,
  organizationId: string,
  snapshot: string,
): AsyncGenerator<Subject, void, void> {
  for await (const row of streamRows<SubjectRow>(runner, sql, [organizationId, snapshot])) yield subjectOf(row);
}

/** The accounts or invites of one snapshot that may be meant: by their key, or by a name that is written alike. */
export async function findSubjects(
  manager: EntityManager,
  organizationId: string,
  snapshot: string,
  kind: Account['kind'],
  meant: string,
): Promise<readonly Subject[]> {
  const rows: SubjectRow[] = await manager.query(
    `${sql} and observation.dataset = $3
       and (observation.key = $4
         or lower(trim(coalesce(observation.data->>'username', observation.data->>'invitee'))) = lower($4))`,
    [organizationId, snapshot, kind === 'account' ? 'members' : 'invites', meant],
  );
  return rows.map(subjectOf);
}

/** The number of the last sealed snapshot; null: the organization was never read to the end. */
export async function lastSnapshot(manager: EntityManager, organizationId: string): Promise<string | null> {
  const [row]: { id: string | null }[] = await manager.query(
    `select max(id) as id from sync_run where organization_id = $1 and state = 'sealed'`,
    [organizationId],
  );
  return row?.id ?? null;
}

/** @throws {Error} if nothing sealed has this number: matching against nothing would forget why accounts are unmatched. */
export async function assertSealed(runner: QueryRunner, organizationId: string, snapshot: string): Promise<void> {
  const found: unknown[] = await runner.query(
    `select 1 from sync_run where id = $2 and organization_id = $1 and state = 'sealed'`,
    [organizationId, snapshot],
  );
  if (found.length === 0) throw new Error(`Organization ${organizationId} has no sealed snapshot ${snapshot}.`);
}

function subjectOf(row: SubjectRow): Subject {
  const standing =
    row.link_person === null || row.link_source === null
      ? null
      : { employeeId: row.link_person, source: row.link_source, username: row.link_username };
  return { key: row.key, account: row.kind === 'account' ? member(row) : invite(row), standing };
}

function member(row: SubjectRow): Account {
  return { kind: 'account', username: said(row.username), email: said(row.email), fullName: said(row.full_name) };
}

/** Docker Hub invites by address or by Docker ID, in one field; a Docker ID never has an @. */
function invite(row: SubjectRow): Account {
  const invitee = said(row.invitee);
  const byAddress = invitee?.includes('@') ?? false;
  return {
    kind: 'invite',
    username: byAddress ? null : invitee,
    email: byAddress ? invitee : null,
    fullName: null,
  };
}

function said(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text;
}
