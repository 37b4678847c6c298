import type { EntityManager } from 'typeorm';
import type { Dataset } from '../checks/check.js';
import { asSentence, counted, listed } from '../checks/wording.js';
import type { AccessScope } from './access-scope.query.js';
import { accessParameters, accessRules, chosenAccess, type AccessChoice } from './effective-access.query.js';

/** Something that is not known, so that there may be more access than an answer shows. */
export interface AccessGap {
  readonly organization: string;
  readonly dataset: Dataset;
  readonly reason: string;
  readonly message: string;
  /** Accounts, teams, repositories or tokens that it is about; at most 50 of them, none where it is about the whole dataset. */
  readonly about: readonly string[];
}

const most = 50;

interface GapRow {
  readonly organization: string;
  readonly kind: keyof typeof sayings;
  /** A custom role, or a word that nobody knows. */
  readonly word: string | null;
  readonly about: readonly string[];
  readonly count: number;
}

/** What the listings of these snapshots leave open about the choice. */
export async function accessGaps(
  manager: EntityManager,
  scopes: readonly AccessScope[],
  choice: AccessChoice,
): Promise<AccessGap[]> {
  return [...(await datasetGaps(manager, scopes)), ...(await wordGaps(manager, scopes, choice))];
}

async function datasetGaps(manager: EntityManager, scopes: readonly AccessScope[]): Promise<AccessGap[]> {
  const rows: {
    organization: string;
    dataset: Dataset;
    status: string | null;
    reason: string | null;
    message: string | null;
  }[] = await manager.query(
    `select scope.organization, needed.dataset, reading.status, reading.reason, reading.message
       from jsonb_to_recordset($1) as scope(organization text, snapshot bigint)
       cross join unnest(array['members', 'teams', 'team_members', 'repositories', 'repository_teams', 'tokens'])
         with ordinality as needed(dataset, place)
       left join dataset_reading as reading on reading.run_id = scope.snapshot and reading.dataset = needed.dataset
      where reading.status is distinct from 'complete' or needed.dataset = 'members' and reading.received = 0
      order by scope.organization collate "C", needed.place`,
    [JSON.stringify(scopes)],
  );
  return rows.map(({ organization, dataset, status, reason, message }) => ({
    organization,
    dataset,
    reason: reason ?? (status === 'complete' ? 'SOURCE_INCOMPLETE' : 'CAPABILITY_MISSING'),
    message:
      status === 'complete'
        ? 'The members listing is empty, and an organization always has an owner.'
        : status === null
          ? `The listing ${dataset} was not read.`
          : `The listing ${dataset} is ${status.replace('_', ' ')}: ${asSentence(message)}`,
    about: [],
  }));
}

/** Whoever holds `admin` everywhere for certain can hold nothing more. */
const others = `
  other as materialized (
    select account.* from account
      join chosen_account on chosen_account.organization_id = account.organization_id and chosen_account.key = account.key
     where not exists (select from held where held.organization_id = account.organization_id and held.member = account.key and held.verified)),
  carried as materialized (
    select other.organization_id, other.key, other.name as account, team.name as team, team.role, team.role_said, membership.spelled
      from other
      join membership on membership.organization_id = other.organization_id and membership.member = other.key
      join team on team.organization_id = membership.organization_id and team.name = membership.team),
  permitted as materialized (
    select granted.* from granted
      join chosen_repository on chosen_repository.organization_id = granted.organization_id and chosen_repository.name = granted.repository)`;

