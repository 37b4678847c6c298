import type { EntityManager } from 'typeorm';
import { foldUsername } from '../config/username.js';
import type { OrganizationSnapshot } from '../findings/access-scope.query.js';
import type { AccessChoice } from '../findings/effective-access.query.js';
import { linksAsKnown } from './links-then.query.js';
import { verdictThen } from './standing.query.js';
import type { View } from './view.query.js';

/** Who can do what: with one repository, by one person, by one account, or all of these together. */
export interface AccessQuestion {
  /** `acme/api`. */
  readonly repository?: string;
  /** An employee id. */
  readonly person?: string;
  /** A username, in whichever organization, or a Hub user id. */
  readonly account?: string;
  readonly organization?: readonly string[];
}

/** In a sentence, why a question has no answer. `field`: what is asked of it cannot be, and the sentence continues it; null: it is not there. */
export interface NoAnswer {
  readonly field: 'repository' | 'organization' | null;
  readonly sentence: string;
}

/** What the question names, found in the snapshots of a view. */
export interface Asked {
  readonly snapshots: readonly OrganizationSnapshot[];
  readonly choice: AccessChoice;
  /** Of the repository that was asked for; null: none was, or Docker Hub did not say. */
  readonly isPrivate: boolean | null;
  readonly ambiguous: readonly { readonly organization: string; readonly account: string }[];
}

type AccountKey = { readonly organizationId: string; readonly key: string };

export async function findAsked(
  manager: EntityManager,
  view: View,
  question: AccessQuestion,
): Promise<Asked | NoAnswer> {
  const evaluated = await snapshotsOf(manager, view);
  const wanted = question.organization?.map((name) => name.trim().toLowerCase());
  const strange = wanted?.find((name) => !evaluated.some(({ organization }) => organization === name));
  if (strange !== undefined) return notThere(`There is no organization ${strange} in this evaluation.`);
  let snapshots = evaluated.filter(({ organization }) => wanted?.includes(organization) ?? true);

  let repository: FoundRepository | null = null;
  if (question.repository !== undefined) {
    const [, organization, name] = /^([^/\s]+)\/([^/\s]+)$/.exec(question.repository.trim().toLowerCase()) ?? [];
    if (organization === undefined || name === undefined)
      return wrong(
        'repository',
        'is not the name of a repository; expected its organization and name, such as acme/api',
      );
    const snapshot = evaluated.find((one) => one.organization === organization);
    if (snapshot === undefined)
      return notThere(`There is no repository ${organization}/${name}: no organization ${organization} was evaluated.`);
    if (!snapshots.includes(snapshot))
      return wrong(
        'organization',
        `does not have the repository ${organization}/${name}; expected ${organization} or nothing`,
      );
    const found = await findRepository(manager, snapshot, name);
    if ('sentence' in found) return found;
    snapshots = [snapshot];
    repository = found;
  }

  let accounts: readonly AccountKey[] | null = null;
  let ambiguous: Asked['ambiguous'] = [];
  if (question.account !== undefined) {
    accounts = await findAccountKeys(manager, snapshots, question.account.trim());
    if (accounts.length === 0) {
      const where = snapshots.map(({ organization }) => organization).join(', ');
      return notThere(`There is no account ${question.account.trim()} in ${where}.`);
    }
  }
  if (question.person !== undefined) {
    const person = await findPersonsAccounts(manager, view, question.person.trim());
    if (person === null)
      return notThere(`There is no person ${question.person.trim()} in the roster of this evaluation.`);
    accounts = both(accounts, person.accounts);
    ambiguous = person.ambiguous.filter(({ organization }) =>
      snapshots.some((snapshot) => snapshot.organization === organization),
    );
  }
  return {
    snapshots,
    choice: {
      repository: repository === null ? null : { organizationId: repository.organizationId, name: repository.name },
      accounts,
    },
    isPrivate: repository?.isPrivate ?? null,
    ambiguous,
  };
}

async function snapshotsOf(manager: EntityManager, { number }: View): Promise<OrganizationSnapshot[]> {
  return manager.query(
    `select snapshot.organization_id as "organizationId", organization.name as organization, snapshot.run_id as snapshot
       from evaluated_snapshot as snapshot join organization on organization.id = snapshot.organization_id
      where snapshot.evaluation_number = $1 order by organization.name collate "C"`,
    [number],
  );
}

interface FoundRepository {
  readonly organizationId: string;
  readonly name: string;
  readonly isPrivate: boolean | null;
}

