import type { EntityManager } from 'typeorm';
import type { Outcome } from '../findings/report.js';
import type { Account, AccountSuggestion, HolderKind, Presence } from './account.js';
import { accountId } from './account-id.js';
import type { SubjectCounts } from './checked.js';
import { effectiveRoles, filterAccounts, type Choice } from './filter-accounts.js';
import { holdersThen, isServiceAccount, policyThen, verdictRank, verdictsOfHolder } from './holders.query.js';
import { linkedTo, linksAsKnown } from './links-then.query.js';
import { partsOfPlace, placeOf } from './place.js';
import type { View } from './view.query.js';

export interface ListedAccount {
  readonly account: Readonly<Account>;
  /** In the order of its list. */
  readonly place: string;
}

interface AccountRow {
  organization_id: string;
  organization: string;
  snapshot: string;
  kind: HolderKind;
  key: string;
  data: Readonly<Record<string, unknown>>;
  presence: Presence;
  rank: number;
  name: string;
  link: { id: string; person: string; name: string | null; source: string; since: string } | null;
  service: boolean | null;
  held: readonly string[] | null;
  teams: readonly string[] | null;
  teams_known: boolean;
  candidates: readonly string[] | null;
  suggestions: readonly AccountSuggestion[] | null;
  worst: Outcome | null;
  counts: SubjectCounts;
}

/** The memberships that the snapshots of the evaluation $1 show. */
const membership = `
  membership as not materialized (
    select snapshot.organization_id, observation.data->>'member' as member, observation.data->>'team' as team
      from evaluated_snapshot as snapshot
      join observation on observation.organization_id = snapshot.organization_id and observation.dataset = 'team_members'
       and observation.first_snapshot <= snapshot.run_id
       and (observation.last_snapshot is null or observation.last_snapshot > snapshot.run_id)
     where snapshot.evaluation_number = $1::bigint
       and not exists (select from unverified
                        where unverified.snapshot = snapshot.run_id and unverified.observation_id = observation.id))`;

const shown = `
  holder.organization_id, holder.organization, holder.snapshot, holder.kind, holder.key, holder.data, holder.presence, holder.rank,
  holder.name,
  case when holder.link_id is not null then jsonb_build_object(
    'id', holder.link_id::text, 'person', holder.link_person, 'name', holder.person_name, 'source', holder.link_source,
    'since', holder.linked_at) end as link,
  ${isServiceAccount} as service, ${effectiveRoles} as held,
  teams.teams,
  (select count(*) = 2 from dataset_reading
    where dataset_reading.run_id = holder.snapshot and dataset_reading.dataset in ('teams', 'team_members')
      and dataset_reading.status = 'complete') as teams_known,
  coalesce(unmatched.candidates, told.candidates) as candidates, coalesce(unmatched.suggestions, told.suggestions) as suggestions,
  judged.worst, judged.counts`;

/** The same in every language; the columns themselves keep the collation of the indexes. */
function orderOf(table: string): string {
  return `${table}rank, ${['name', 'organization', 'kind', 'key'].map((column) => `${table}${column} collate "C"`).join(', ')}`;
}

