import type { EntityManager, QueryRunner } from 'typeorm';
import type { Permission } from '../checks/permissions.js';
import { permissionOfRank } from '../checks/permissions.js';
import { streamRows } from '../database/rows.js';
import type { AccessScope } from './access-scope.query.js';

/** One way in which an account comes to a permission. */
export interface AccessPath {
  /** `owner` and `editor` are roles, and hold `admin` on every repository of the organization. */
  readonly via: 'owner' | 'editor' | 'team';
  readonly permission: Permission;
  /** The team that has the permission, or that carries the role; absent: it is the account's own role. */
  readonly team?: string;
  /** The custom role that counts as owner or editor, as Docker Hub spells it. */
  readonly role?: string;
  /** An incomplete listing left out something that this rests on: it held at the last reading, and nobody knows about this one. */
  readonly unverified?: true;
}

/** What one account may do with one repository. */
export interface AccessItem {
  readonly organizationId: string;
  readonly organization: string;
  /** Without the organization. */
  readonly repository: string;
  /** The username, or the Hub user id where Docker Hub did not show one. */
  readonly account: string;
  readonly member: string;
  /** The highest over the paths. */
  readonly permission: Permission;
  /** From the highest. */
  readonly paths: readonly AccessPath[];
}

/** All of it has to hold; null: whatever. */
export interface AccessChoice {
  readonly repository: { readonly organizationId: string; readonly name: string } | null;
  readonly accounts: readonly { readonly organizationId: string; readonly key: string }[] | null;
}

/** Where an item stands: organization, repository, account in lower case, Hub user id. */
export type AccessPlace = readonly [organization: string, repository: string, account: string, member: string];

export interface PlacedItem {
  readonly item: AccessItem;
  readonly place: AccessPlace;
}

/**
 * For a `with`: who may do what, in the organizations $1 (`AccessScope[]` as JSON). This is the one rule of the product for effective
 * access. `repository`, `account`, `membership`, `granted` (what teams may do) and `held` (roles that hold `admin` everywhere, with the
 * path that they come by) are what the snapshots show; `verified` is false where an incomplete listing did not show it tonight.
 */
export const accessRules = `
  scope as materialized (
    select "organizationId" as organization_id, organization, snapshot, roles, scopes
      from jsonb_to_recordset($1) as given("organizationId" bigint, organization text, snapshot bigint, roles jsonb, scopes jsonb)),
  shown as materialized (
    select scope.organization_id, observation.dataset, observation.key, observation.data,
           unverified.observation_id is null as verified
      from scope
      join observation on observation.organization_id = scope.organization_id
       and observation.dataset in ('members', 'teams', 'team_members', 'repositories', 'repository_teams')
       and observation.first_snapshot <= scope.snapshot
       and (observation.last_snapshot is null or observation.last_snapshot > scope.snapshot)
      left join unverified on unverified.snapshot = scope.snapshot and unverified.observation_id = observation.id),
  repository as materialized (
    select organization_id, key as name, data->'isPrivate' as is_private, verified from shown where dataset = 'repositories'),
  membership as materialized (
    select organization_id, data->>'member' as member, lower(data->>'team') as team, min(data->>'team') as spelled,
           min(data->>'username') as username, bool_or(verified) as verified
      from shown
     where dataset = 'team_members' and data->>'member' is not null and data->>'team' is not null
     group by organization_id, data->>'member', lower(data->>'team')),
  account as materialized (
    select organization_id, key, coalesce(data->>'username', key) as name, data->>'role' as role,
           data ? 'role' and btrim(coalesce(data->>'role', '-')) <> '' as role_said, verified
      from shown where dataset = 'members'
    union all
    -- Whom only the listing of a team shows; what else they are nobody said.
    select organization_id, member, coalesce(min(username), member), null, false, bool_or(verified)
      from membership
     where not exists (
       select from shown
        where shown.dataset = 'members' and shown.organization_id = membership.organization_id and shown.key = membership.member)
     group by organization_id, member),
  team as materialized (
    select organization_id, lower(data->>'name') as name, data->>'role' as role,
           data ? 'role' and btrim(coalesce(data->>'role', '-')) <> '' as role_said, verified
      from shown where dataset = 'teams' and data->>'name' is not null),
  granted as materialized (
    select organization_id, data->>'repository' as repository, lower(data->>'team') as team, data->>'team' as spelled,
           data->>'permission' as said,
           case lower(btrim(data->>'permission')) when 'read' then 1 when 'write' then 2 when 'admin' then 3 end as rank,
           verified
      from shown where dataset = 'repository_teams'),
  held as materialized (
    select organization_id, member, via, team, role, bool_or(verified) as verified
      from (
        select account.organization_id, account.key as member, scope.roles->account.role->>'core' as via, null as team,
               case when scope.roles->account.role->'custom' = 'true' then account.role end as role, account.verified
          from account join scope on scope.organization_id = account.organization_id
        union all
        select organization_id, member, 'owner', null, null, verified from membership where team = 'owners'
        union all
        select membership.organization_id, membership.member, scope.roles->team.role->>'core', membership.spelled,
               case when scope.roles->team.role->'custom' = 'true' then team.role end, membership.verified and team.verified
          from membership
          join team on team.organization_id = membership.organization_id and team.name = membership.team
          join scope on scope.organization_id = membership.organization_id) as source
     where via in ('owner', 'editor')
     group by organization_id, member, via, team, role)`;

