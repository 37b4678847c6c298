import type { QueryRunner } from 'typeorm';
import type { Identity, NamedPerson } from '../checks/facts.js';
import type { CriticalWriteFacts, Writer } from '../checks/repository-facts.js';
import { foldUsername } from '../config/username.js';
import { streamRows } from '../database/rows.js';
import { accessGaps } from './access-gaps.query.js';
import { accessScopes, type AccessScope } from './access-scope.query.js';
import { CriticalPatterns } from './critical-patterns.js';
import { accessRules, permissionAt } from './effective-access.query.js';
import { decodePerson, type PersonRow } from './people.query.js';
import type { JudgedPolicy } from './policy.js';
import type { SourceInput, SubjectSource } from './subject-source.js';

/** The critical repositories that a snapshot shows, and who can push to each, by the rule for effective access. */
export const criticalWriterSource: SubjectSource = {
  name: 'critical-repository-writers',
  async *subjects(runner, about) {
    const { organization, policy } = about;
    const critical = CriticalPatterns.of(policy, organization);
    if (critical.isEmpty) return;
    const scopes = await accessScopes(runner.manager, [about], policy.vocabulary);
    const everywhere = await organizationDoubts(runner, scopes);
    const writers = await readWriters(runner, scopes, about, critical);
    for await (const row of streamRows<Row>(runner, repositorySql, [JSON.stringify(scopes), critical.likes])) {
      const facts: CriticalWriteFacts = {
        organization,
        name: row.name,
        systems: critical.systemsOf(row.name),
        teams: row.teams.map(({ name, rank }) => ({ name, permission: permissionAt(rank) })),
        writers: writersOf(writers, row.teams),
        doubts: [...everywhere, ...doubtsOf(row)],
      };
      yield { subject: { kind: 'repository', key: row.name, name: row.name, system: null }, facts };
    }
  },
};

interface Row {
  readonly name: string;
  readonly teams: readonly { readonly team: string; readonly name: string; readonly rank: number }[];
  /** Permissions of which Docker Hub did not say the team or the name. */
  readonly unsaid: number;
  readonly strange: readonly string[];
}

/** $1 the scopes, $2 patterns. Only what tonight's listings show: a failure needs a witness. */
const repositorySql = `
  with ${accessRules}
  select repository.name,
         coalesce(jsonb_agg(jsonb_build_object('team', granted.team, 'name', granted.spelled, 'rank', granted.rank)
                            order by granted.team) filter (where granted.rank >= 2 and granted.team is not null), '[]') as teams,
         (count(*) filter (where granted.repository is not null and (granted.team is null or granted.said is null)))::integer as unsaid,
         coalesce(array_agg(distinct granted.said) filter (where granted.said is not null and granted.rank is null), '{}') as strange
    from repository
    left join granted on granted.repository = repository.name and granted.verified
   where repository.verified and repository.name like any ($2::text[])
   group by repository.name
   order by repository.name`;

interface WriterRow {
  readonly account: string;
  readonly by_role: boolean;
  readonly teams: readonly string[];
  /** Of what Docker Hub says of a member; null: none of these. */
  readonly said: Readonly<Partial<Record<'username' | 'email' | 'isGuest', unknown>>> | null;
  readonly employee_id: string | null;
  readonly source: string | null;
  readonly linked_at: Date | null;
  readonly person: PersonRow | null;
}

