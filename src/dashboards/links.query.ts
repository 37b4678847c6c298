import type { EntityManager } from 'typeorm';
import { accountId } from './account-id.js';
import type { Link } from './link.js';
import { linksAsKnown } from './links-then.query.js';
import type { View } from './view.query.js';

export interface ChosenLinks {
  readonly organization?: readonly string[];
  readonly kind?: readonly string[];
  readonly key?: string;
  readonly person?: string;
  readonly source?: readonly string[];
  readonly standing?: 'true' | 'false' | 'any';
}

type LinkRow = Pick<
  Link,
  | 'id'
  | 'organization'
  | 'kind'
  | 'key'
  | 'username'
  | 'person'
  | 'personName'
  | 'source'
  | 'evidence'
  | 'endedBecause'
  | 'endedBy'
  | 'endedReason'
> & { readonly since: Date; readonly endedAt: Date | null };

/** At most `limit` links with a lower id than `after`, the newest first, as they stood at the instant of the view. */
export async function findLinks(
  manager: EntityManager,
  { number, until, known }: Pick<View, 'number' | 'until' | 'known'>,
  chosen: ChosenLinks,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<Link[]> {
  const parameters: unknown[] = [number, until, known];
  const given = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = [`link.linked_at <= coalesce($2::timestamptz, 'infinity')`];
  const where = (value: unknown, condition: (parameter: string) => string): void => {
    if (value !== undefined) conditions.push(condition(given(value)));
  };
  const stands = `(link.ended_at is null or link.ended_at > $2)`;
  if (chosen.standing !== 'any') conditions.push(chosen.standing === 'false' ? `${stands} is not true` : stands);
  where(chosen.organization, (value) => `organization.name = any (${value}::text[])`);
  where(chosen.kind, (value) => `link.subject_kind = any (${value}::text[])`);
  where(chosen.key, (value) => `link.subject_key = ${value}`);
  where(chosen.source, (value) => `link.source = any (${value}::text[])`);
  where(
    chosen.person,
    (value) => `link.employee_id in (
      select ${value}::text union all select employee_id from roster_person
       where data ? 'sameAs' and data->>'sameAs' = ${value}::text)`,
  );
  where(after ?? undefined, (value) => `link.id < ${value}::bigint`);
  const rows: LinkRow[] = await manager.query(
    `with ${linksAsKnown('$3')},
     page as (
       select link.*, organization.name as organization
         from link join organization on organization.id = link.organization_id
        where ${conditions.join(' and ')} order by link.id desc limit ${given(limit)})
     select page.id, page.organization, page.subject_kind as kind, page.subject_key as key,
            coalesce(seen.username, page.evidence->>'username') as username,
            page.employee_id as person, person.data->>'fullName' as "personName", page.source, page.evidence,
            page.linked_at as since, ending.*
       from page
       left join roster_person as person on person.employee_id = page.employee_id
       left join lateral (
         select page.ended_at as "endedAt", page.ended_because as "endedBecause", page.ended_by as "endedBy",
                page.ended_reason as "endedReason"
          where page.ended_at <= coalesce($2::timestamptz, 'infinity')) as ending on true
       left join lateral (
         select coalesce(observation.data->>'username', observation.data->>'invitee') as username
           from observation
           join evaluated_snapshot as snapshot on snapshot.evaluation_number = $1::bigint
            and snapshot.organization_id = observation.organization_id and observation.first_snapshot <= snapshot.run_id
          where observation.organization_id = page.organization_id and observation.key = page.subject_key
            and observation.dataset = case page.subject_kind when 'account' then 'members' else 'invites' end
          order by observation.first_snapshot desc limit 1) as seen on true
      order by page.id desc`,
    parameters,
  );
  return rows.map(({ since, endedAt, ...row }) => ({
    ...row,
    account: accountId(row),
    since: since.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  }));
}