/** At most `limit` accounts behind the place `after`, in order. $1 is the evaluation, $2 the instant, $3 the evaluation that is known. */
export async function findAccounts(
  manager: EntityManager,
  { number, until, known }: Pick<View, 'number' | 'until' | 'known'>,
  filters: Choice & { readonly key?: string },
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<ListedAccount[]> {
  const parameters: unknown[] = [number, until, known];
  const given = (value: unknown): string => `$${parameters.push(value)}`;
  const narrowed = [
    ...(filters.organization === undefined ? [] : [`organization.name = any (${given(filters.organization)}::text[])`]),
    ...(filters.key === undefined ? [] : [`observation.key = ${given(filters.key)}`]),
    ...(filters.person === undefined ? [] : [linkedTo(given(filters.person))]),
  ];
  const { conditions, rank } = filterAccounts(filters, given);
  const order = orderOf('');
  const behind =
    after === null
      ? 'true'
      : `(${order}) > (${partsOfPlace(after)
          .map((part, at) => (at === 0 ? `${given(part)}::integer` : `${given(part)}::text`))
          .join(', ')})`;
  const rows: AccountRow[] = await manager.query(
    `with ${linksAsKnown('$3')},
     ${holdersThen(narrowed.length === 0 ? 'true' : narrowed.join(' and '), filters.presence?.includes('gone') ?? false)},
     ${policyThen}, ${membership},
     chosen as (
       select holder.organization_id, holder.organization, holder.snapshot,
              holder.kind, holder.dataset, holder.key, holder.data, holder.presence,
              ${rank} as rank,
              lower(coalesce(holder.data->>'username', holder.data->>'invitee', holder.key)) as name,
              link.id as link_id, link.employee_id as link_person, link.source as link_source, link.linked_at,
              person.data->>'fullName' as person_name
         from holder
         left join owned as link on link.organization_id = holder.organization_id and link.subject_kind = holder.kind
          and link.subject_key = holder.key
         left join roster_person as person on person.employee_id = link.person
        where ${conditions.join(' and ')}),
     page as materialized (select * from chosen where ${behind} order by ${order} limit ${given(limit)})
     select ${shown}
       from page as holder
       left join lateral (
         select array_agg(membership.team order by membership.team) as teams from membership
          where membership.organization_id = holder.organization_id and membership.member = holder.key) as teams on holder.kind = 'account'
       left join unmatched on $2::timestamptz is null and holder.link_id is null
        and unmatched.organization_id = holder.organization_id and unmatched.subject_kind = holder.kind
        and unmatched.subject_key = holder.key
       left join lateral (
         select array(select jsonb_array_elements_text(verdict.facts->'candidates')) as candidates, verdict.facts->'suggestions' as suggestions
           from ${verdictsOfHolder}
          where $2::timestamptz is not null and holder.link_id is null and verdict.check_id = 'user-identified' limit 1) as told on true
       cross join lateral (
         select (array_agg(verdict.outcome order by ${verdictRank('verdict.outcome')}))[1] as worst,
                jsonb_build_object(${['pass', 'fail', 'unknown', 'error', 'not_applicable']
                  .map((outcome) => `'${outcome}', count(*) filter (where verdict.outcome = '${outcome}')`)
                  .join(', ')}) as counts
           from ${verdictsOfHolder}) as judged
      order by ${orderOf('holder.')}`,
    parameters,
  );
  return rows.map(readAccount);
}

function readAccount(row: AccountRow): ListedAccount {
  const { organization, kind, key, data, link } = row;
  const invitee = text(data['invitee']);
  const byAddress = invitee?.includes('@') ?? false;
  const fields = kind === 'account' ? ['username', 'fullName', 'email', 'role'] : ['invitee', 'role'];
  const candidates = row.candidates ?? [];
  const account: Account = {
    id: accountId({ organization, kind, key }),
    organization,
    kind,
    key,
    presence: row.presence,
    username: kind === 'account' ? text(data['username']) : byAddress ? null : invitee,
    fullName: text(data['fullName']),
    email: kind === 'account' ? text(data['email']) : byAddress ? invitee : null,
    role: text(data['role']),
    hidden: fields.filter((field) => !(field in data)),
    effectiveRoles: row.held,
    teams: kind === 'account' ? (row.teams ?? []) : invitedInto(data['team']),
    teamsKnown: kind === 'account' ? row.teams_known : 'team' in data,
    identity:
      link !== null
        ? 'linked'
        : row.service === true
          ? 'service_account'
          : candidates.length > 0
            ? 'ambiguous'
            : 'unlinked',
    link: link === null ? null : { ...link, since: new Date(link.since).toISOString() },
    candidates,
    suggestions: row.suggestions ?? [],
    verdict: row.worst,
    counts: row.counts,
  };
  return { account, place: placeOf([row.rank, row.name, organization, kind, key]) };
}

function invitedInto(team: unknown): readonly string[] {
  return typeof team === 'string' && team !== '' ? [team] : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
