import type { EntityManager } from 'typeorm';
import type { HubDataset } from '../dockerhub/reading.js';
import type { Details, OddPermissions, RunEvidence, Visibility } from './judge-datasets.js';
import { keptRows } from './seen-rows.query.js';
import { rootListings, type ListingState } from './listing-state.js';

/**
 * What a read run has to say about its datasets. Needs its rows gathered (seen-rows.query.ts), and those of
 * the snapshot in the table `final_row`.
 */
export async function runEvidence(
  manager: EntityManager,
  runId: string,
  { audit, teams }: Pick<RunEvidence, 'audit' | 'teams'>,
): Promise<RunEvidence> {
  const roots = await rootListings(manager, runId);
  return {
    roots,
    details: await detailsByDataset(manager),
    teams,
    permissions: await oddPermissions(manager),
    invitees: await doubtfulInvitees(manager),
    visibility: await visibility(manager, roots),
    kept: (await keptByDataset(manager)).set('audit_log', audit.events),
    audit,
  };
}

async function keptByDataset(manager: EntityManager): Promise<Map<HubDataset, number>> {
  const rows: { dataset: HubDataset; rows: number }[] = await manager.query(
    'select dataset, count(*)::integer as rows from final_row group by dataset',
  );
  return new Map(rows.map(({ dataset, rows: count }) => [dataset, count]));
}

type DetailsRow = Omit<Details, 'fetchedAt'> & { readonly dataset: HubDataset; readonly fetched_at: Date | null };

async function detailsByDataset(manager: EntityManager): Promise<Map<HubDataset, Details>> {
  const rows: DetailsRow[] = await manager.query(
    `with detail as (
       select * from run_listing where scope <> ''
     ), incomplete as (
       select dataset, status, reason, count(*)::integer as listings,
              (array_agg(scope order by scope collate "C"))[1] as scope,
              (array_agg(message order by scope collate "C"))[1] as message
         from detail where status <> 'complete' group by dataset, status, reason
     )
     select dataset, count(*)::integer as listings, count(fetched_at)::integer as read, min(fetched_at) as fetched_at,
            case when bool_and(reported is not null)
                 then least(sum(reported - unkept), 2147483647) end::integer as reported,
            coalesce((select jsonb_agg(to_jsonb(incomplete) - 'dataset' order by listings desc, reason, scope)
                        from incomplete where incomplete.dataset = detail.dataset), '[]') as incomplete
       from detail group by dataset`,
  );
  return new Map(
    rows.map(({ dataset, fetched_at, ...row }) => [dataset, { ...row, fetchedAt: fetched_at?.toISOString() ?? null }]),
  );
}

/** From what Docker Hub said of each, before the snapshot calls their teams by other names. */
async function oddPermissions(manager: EntityManager): Promise<OddPermissions> {
  const [row]: [OddPermissions] = await manager.query(
    `with kept as materialized (
       select * from (${keptRows}) as kept_row where dataset in ('teams', 'repository_teams')
     ), permission as (
       select scope, key as team, nullif(btrim(data->>'team'), '') as name from kept where dataset = 'repository_teams'
     ), unlisted as (
       select team, min(name) as name from permission
        where not exists (select from kept where kept.dataset = 'teams' and kept.key = permission.team)
        group by team
     )
     select (count(*) filter (where name is null))::integer as nameless,
            min(scope collate "C") filter (where name is null) as on,
            coalesce((select jsonb_agg(coalesce(name, team) order by coalesce(name, team) collate "C") from unlisted), '[]')
              as unlisted
       from permission`,
  );
  return row;
}

async function doubtfulInvitees(manager: EntityManager): Promise<number> {
  const [row]: [{ rows: number }] = await manager.query(
    `select count(*)::integer as rows from seen_row where kept and staged and dataset = 'members' and data ? 'invitee'`,
  );
  return row.rows;
}

async function visibility(manager: EntityManager, roots: ReadonlyMap<HubDataset, ListingState>): Promise<Visibility> {
  const repositories = roots.get('repositories');
  const tokens = roots.get('tokens');
  const reader = repositories?.readAs ?? null;
  const password = reader?.kind === 'password' ? reader.username : null;
  const [shown]: [Visibility] = await manager.query(
    `select exists (select from final_row
                     where dataset = 'repositories' and data->'isPrivate' = 'true') as "privateRepository",
            exists (select from final_row
                     where dataset = 'members' and lower(data->>'username') = lower($1) and lower(data->>'role') = 'owner'
                   ) as "ownersLogin",
            exists (select from final_row
                     where dataset = 'tokens' and key = $2
                       and jsonb_path_exists(data, '$.resources[*].scopes[*] ? (@ == "scope-repository-list")')
                   ) as "tokenScope"`,
    [password, reader?.tokenId ?? null],
  );
  const listsTokens = password !== null && tokens?.fetchedAt != null && tokens.credential === repositories?.credential;
  return { ...shown, ownersLogin: shown.ownersLogin || listsTokens };
}