const order = `organization collate "C", repository collate "C", sort_name collate "C", member collate "C"`;

/** $1 as above, $2 organization and $3 name of the repository, $4 organizations and $5 Hub user ids of the accounts; null: all. */
export const chosenAccess = `
  chosen_account as materialized (
    select account.organization_id, account.key, account.name from account
     where $4::bigint[] is null
        or exists (select from unnest($4::bigint[], $5::text[]) as wanted(organization_id, key)
                    where wanted.organization_id = account.organization_id and wanted.key = account.key)),
  chosen_repository as materialized (
    select repository.organization_id, scope.organization, repository.name, repository.is_private,
           repository.verified
      from repository join scope on scope.organization_id = repository.organization_id
     where $2::bigint is null or repository.organization_id = $2 and repository.name = $3)`;

/** Of the repositories in the table `among`. */
function itemsOf(among: string): string {
  return `
  path as (
    select chosen.organization_id, chosen.name as repository, held.member, held.via, held.team, held.role, 3 as rank,
           chosen.verified and held.verified as verified
      from ${among} as chosen
      join held on held.organization_id = chosen.organization_id
     where exists (select from chosen_account
                    where chosen_account.organization_id = held.organization_id and chosen_account.key = held.member)
    union all
    select chosen.organization_id, chosen.name, membership.member, 'team', min(granted.spelled), null, granted.rank,
           bool_or(chosen.verified and granted.verified and membership.verified)
      from ${among} as chosen
      join granted on granted.organization_id = chosen.organization_id and granted.repository = chosen.name
      join membership on membership.organization_id = granted.organization_id and membership.team = granted.team
     where granted.rank is not null
       and exists (select from chosen_account
                    where chosen_account.organization_id = membership.organization_id
                      and chosen_account.key = membership.member)
     group by chosen.organization_id, chosen.name, membership.member, granted.team, granted.rank),
  item as (
    select path.organization_id, path.repository, path.member, max(path.rank) as rank,
           jsonb_agg(jsonb_build_object('via', path.via, 'rank', path.rank, 'team', path.team, 'role', path.role,
                                        'verified', path.verified)
                     order by path.rank desc, path.via = 'team', path.via = 'editor', path.team collate "C" nulls first,
                              path.role collate "C" nulls first) as paths
      from path group by path.organization_id, path.repository, path.member),
  listed as (
    select item.organization_id as "organizationId", scope.organization, item.repository, chosen_account.name as account,
           lower(chosen_account.name) as sort_name, item.member, item.rank, item.paths
      from item
      join scope on scope.organization_id = item.organization_id
      join chosen_account on chosen_account.organization_id = item.organization_id and chosen_account.key = item.member)`;
}

