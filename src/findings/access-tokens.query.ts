import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import { permissionOfRank, type Permission } from '../checks/permissions.js';
import { listed } from '../checks/wording.js';
import type { AccessGap } from './access-gaps.query.js';
import type { AccessScope } from './access-scope.query.js';
import { accessParameters, accessRules, chosenAccess, type AccessChoice } from './effective-access.query.js';

/** An organization access token that works. */
export interface AccessToken {
  readonly organization: string;
  readonly id: string;
  /** The label, or the id where Docker Hub did not show one. */
  readonly token: string;
  /** The highest that it has on a chosen repository. */
  readonly permission: Permission;
  /** What it may do with the chosen repositories, as Docker Hub words it. */
  readonly scopes: readonly string[];
  readonly createdBy: string | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  /** An incomplete listing did not show it: it was there at the last reading, and nobody knows about this one. */
  readonly unverified?: true;
}

interface TokenRow {
  readonly organization: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly verified: boolean;
  readonly maker_unsaid: boolean;
  readonly rank: number | null;
  readonly scopes: readonly string[];
  readonly unsaid: boolean;
  readonly strange: readonly string[];
}

/**
 * The tokens of the organizations that reach a chosen repository, and of those accounts that made them, where accounts are chosen: who
 * made a token may have kept it, also under a name of before, and when the account is gone. One of which nobody said who made it may
 * be anybody’s. A resource is `organization/repository` with `*` for any run of characters, the organization itself,
 * or either with `/public` behind it, for what everybody may read.
 */
const sql = `
  with ${accessRules}, ${chosenAccess},
  maker as materialized (
    select organization_id, lower(name) as name from chosen_account
    union
    select scope.organization_id, lower(observation.data->>'username')
      from unnest($4::bigint[], $5::text[]) as wanted(organization_id, key)
      join scope on scope.organization_id = wanted.organization_id
      join observation on observation.organization_id = wanted.organization_id and observation.dataset = 'members'
       and observation.key = wanted.key and observation.first_snapshot <= scope.snapshot),
  token as materialized (
    select scope.organization_id, scope.organization, scope.scopes as ranks, observation.key as id, observation.data,
           unverified.observation_id is null as verified,
           $4::bigint[] is not null and btrim(coalesce(observation.data->>'createdBy', '')) = '' as maker_unsaid
      from scope
      join observation on observation.organization_id = scope.organization_id and observation.dataset = 'tokens'
       and observation.first_snapshot <= scope.snapshot
       and (observation.last_snapshot is null or observation.last_snapshot > scope.snapshot)
      left join unverified on unverified.snapshot = scope.snapshot and unverified.observation_id = observation.id
     where observation.data->'isActive' is distinct from 'false'
       and ($4::bigint[] is null or btrim(coalesce(observation.data->>'createdBy', '')) = '' or exists (
             select from maker
              where maker.organization_id = scope.organization_id and maker.name = lower(btrim(observation.data->>'createdBy'))))),
  resource as (
    select token.organization_id, token.organization, token.id, token.ranks, lower(btrim(said->>'path')) as path,
           upper(said->>'type') as type, said->'scopes' as scopes
      from token
      cross join jsonb_array_elements(
        case jsonb_typeof(token.data->'resources') when 'array' then token.data->'resources' else '[]' end) as said),
  aimed as (
    select resource.*, path ~ '^([^/]+/[^/]+|.*[*][*].*)/public$' as public_only,
           case when path = organization then organization || '/%'
                else regexp_replace(
                  regexp_replace(regexp_replace(path, '^([^/]+/[^/]+|.*[*][*].*)/public$', '\\1'), '([\\\\%_])', '\\\\\\1', 'g'),
                  '[*]+', '%', 'g') end as pattern
      from resource),
  reaching as (
    select aimed.*,
           path is null or exists (
             select from chosen_repository
              where chosen_repository.organization_id = aimed.organization_id
                and aimed.organization || '/' || chosen_repository.name like aimed.pattern
                and (not aimed.public_only or chosen_repository.is_private = 'false')) as reaches
      from aimed),
  worded as (
    select reaching.organization_id, reaching.id, reaching.path, reaching.type, reaching.scopes is null as unsaid, scope.word,
           (reaching.ranks->>scope.word)::integer as rank
      from reaching
      left join lateral jsonb_array_elements_text(
        case jsonb_typeof(reaching.scopes) when 'array' then reaching.scopes else '[]' end) as scope(word) on true
     where reaching.reaches)
  select token.organization, token.id, token.data, token.verified, token.maker_unsaid,
         max(worded.rank) filter (where worded.path is not null) as rank,
         coalesce(array_agg(distinct worded.word) filter (where worded.rank > 0), '{}') as scopes,
         jsonb_typeof(token.data->'resources') is distinct from 'array' or coalesce(bool_or(
           worded.unsaid or worded.path is null and worded.id is not null and worded.rank is distinct from 0), false) as unsaid,
         coalesce(array_agg(distinct worded.word) filter (where worded.word is not null and worded.rank is null), '{}')
           || coalesce(array_agg(distinct worded.type) filter (where worded.type not in ('TYPE_REPO', 'TYPE_ORG')), '{}') as strange
    from token
    left join worded on worded.organization_id = token.organization_id and worded.id = token.id
   group by token.organization, token.id, token.data, token.verified, token.maker_unsaid
   order by token.organization collate "C", lower(token.data->>'label') collate "C", token.id`;