/** $1 the scopes, $2 organization, $3 clock, $4 patterns. */
const writerSql = `
  with ${accessRules},
  pushing as materialized (
    select distinct granted.team
      from granted join repository on repository.name = granted.repository
     where granted.verified and repository.verified and granted.rank >= 2 and repository.name like any ($4::text[])),
  writing as (
    select member, bool_or(by_role) as by_role, coalesce(array_agg(distinct team) filter (where team is not null), '{}') as teams
      from (select member, true as by_role, null as team from held where verified
            union all
            select membership.member, false, membership.team
              from membership join pushing on pushing.team = membership.team where membership.verified) as way
     group by member)
  select account.name as account, writing.by_role, writing.teams,
         (select jsonb_object_agg(said.key, said.value) from jsonb_each(shown.data) as said
           where said.key in ('username', 'email', 'isGuest')) as said, link.employee_id, link.source, link.linked_at,
         case when person.id is not null
              then jsonb_build_object('employee_id', person.employee_id, 'full_name', person.data->>'fullName',
                                      'employment', employment_at(person.data, $3)) end as person
    from writing
    join account on account.key = writing.member
    left join shown on shown.dataset = 'members' and shown.key = writing.member
    left join link on link.organization_id = $2 and link.subject_kind = 'account' and link.subject_key = writing.member
     and link.ended_at is null
    left join person on person.last_roster is null and person.employee_id = link.employee_id
   order by lower(account.name) collate "C", writing.member collate "C"`;

interface KnownWriter {
  readonly writer: Omit<Writer, 'teams'>;
  /** In lower case: those that can push to any of the critical repositories. */
  readonly teams: ReadonlySet<string>;
}

async function readWriters(
  runner: QueryRunner,
  scopes: readonly AccessScope[],
  { organizationId, now, policy }: SourceInput,
  critical: CriticalPatterns,
): Promise<KnownWriter[]> {
  const parameters = [JSON.stringify(scopes), organizationId, now, critical.likes];
  const writers: KnownWriter[] = [];
  // One by one: a large organization has thousands of editors, and their rows take five times what is kept of them.
  for await (const row of streamRows<WriterRow>(runner, writerSql, parameters)) {
    const isGuest = row.said?.isGuest;
    writers.push({
      writer: {
        account: row.account,
        byRole: row.by_role,
        identity: identityOf(row, policy),
        ...((isGuest === null || typeof isGuest === 'boolean') && { isGuest }),
      },
      teams: row.teams.length === 0 ? noTeams : new Set(row.teams),
    });
  }
  return writers;
}

const noTeams: ReadonlySet<string> = new Set();

function writersOf(writers: readonly KnownWriter[], teams: Row['teams']): Writer[] {
  return writers.flatMap(({ writer, teams: own }) => {
    const through = teams.filter(({ team }) => own.has(team)).map(({ name }) => name);
    return writer.byRole || through.length > 0 ? [{ ...writer, teams: through }] : [];
  });
}

function identityOf(row: WriterRow, policy: JudgedPolicy): Identity {
  const { employee_id: id, person, source, linked_at: since } = row;
  if (id !== null && source !== null && since !== null) {
    const named: NamedPerson = { id, person: person === null ? null : decodePerson(person) };
    return { state: 'linked', person: named, source, since: since.toISOString() };
  }
  const username = row.said?.username;
  const declared = typeof username === 'string' ? policy.serviceAccounts.get(foldUsername(username)) : undefined;
  if (declared !== undefined) return { state: 'service_account', declared };
  return {
    state: 'unlinked',
    suggestions: [],
    hidden: ['username', 'email'].filter((key) => !(key in (row.said ?? {}))),
  };
}

type Doubts = NonNullable<CriticalWriteFacts['doubts']>;

/** Roles that are unsaid or unranked: whoever has one may push to every repository. */
async function organizationDoubts(runner: QueryRunner, scopes: readonly AccessScope[]): Promise<Doubts> {
  const gaps = await accessGaps(runner.manager, scopes, { repository: null, accounts: null });
  return gaps
    .filter(({ dataset, about }) => about.length > 0 && (dataset === 'members' || dataset === 'teams'))
    .map(({ reason, message }) => ({ reason, message }));
}

function doubtsOf({ unsaid, strange }: Row): Doubts {
  return [
    ...(unsaid > 0
      ? [{ reason: 'FIELD_NOT_EXPOSED', message: 'Docker Hub did not say which team holds which permission on it.' }]
      : []),
    ...strange.map((word) => ({
      reason: 'UNRECOGNISED_VALUE',
      message: `A team holds the permission "${word}" on it, a word that is not known here.`,
    })),
  ];
}