interface ItemRow {
  readonly organizationId: string;
  readonly organization: string;
  readonly repository: string;
  readonly account: string;
  readonly member: string;
  readonly sort_name: string;
  readonly rank: number;
  readonly paths: readonly {
    readonly via: AccessPath['via'];
    readonly rank: number;
    readonly team: string | null;
    readonly role: string | null;
    readonly verified: boolean;
  }[];
}

const selected = '"organizationId", organization, repository, account, member, rank, paths, sort_name';

/**
 * At most `limit` items behind a place, in order. Whoever holds `admin` everywhere is in every repository's list, so a page needs to
 * look at no more repositories than it has room for: ten thousand repositories cost what the page shows.
 */
export async function accessPage(
  manager: EntityManager,
  scopes: readonly AccessScope[],
  choice: AccessChoice,
  { after, limit }: { readonly after: AccessPlace | null; readonly limit: number },
): Promise<PlacedItem[]> {
  const rows: ItemRow[] = await manager.query(
    `with ${accessRules}, ${chosenAccess},
     everywhere as (
       select min(accounts) as accounts from (
         select scope.organization_id, (
           select count(distinct held.member) from held join chosen_account
               on chosen_account.organization_id = held.organization_id and chosen_account.key = held.member
            where held.organization_id = scope.organization_id) as accounts
           from scope) as counted),
     near as materialized (
       select * from chosen_repository
        where $6::text is null or (organization collate "C", name collate "C") >= ($6, $7::text)
        order by organization collate "C", name collate "C"
        limit (select case when accounts > 0 then ceil($10::bigint::numeric / accounts)::bigint + 1 end from everywhere)),
     ${itemsOf('near')}
     select ${selected} from listed
      where $6::text is null or (${order}) > ($6, $7::text, $8::text, $9::text)
      order by ${order} limit $10::bigint`,
    [...accessParameters(scopes, choice), ...(after === null ? [null, null, null, null] : after), limit],
  );
  return rows.map((row) => ({
    item: readItem(row),
    place: [row.organization, row.repository, row.sort_name, row.member],
  }));
}

/** All of it, in the same order, never more than a few hundred in memory. */
export async function* streamAccess(
  runner: QueryRunner,
  scopes: readonly AccessScope[],
  choice: AccessChoice,
): AsyncGenerator<AccessItem, void, void> {
  const rows = streamRows<ItemRow>(
    runner,
    `with ${accessRules}, ${chosenAccess}, ${itemsOf('chosen_repository')} select ${selected} from listed order by ${order}`,
    accessParameters(scopes, choice),
  );
  for await (const row of rows) yield readItem(row);
}

export function accessParameters(scopes: readonly AccessScope[], { repository, accounts }: AccessChoice): unknown[] {
  return [
    JSON.stringify(scopes),
    repository?.organizationId ?? null,
    repository?.name ?? null,
    accounts?.map(({ organizationId }) => organizationId) ?? null,
    accounts?.map(({ key }) => key) ?? null,
  ];
}

function readItem({ organizationId, organization, repository, account, member, rank, paths }: ItemRow): AccessItem {
  return {
    organizationId,
    organization,
    repository,
    account,
    member,
    permission: permissionAt(rank),
    paths: paths.map(({ via, rank: height, team, role, verified }) => ({
      via,
      permission: permissionAt(height),
      ...(team !== null && { team }),
      ...(role !== null && { role }),
      ...(!verified && { unverified: true as const }),
    })),
  };
}

export function permissionAt(rank: number): Permission {
  const permission = permissionOfRank(rank);
  if (permission === null) throw new Error(`There is no permission of rank ${rank}.`);
  return permission;
}
