import { type Dataset, type SubjectKind, subjectKinds } from '../checks/check.js';
import type { CriticalSystem, HolderFacts, OrganizationFacts } from '../checks/facts.js';
import { belongsTo, Census, matchesRepository } from './census.js';
import { withheld } from './gate.js';
import { holderFacts } from './holder-facts.js';
import type { HolderRow } from './holder-facts.query.js';
import type { HolderExtras } from './holder-extras.js';
import type { EnabledCheck, SubjectJudge } from './judge-subject.js';
import { groupsOf, type JudgedGroup, type Judgement } from './judged-group.js';
import type { JudgedPolicy } from './policy.js';
import type { JudgedSubject } from './subject-source.js';

/** What is told by whoever judges it; the rest is counted while it is judged. */
export type ToldOfOrganization = Omit<
  OrganizationFacts,
  'organization' | 'needed' | 'vocabulary' | 'held' | 'owners' | 'members'
>;

export interface OrganizationUnderJudgement {
  readonly name: string;
  readonly told: ToldOfOrganization;
  readonly repositoryTeams: readonly { readonly repository: string; readonly teams: readonly string[] }[];
  /** What is known of single holders beyond their own rows. */
  readonly extras: HolderExtras;
}

/**
 * Judges the accounts and invites of one organization while they stream by, once, and from what was counted meanwhile its critical
 * systems and the organization itself. Subjects that only an earlier night saw, and checks without any subject, are completed by
 * record.ts, which knows what was judged before.
 */
export class OrganizationJudge {
  private readonly systems: readonly CriticalSystem[];
  private readonly teamsOfSystem: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly censuses: ReadonlyMap<string, Census>;
  private readonly census: Census;
  private readonly ofKind: ReadonlyMap<SubjectKind, readonly EnabledCheck[]>;

  constructor(
    private readonly organization: OrganizationUnderJudgement,
    private readonly policy: JudgedPolicy,
    private readonly judge: SubjectJudge,
  ) {
    this.systems = policy.systemsOf(organization.name);
    this.teamsOfSystem = new Map(this.systems.map((system) => [system.name, this.teamsReaching(system)]));
    this.censuses = new Map(this.systems.map((system) => [system.name, new Census(policy.vocabulary)]));
    this.census = new Census(policy.vocabulary);
    const withoutSource = judge.checks.filter(({ check }) => check.source === undefined);
    this.ofKind = new Map(
      subjectKinds.map((kind) => [kind, withoutSource.filter(({ check }) => check.subjects.includes(kind))]),
    );
  }

  /** `rows`: all of them. Groups of nothing are left out. */
  async *judgeAll(rows: AsyncIterable<HolderRow>): AsyncIterable<JudgedGroup> {
    const { ground } = this.judge;
    const sight = {
      teams: this.isComplete('teams') && this.isComplete('team_members') && this.isComplete('members'),
      scim: this.isComplete('scim_users') || ground.hasNo('scim_users'),
      scimConfigured: !ground.hasNo('scim_users'),
    };
    for await (const row of rows) {
      const facts = this.organization.extras.beside(holderFacts(row, this.organization.name, this.policy, sight));
      const judgements = [...this.judgeRow(row, facts)];
      if (judgements.length > 0) yield { source: '', subject: `${row.kind}/${row.key}`, judgements };
    }
    yield* groupsOf('', this.judgeSystems());
    yield* groupsOf('', this.judgeOrganization());
  }

  private judgeRow(row: HolderRow, facts: HolderFacts): Iterable<Judgement> {
    if (row.presence === 'unverified') return this.withhold(row, facts);
    if (row.presence === 'gone' && row.link === null) return this.follow(facts);
    return this.judgeHolder(facts);
  }

  private *judgeHolder(holder: HolderFacts): Iterable<Judgement> {
    const { vocabulary } = this.policy;
    const subject = subjectOf(holder);
    for (const enabled of this.checksOf(holder.kind)) {
      if (holder.presence === 'gone' && enabled.check.remembers !== true) continue;
      yield this.judge.through(enabled, holder, subject);
    }
    if (holder.kind !== 'account' || holder.presence === 'gone') return;

    this.census.count(holder);
    if (holder.identity.state === 'service_account') {
      const systems = this.systemsOf(holder);
      const facts = { account: holder, declared: holder.identity.declared, vocabulary, systems };
      for (const enabled of this.checksOf('service_account')) {
        yield this.judge.through(enabled, facts, { ...subject, kind: 'service_account' });
      }
    }
    for (const system of this.systemsOf(holder)) {
      if (holder.identity.state !== 'service_account') this.censuses.get(system.name)?.count(holder);
      for (const enabled of this.checksOf('critical_system_account')) {
        yield this.judge.through(enabled, { system, vocabulary, account: holder }, systemSubject(system, holder));
      }
    }
  }

