import type { EntityManager } from 'typeorm';
import type { EndedBecause, LinkEvidence } from './link.entity.js';
import type { Account } from './matcher.js';

/** A link as it is on record. */
export interface RecordedLink {
  readonly id: string;
  readonly organization_id: string;
  readonly organization: string;
  readonly subject_kind: Account['kind'];
  readonly subject_key: string;
  readonly employee_id: string;
  readonly source: string;
  readonly evidence: LinkEvidence;
  readonly linked_at: Date;
  readonly ended_at: Date | null;
  readonly ended_because: EndedBecause | null;
  readonly ended_by: string | null;
  readonly ended_reason: string | null;
}

const recorded = `
  select link.id, link.organization_id, organization.name as organization, link.subject_kind, link.subject_key,
         link.employee_id, link.source, link.evidence, link.linked_at, link.ended_at, link.ended_because, link.ended_by,
         link.ended_reason
    from link join organization on organization.id = link.organization_id`;

export async function findLink(manager: EntityManager, id: string): Promise<RecordedLink | null> {
  const [row]: RecordedLink[] = await manager.query(`${recorded} where link.id = $1`, [id]);
  return row ?? null;
}

export interface SubjectOfLink {
  readonly organizationId: string;
  readonly kind: Account['kind'];
  readonly key: string;
}

export async function findStandingLink(
  manager: EntityManager,
  { organizationId, kind, key }: SubjectOfLink,
): Promise<RecordedLink | null> {
  const [row]: RecordedLink[] = await manager.query(
    `${recorded} where link.organization_id = $1 and link.subject_kind = $2 and link.subject_key = $3 and link.ended_at is null`,
    [organizationId, kind, key],
  );
  return row ?? null;
}

export async function organizationOf(manager: EntityManager, name: string): Promise<string | null> {
  const [row]: { id: string }[] = await manager.query('select id from organization where name = $1', [name]);
  return row?.id ?? null;
}

/** Whether some accepted roster had the person: whoever has left since is still somebody whose account it may be. */
export async function isOnRoster(manager: EntityManager, employeeId: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    'select 1 from person where employee_id = $1 and last_roster is null limit 1',
    [employeeId],
  );
  return rows.length > 0;
}

/** A link never ends before it began, also where the clock that it began by was ahead. */
export async function endLink(
  manager: EntityManager,
  id: string,
  ending: { readonly at: string; readonly because: EndedBecause; readonly by: string; readonly reason: string },
): Promise<void> {
  await manager.query(
    `update link set ended_at = greatest($2::timestamptz, linked_at), ended_because = $3, ended_by = $4, ended_reason = $5
      where id = $1`,
    [id, ending.at, ending.because, ending.by, ending.reason],
  );
}

/** Returns the link's id. Nothing else may stand for the subject. */
export async function addLink(
  manager: EntityManager,
  { organizationId, kind, key }: SubjectOfLink,
  link: { readonly person: string; readonly source: string; readonly evidence: LinkEvidence; readonly at: string },
): Promise<string> {
  const [row]: { id: string }[] = await manager.query(
    `insert into link (organization_id, subject_kind, subject_key, employee_id, source, evidence, linked_at)
     select $1, $2, $3, $4, $5, $6,
            greatest($7::timestamptz, (select max(ended_at) from link
                                        where organization_id = $1 and subject_kind = $2 and subject_key = $3))
     returning id`,
    [organizationId, kind, key, link.person, link.source, JSON.stringify(link.evidence), link.at],
  );
  if (row === undefined) throw new Error('The link was not recorded.');
  await manager.query('delete from unmatched where organization_id = $1 and subject_kind = $2 and subject_key = $3', [
    organizationId,
    kind,
    key,
  ]);
  return row.id;
}