const found = `
  select organization_id, 'role unsaid' as kind, null as word, name as about from other
   where not role_said
      or role is null and not exists (
           select from carried where carried.organization_id = other.organization_id and carried.key = other.key and carried.role is not null)
  union all
  select other.organization_id, 'role unranked', other.role, other.name
    from other join scope on scope.organization_id = other.organization_id
   where other.role_said and scope.roles->other.role->'core' = 'null'
  union all
  select organization_id, 'team role unsaid', null, spelled from carried where not role_said
  union all
  select carried.organization_id, 'team role unranked', carried.role || ' of the team ' || carried.spelled, carried.account
    from carried join scope on scope.organization_id = carried.organization_id
   where carried.role_said and scope.roles->carried.role->'core' = 'null'
  union all
  select permitted.organization_id,
         case when permitted.team is null then 'team unsaid' when permitted.said is null then 'permission unsaid'
              else 'permission unknown' end,
         case when permitted.team is not null then permitted.said end, permitted.repository
    from permitted
   where permitted.team is null or permitted.rank is null and exists (
           select from membership join other on other.organization_id = membership.organization_id and other.key = membership.member
            where membership.organization_id = permitted.organization_id and membership.team = permitted.team)
  union all
  select chosen_repository.organization_id, 'visibility unsaid', null, chosen_repository.name
    from chosen_repository
   where $2::bigint is not null and jsonb_typeof(chosen_repository.is_private) is distinct from 'boolean'`;

async function wordGaps(
  manager: EntityManager,
  scopes: readonly AccessScope[],
  choice: AccessChoice,
): Promise<AccessGap[]> {
  const rows: GapRow[] = await manager.query(
    `with ${accessRules}, ${chosenAccess}, ${others}, found as (${found})
     select scope.organization, found.kind, found.word, count(distinct found.about)::integer as count,
            (array_agg(distinct found.about order by found.about))[1:$6] as about
       from found join scope on scope.organization_id = found.organization_id
      group by scope.organization, found.kind, found.word
      order by scope.organization collate "C", found.kind, found.word collate "C"`,
    [...accessParameters(scopes, choice), most],
  );
  return rows.map(({ organization, kind, word, about, count }) => {
    const { dataset, reason, says } = sayings[kind];
    const shown = listed([...about.slice(0, 5), ...(count > 5 ? [`${count - 5} more`] : [])], 6);
    return { organization, dataset, reason, message: says(shown, count, word ?? ''), about };
  });
}

interface Saying {
  readonly dataset: Dataset;
  readonly reason: string;
  says(this: void, about: string, count: number, word: string): string;
}

const mayBeAdmin = 'may administer every repository';
const sayings = {
  'role unsaid': {
    dataset: 'members',
    reason: 'FIELD_NOT_EXPOSED',
    says: (about) => `Docker Hub did not say the role of ${about}, who ${mayBeAdmin}.`,
  },
  'role unranked': {
    dataset: 'members',
    reason: 'ROLE_UNKNOWN',
    says: (about, count, word) =>
      `Nobody ranked the custom role ${word}, which ${counted(count, 'account')} held (${about}): whoever has it ${mayBeAdmin}. ` +
      'Say under `roles` which core role it equals.',
  },
  'team role unsaid': {
    dataset: 'teams',
    reason: 'FIELD_NOT_EXPOSED',
    says: (about) => `Docker Hub did not say whether a role comes with the team ${about}, whose members ${mayBeAdmin}.`,
  },
  'team role unranked': {
    dataset: 'teams',
    reason: 'ROLE_UNKNOWN',
    says: (about, count, word) =>
      `Nobody ranked the custom role ${word}, which ${counted(count, 'account')} held (${about}): whoever has it ${mayBeAdmin}. ` +
      'Say under `roles` which core role it equals.',
  },
  'team unsaid': {
    dataset: 'repository_teams',
    reason: 'FIELD_NOT_EXPOSED',
    says: (about) => `Docker Hub did not say which team holds a permission on ${about}.`,
  },
  'permission unsaid': {
    dataset: 'repository_teams',
    reason: 'FIELD_NOT_EXPOSED',
    says: (about) => `Docker Hub did not say which permission a team holds on ${about}.`,
  },
  'permission unknown': {
    dataset: 'repository_teams',
    reason: 'UNRECOGNISED_VALUE',
    says: (about, _count, word) => `A team holds the permission "${word}" on ${about}, a word that is not known here.`,
  },
  'visibility unsaid': {
    dataset: 'repositories',
    reason: 'FIELD_NOT_EXPOSED',
    says: (about) => `Docker Hub did not say whether ${about} is public.`,
  },
} as const satisfies Readonly<Record<string, Saying>>;