  /** Whose it was has been taken back, which says nothing about whether it is gone: that is proven as of anybody's. */
  private *follow(holder: HolderFacts): Iterable<Judgement> {
    if (isGoneForGood(holder)) return;
    const unknown = withheld({
      reason: 'REMOVAL_UNCONFIRMED',
      message: `${holder.name} is not listed any more, and nobody's; a complete reading has yet to confirm that nothing is left of it.`,
    });
    for (const { check } of this.checksOf(holder.kind)) {
      if (check.remembers === true) yield this.judge.judgement(check.id, subjectOf(holder), unknown);
    }
  }

  /** A listing that is not whole did not show this one, and the last whole one did: nothing can be said about it. */
  private *withhold(row: HolderRow, holder: HolderFacts): Iterable<Judgement> {
    const listing = row.kind === 'account' ? 'members' : 'invites';
    const unknown = withheld({
      reason: 'SOURCE_INCOMPLETE',
      message: `The last complete listing of ${listing} had ${holder.name}; tonight's is not complete and lacks it.`,
    });
    for (const { check } of this.checksOf(holder.kind))
      yield this.judge.judgement(check.id, subjectOf(holder), unknown);
    if (holder.kind !== 'account') return;
    if (holder.identity.state === 'service_account') {
      for (const { check } of this.checksOf('service_account')) {
        yield this.judge.judgement(check.id, { ...subjectOf(holder), kind: 'service_account' }, unknown);
      }
    }
    // Whom a narrowed system had is known from the verdicts of the night before, not from tonight's missing teams.
    for (const system of this.systems.filter(({ repositories }) => repositories === null)) {
      for (const { check } of this.checksOf('critical_system_account')) {
        yield this.judge.judgement(check.id, systemSubject(system, holder), unknown);
      }
    }
  }

  private *judgeSystems(): Iterable<Judgement> {
    for (const system of this.systems) {
      const held = this.censuses.get(system.name)?.heldRoles() ?? [];
      const subject = { kind: 'critical_system', key: system.name, name: system.name, system: null } as const;
      for (const enabled of this.checksOf('critical_system')) {
        yield this.judge.through(enabled, { system, vocabulary: this.policy.vocabulary, held }, subject);
      }
    }
  }

  private *judgeOrganization(): Iterable<Judgement> {
    const { name, told } = this.organization;
    const { checks, ground } = this.judge;
    const needed = new Set<Dataset>();
    for (const { check } of checks) {
      for (const dataset of ground.hubDatasets(check.needs)) needed.add(dataset);
    }
    const facts: OrganizationFacts = {
      ...told,
      organization: name,
      needed: [...needed],
      vocabulary: this.policy.vocabulary,
      held: this.census.heldRoles(),
      owners: this.census.owners(),
      members: this.census.members,
    };
    const subject = { kind: 'organization', key: name, name, system: null } as const;
    for (const enabled of this.checksOf('organization')) {
      const unlisted = this.census.members === 0 ? ground.unmet(enabled.check.population) : null;
      yield unlisted === null
        ? this.judge.through(enabled, facts, subject)
        : this.judge.judgement(enabled.check.id, subject, withheld(unlisted));
    }
  }

  private checksOf(kind: SubjectKind): readonly EnabledCheck[] {
    return this.ofKind.get(kind) ?? [];
  }

  private systemsOf(holder: HolderFacts): CriticalSystem[] {
    return this.systems.filter((system) =>
      belongsTo(system, holder, this.teamsOfSystem.get(system.name) ?? new Set(), this.policy.vocabulary),
    );
  }

  private teamsReaching(system: CriticalSystem): ReadonlySet<string> {
    const patterns = system.repositories ?? [];
    return new Set(
      this.organization.repositoryTeams
        .filter(({ repository }) => matchesRepository(patterns, repository))
        .flatMap(({ teams }) => teams.map((team) => team.toLowerCase())),
    );
  }

  private isComplete(dataset: Dataset): boolean {
    return this.organization.told.datasets.some(({ name, status }) => name === dataset && status === 'complete');
  }
}

/** Two readings agree, and no dataset shows a trace. Of an invite, nothing is left once it is gone. */
function isGoneForGood({ kind, removalConfirmed, teams, scimActive }: HolderFacts): boolean {
  const isInactive = kind === 'invite' || scimActive === null || scimActive === false;
  return removalConfirmed && (teams ?? []).length === 0 && isInactive;
}

function subjectOf(holder: HolderFacts): JudgedSubject {
  return { kind: holder.kind, key: holder.id, name: holder.name, system: null };
}

function systemSubject(system: CriticalSystem, holder: HolderFacts): JudgedSubject {
  return {
    kind: 'critical_system_account',
    key: `${system.name}/${holder.id}`,
    name: holder.name,
    system: system.name,
  };
}