/** Where it is not there, whether it ever was, and whether the listing could have missed it. */
async function findRepository(
  manager: EntityManager,
  { organizationId, organization, snapshot }: OrganizationSnapshot,
  name: string,
): Promise<FoundRepository | NoAnswer> {
  const [row]: { is_private: unknown; shown: boolean | null; ended_at: Date | null; complete: boolean }[] =
    await manager.query(
      `select trace.data->'isPrivate' as is_private, trace.first_snapshot is not null and (trace.last_snapshot is null or trace.last_snapshot > $3) as shown,
              (select believed_at from sync_run where id = trace.last_snapshot) as ended_at,
              exists (select from dataset_reading
                       where run_id = $3 and dataset = 'repositories' and status = 'complete') as complete
         from (select 1) as one
         left join lateral (
           select data, last_snapshot, first_snapshot from observation
            where organization_id = $1 and dataset = 'repositories' and key = $2 and first_snapshot <= $3
            order by first_snapshot desc limit 1) as trace on true`,
      [organizationId, name, snapshot],
    );
  const label = `${organization}/${name}`;
  if (row?.ended_at instanceof Date && row.shown !== true) {
    const day = row.ended_at.toISOString().slice(0, 16).replace('T', ' ');
    return notThere(`There is no repository ${label} any more: the reading of ${day} UTC no longer had it.`);
  }
  if (row?.shown !== true) {
    const doubt =
      row?.complete === true ? '.' : ', but the listing of repositories is incomplete, so there may be one.';
    return notThere(`There is no repository ${label}${doubt}`);
  }
  return { organizationId, name, isPrivate: typeof row.is_private === 'boolean' ? row.is_private : null };
}

async function findAccountKeys(
  manager: EntityManager,
  snapshots: readonly OrganizationSnapshot[],
  name: string,
): Promise<AccountKey[]> {
  return manager.query(
    `select distinct observation.organization_id as "organizationId",
            case observation.dataset when 'members' then observation.key else observation.data->>'member' end as key
       from jsonb_to_recordset($1) as asked("organizationId" bigint, snapshot bigint)
       join observation on observation.organization_id = asked."organizationId"
        and observation.dataset in ('members', 'team_members') and observation.first_snapshot <= asked.snapshot
        and (observation.last_snapshot is null or observation.last_snapshot > asked.snapshot)
      where translate(trim(observation.data->>'username'), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = $2
         or case observation.dataset when 'members' then observation.key else observation.data->>'member' end = $3
      order by 1, 2`,
    [JSON.stringify(snapshots), foldUsername(name), name],
  );
}

/** Null: neither the roster of the evaluation nor a link has such a person. */
async function findPersonsAccounts(
  manager: EntityManager,
  { number, until, known }: View,
  id: string,
): Promise<{ readonly accounts: readonly AccountKey[]; readonly ambiguous: Asked['ambiguous'] } | null> {
  const [row]: { known: boolean; accounts: AccountKey[]; ambiguous: Asked['ambiguous'] }[] = await manager.query(
    `with ${linksAsKnown('$4')},
     asked as materialized (
       select coalesce((select person from former_id where employee_id = $3), $3) as person),
     own as (
       select owned.organization_id, owned.subject_key
         from owned where owned.subject_kind = 'account' and owned.person = (select person from asked))
     select exists (select from roster_person where employee_id = (select person from asked)) or exists (select from own) as known,
            (select coalesce(jsonb_agg(jsonb_build_object('organizationId', organization_id::text, 'key', subject_key)
                                       order by organization_id, subject_key), '[]') from own) as accounts,
            (select coalesce(jsonb_agg(jsonb_build_object('organization', organization.name, 'account', verdict.subject_name)
                                       order by organization.name, verdict.subject_name), '[]')
               from verdict join organization on organization.id = verdict.organization_id
              where verdict.check_id = 'user-identified' and verdict.subject_kind = 'account' and ${verdictThen}
                and verdict.facts->'candidates' ? (select person from asked)) as ambiguous`,
    [number, until, id, known],
  );
  return row?.known === true ? row : null;
}

/** Null: all. */
function both(one: readonly AccountKey[] | null, other: readonly AccountKey[]): readonly AccountKey[] {
  if (one === null) return other;
  return other.filter((account) =>
    one.some(({ organizationId, key }) => organizationId === account.organizationId && key === account.key),
  );
}

function notThere(sentence: string): NoAnswer {
  return { field: null, sentence };
}

function wrong(field: 'repository' | 'organization', sentence: string): NoAnswer {
  return { field, sentence };
}
