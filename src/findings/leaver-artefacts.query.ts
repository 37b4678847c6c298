import type { QueryRunner } from 'typeorm';
import { folded } from '../checks/compare.js';
import type { NamedPerson, PersonFacts } from '../checks/facts.js';
import type { Artefact, LeaverArtefactsFacts } from '../checks/leaver-facts.js';
import { foldUsername } from '../config/username.js';
import { streamRows } from '../database/rows.js';
import { hasExpired, ownedServiceAccounts, tokensWereRead } from './duties.query.js';
import { decodePerson, mayBeGone, mayHaveLeft, type PersonRow } from './people.query.js';
import type { SourceInput, SubjectSource } from './subject-source.js';

interface AccountRow {
  readonly key: string;
  readonly username: string | null;
  readonly person: PersonRow;
  /** The first of the person's accounts here, which answers for what is theirs without being the account's. */
  readonly first: boolean;
  readonly tokens:
    readonly { id: string; name: string | null; active?: boolean | null; expires?: string | null }[] | null;
  readonly invites: readonly { id: string; name: string | null }[] | null;
}

/**
 * $1 organization, $2 snapshot, $3 clock. Accounts of people who have left, or of whom HR leaves that open, whether or not the
 * accounts are still there, with what goes by their usernames.
 */
const sql = `
with leaver as materialized (
  select link.subject_key as key, person.employee_id, person.data->>'fullName' as full_name,
         employment_at(person.data, $3) as employment
    from link
    join person on person.employee_id = link.employee_id and person.last_roster is null
   where link.organization_id = $1 and link.subject_kind = 'account' and link.ended_at is null
     and ${mayHaveLeft}
), account as materialized (
  select leaver.*, last.username,
         row_number() over (partition by leaver.employee_id order by leaver.key) = 1 as first
    from leaver
    join lateral (
      select observation.data->>'username' as username
        from observation
       where observation.organization_id = $1 and observation.dataset = 'members' and observation.key = leaver.key
         and observation.first_snapshot <= $2
       order by observation.first_snapshot desc limit 1) as last on true
), shown as materialized (
  select observation.dataset, observation.key, observation.data,
         lower(observation.data->>(case observation.dataset when 'tokens' then 'createdBy' else 'inviter' end)) as author
    from observation
   where observation.organization_id = $1 and observation.dataset in ('tokens', 'invites')
     and observation.first_snapshot <= $2 and (observation.last_snapshot is null or observation.last_snapshot > $2)
     and not exists (select from unverified where unverified.snapshot = $2 and unverified.observation_id = observation.id)
), made as (
  select author,
         jsonb_agg(jsonb_build_object('id', key, 'name', data->>'label', 'expires', data->'expiresAt')
                   || case when data ? 'isActive' then jsonb_build_object('active', data->'isActive') else '{}' end
                   order by key) filter (where dataset = 'tokens' and data->'isActive' is distinct from 'false') as tokens,
         jsonb_agg(jsonb_build_object('id', key, 'name', data->>'invitee') order by key)
           filter (where dataset = 'invites') as invites
    from shown
   group by author
)
select account.key, account.username, account.first, made.tokens, made.invites,
       jsonb_build_object('employee_id', account.employee_id, 'full_name', account.full_name,
                          'employment', account.employment) as person
  from account left join made on made.author = lower(account.username)
 order by account.key`;

/**
 * What stands in the name of leavers: each of their accounts, gone or not, and the organization for those who left without
 * having one.
 */
export const leaverArtefactSource: SubjectSource = {
  name: 'leaver-artefacts',
  async *subjects(runner, about) {
    const { organizationId, organization, snapshot, now } = about;
    const owned = await ownedBy(runner, about);
    const unread = (await tokensWereRead(runner.manager, { id: organizationId, snapshot }, now))
      ? []
      : ['tokens' as const];
    const withAccount = new Set<string>();
    for await (const row of streamRows<AccountRow>(runner, sql, [organizationId, snapshot, now])) {
      const person = decodePerson(row.person);
      withAccount.add(folded(person.id));
      const artefacts = [
        ...artefactsOf(row, now),
        ...(row.first ? (owned.get(folded(person.id))?.artefacts ?? []) : []),
      ];
      const name = row.username ?? row.key;
      const facts: LeaverArtefactsFacts = {
        organization,
        account: name,
        leavers: [{ person, artefacts }],
        unnamed: [],
        unread,
      };
      yield { subject: { kind: 'account', key: row.key, name, system: null }, facts };
    }
    const leavers = [...owned].flatMap(([id, { person, artefacts }]) =>
      person !== null && mayBeGone(person) && !withAccount.has(id) ? [{ person, artefacts }] : [],
    );
    const facts: LeaverArtefactsFacts = {
      organization,
      account: null,
      leavers,
      unnamed: unnamedApprovers(about),
      unread,
    };
    yield { subject: { kind: 'organization', key: organizationId, name: organization, system: null }, facts };
  },
};

function artefactsOf({ tokens, invites }: AccountRow, now: string): Artefact[] {
  const live = (tokens ?? []).filter(({ expires }) => !hasExpired(expires, now));
  return [
    ...live.map((token): Artefact => ({
      kind: 'token',
      id: token.id,
      name: token.name ?? token.id,
      ...(token.active !== undefined && { isActive: token.active }),
    })),
    ...(invites ?? []).map(({ id, name }): Artefact => ({ kind: 'invite', id, name: name ?? id })),
  ];
}

interface Owned {
  readonly person: PersonFacts | null;
  readonly artefacts: readonly Artefact[];
}

/** What the configuration and the exceptions that stand say is somebody's, by their employee ids. */
async function ownedBy(runner: QueryRunner, about: SourceInput): Promise<ReadonlyMap<string, Owned>> {
  const { organizationId, organization, snapshot, policy, exceptions } = about;
  const owned = new Map<string, Owned>();
  const add = (owner: NamedPerson | null | undefined, artefact: Artefact): void => {
    if (owner === null || owner === undefined) return;
    const id = folded(owner.id);
    owned.set(id, { person: owner.person, artefacts: [...(owned.get(id)?.artefacts ?? []), artefact] });
  };
  const machines = await ownedServiceAccounts(runner.manager, {
    organization: { id: organizationId, snapshot },
    policy,
  });
  for (const { name } of machines) {
    add(policy.serviceAccounts.get(foldUsername(name))?.owner, { kind: 'service_account', id: name, name });
  }
  for (const { name, owner } of policy.systemsOf(organization)) {
    add(owner, { kind: 'critical_system', id: name, name });
  }
  for (const { id, approvedBy } of exceptions) {
    add(policy.callers.get(folded(approvedBy)), { kind: 'exception', id, name: id });
  }
  return owned;
}

function unnamedApprovers({ exceptions, policy }: SourceInput): LeaverArtefactsFacts['unnamed'] {
  const nameless = exceptions.map(({ approvedBy }) => approvedBy).filter((name) => !policy.callers.has(folded(name)));
  return [...new Set(nameless)].toSorted().map((approver) => ({
    approver,
    exceptions: nameless.filter((name) => name === approver).length,
  }));
}