/** Those that have not expired by `at`, and what is not known about them. */
export async function accessTokens(
  manager: EntityManager,
  scopes: readonly AccessScope[],
  choice: AccessChoice,
  at: Instant,
): Promise<{ readonly tokens: readonly AccessToken[]; readonly gaps: readonly AccessGap[] }> {
  const rows: TokenRow[] = await manager.query(sql, accessParameters(scopes, choice));
  const live = rows.filter(({ data }) => !hasExpired(data['expiresAt'], at));
  return {
    tokens: live.flatMap((row) => {
      const permission = permissionOfRank(row.rank ?? 0);
      return permission === null || row.maker_unsaid ? [] : [readToken(row, permission)];
    }),
    gaps: live.flatMap(gapOf),
  };
}

/** What cannot be read as a time has not been reached. */
function hasExpired(expiresAt: unknown, at: Instant): boolean {
  return typeof expiresAt === 'string' && Date.parse(expiresAt) <= Date.parse(at);
}

function readToken({ organization, id, data, scopes, verified }: TokenRow, permission: Permission): AccessToken {
  return {
    organization,
    id,
    token: labelOf(id, data),
    permission,
    scopes,
    createdBy: text(data['createdBy']),
    expiresAt: text(data['expiresAt']),
    lastUsedAt: text(data['lastUsedAt']),
    ...(!verified && { unverified: true as const }),
  };
}

function gapOf({ organization, id, data, maker_unsaid: makerUnsaid, rank, unsaid, strange }: TokenRow): AccessGap[] {
  const label = labelOf(id, data);
  const gap = (reason: string, message: string): AccessGap => ({
    organization,
    dataset: 'tokens',
    reason,
    message,
    about: [label],
  });
  if (makerUnsaid) {
    const reaches = unsaid || strange.length > 0 || permissionOfRank(rank ?? 0) !== null;
    return reaches ? [gap('FIELD_NOT_EXPOSED', `Docker Hub did not say who made the token ${label}.`)] : [];
  }
  return [
    ...(unsaid ? [gap('FIELD_NOT_EXPOSED', `Docker Hub did not say what the token ${label} may do.`)] : []),
    ...(strange.length > 0
      ? [gap('UNRECOGNISED_VALUE', `The token ${label} has ${listed(strange)}, which is not known here.`)]
      : []),
  ];
}

function labelOf(id: string, data: TokenRow['data']): string {
  return text(data['label']) ?? id;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
