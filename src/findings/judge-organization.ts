import type { QueryRunner } from 'typeorm';
import { type Check, type Dataset, type Instant, type SubjectKind, subjectKinds } from '../checks/check.js';
import type { CriticalSystem, HolderFacts, OrganizationFacts } from '../checks/facts.js';
import { belongsTo, Census, matchesRepository } from './census.js';
import type { StandingDecisions } from './decisions.query.js';
import { judgeThroughGate, withheld, type Gated } from './gate.js';
import { Ground, type RosterGround } from './ground.js';
import { holderFacts } from './holder-facts.js';
import { streamHolders, type HolderRow } from './holder-facts.query.js';
import type { HolderExtras } from './holder-extras.js';
import { groupsOf, type JudgedGroup, type Judgement } from './judged-group.js';
import type { JudgedPolicy } from './policy.js';
import type { JudgedSubject } from './subject-source.js';
import { subjectSources } from './subject-sources.js';

/** A check that is switched on, with the policy that it is judged under. */
export interface EnabledCheck {
  readonly check: Check<never>;
  readonly policy: object;
}

/** What is told by whoever judges it; the rest is counted while it is judged. */
type ToldOfOrganization = Omit<
  OrganizationFacts,
  'organization' | 'needed' | 'vocabulary' | 'held' | 'owners' | 'members'
>;

export interface OrganizationUnderJudgement {
  readonly id: string;
  readonly name: string;
  readonly snapshot: string;
  readonly told: ToldOfOrganization;
  readonly repositoryTeams: readonly { readonly repository: string; readonly teams: readonly string[] }[];
  /** What is known of single holders beyond their own rows. */
  readonly extras: HolderExtras;
  readonly decisions: StandingDecisions;
}

/**
 * Judges every subject of one organization while its accounts and invites stream by, once. Subjects that only an earlier
 * night saw, and checks without any subject, are completed by record.ts, which knows what was judged before.
 */
export class OrganizationJudge {
  readonly ground: Ground;
  private readonly systems: readonly CriticalSystem[];
  private readonly teamsOfSystem: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly censuses: ReadonlyMap<string, Census>;
  private readonly census: Census;
  private readonly enabled: ReadonlyMap<string, object>;
  private readonly ofKind: ReadonlyMap<SubjectKind, readonly EnabledCheck[]>;

  constructor(
    private readonly organization: OrganizationUnderJudgement,
    private readonly checks: readonly EnabledCheck[],
    private readonly policy: JudgedPolicy,
    roster: RosterGround,
    private readonly now: Instant,
  ) {
    this.systems = policy.systemsOf(organization.name);
    const narrowed = this.systems.some((system) => system.repositories !== null);
    this.ground = new Ground(organization.told.datasets, roster, narrowed, now);
    this.teamsOfSystem = new Map(this.systems.map((system) => [system.name, this.teamsReaching(system)]));
    this.censuses = new Map(this.systems.map((system) => [system.name, new Census(policy.vocabulary)]));
    this.census = new Census(policy.vocabulary);
    this.enabled = new Map(checks.map(({ check, policy: own }) => [check.id, own]));
    const withoutSource = checks.filter(({ check }) => check.source === undefined);
    this.ofKind = new Map(
      subjectKinds.map((kind) => [kind, withoutSource.filter(({ check }) => check.subjects.includes(kind))]),
    );
  }

  /**
   * In the order in which the queries have them. Groups of nothing are left out. `ahead`: the connection serves nothing else
   * meanwhile.
   */
  async *judge(runner: QueryRunner, reading: { readonly ahead: boolean }): AsyncIterable<JudgedGroup> {
    const sight = {
      teams: this.isComplete('teams') && this.isComplete('team_members') && this.isComplete('members'),
      scim: this.isComplete('scim_users') || this.ground.hasNo('scim_users'),
      scimConfigured: !this.ground.hasNo('scim_users'),
    };
    const { id: organizationId, snapshot } = this.organization;
    const at = { organizationId, snapshot, now: this.now };
    const following = this.checks.filter(({ check }) => check.remembers === true).map(({ check }) => check.id);
    for await (const row of streamHolders(runner, at, this.policy.sameAddress, following, reading)) {
      const facts = this.organization.extras.beside(holderFacts(row, this.organization.name, this.policy, sight));
      const judgements = [...this.judgeRow(row, facts)];
      if (judgements.length > 0) yield { source: '', subject: `${row.kind}/${row.key}`, judgements };
    }
    yield* groupsOf('', this.judgeSystems());
    yield* this.judgeSources(runner);
    yield* groupsOf('', this.judgeOrganization());
  }

  private judgeRow(row: HolderRow, facts: HolderFacts): Iterable<Judgement> {
    if (row.presence === 'unverified') return this.withhold(row, facts);
    if (row.presence === 'gone' && row.link === null) return this.follow(facts);
    return this.judgeHolder(facts);
  }

  /** Teams, repositories, tokens, and whatever else a check asks for by name. */
  private async *judgeSources(runner: QueryRunner): AsyncIterable<JudgedGroup> {
    const { id, name, snapshot, decisions } = this.organization;
    const about = {
      organizationId: id,
      organization: name,
      snapshot,
      now: this.now,
      policy: this.policy,
      exceptions: decisions.decided(),
    };
    for (const source of subjectSources) {
      const asking = this.checks.filter(({ check }) => check.source === source.name);
      if (asking.length === 0) continue;
      for await (const { subject, facts } of source.subjects(runner, about)) {
        yield* groupsOf(
          source.name,
          asking
            .filter(({ check }) => check.subjects.includes(subject.kind))
            .map((enabled) => this.through(enabled, facts, subject)),
        );
      }
    }
  }

  private *judgeHolder(holder: HolderFacts): Iterable<Judgement> {
    const { vocabulary } = this.policy;
    const subject = subjectOf(holder);
    for (const enabled of this.checksOf(holder.kind)) {
      if (holder.presence === 'gone' && enabled.check.remembers !== true) continue;
      yield this.through(enabled, holder, subject);
    }
    if (holder.kind !== 'account' || holder.presence === 'gone') return;

    this.census.count(holder);
    if (holder.identity.state === 'service_account') {
      const systems = this.systemsOf(holder);
      const facts = { account: holder, declared: holder.identity.declared, vocabulary, systems };
      for (const enabled of this.checksOf('service_account')) {
        yield this.through(enabled, facts, { ...subject, kind: 'service_account' });
      }
    }
    for (const system of this.systemsOf(holder)) {
      if (holder.identity.state !== 'service_account') this.censuses.get(system.name)?.count(holder);
      for (const enabled of this.checksOf('critical_system_account')) {
        yield this.through(enabled, { system, vocabulary, account: holder }, systemSubject(system, holder));
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
      if (check.remembers === true) yield this.judgement(check.id, subjectOf(holder), unknown);
    }
  }

  /** A listing that is not whole did not show this one, and the last whole one did: nothing can be said about it. */
  private *withhold(row: HolderRow, holder: HolderFacts): Iterable<Judgement> {
    const listing = row.kind === 'account' ? 'members' : 'invites';
    const unknown = withheld({
      reason: 'SOURCE_INCOMPLETE',
      message: `The last complete listing of ${listing} had ${holder.name}; tonight's is not complete and lacks it.`,
    });
    for (const { check } of this.checksOf(holder.kind)) yield this.judgement(check.id, subjectOf(holder), unknown);
    if (holder.kind !== 'account') return;
    if (holder.identity.state === 'service_account') {
      for (const { check } of this.checksOf('service_account')) {
        yield this.judgement(check.id, { ...subjectOf(holder), kind: 'service_account' }, unknown);
      }
    }
    // Whom a narrowed system had is known from the verdicts of the night before, not from tonight's missing teams.
    for (const system of this.systems.filter(({ repositories }) => repositories === null)) {
      for (const { check } of this.checksOf('critical_system_account')) {
        yield this.judgement(check.id, systemSubject(system, holder), unknown);
      }
    }
  }

  private *judgeSystems(): Iterable<Judgement> {
    for (const system of this.systems) {
      const held = this.censuses.get(system.name)?.heldRoles() ?? [];
      const subject = { kind: 'critical_system', key: system.name, name: system.name, system: null } as const;
      for (const enabled of this.checksOf('critical_system')) {
        yield this.through(enabled, { system, vocabulary: this.policy.vocabulary, held }, subject);
      }
    }
  }

  private *judgeOrganization(): Iterable<Judgement> {
    const { id, name, told } = this.organization;
    const needed = new Set<Dataset>();
    for (const { check } of this.checks) {
      for (const dataset of this.ground.hubDatasets(check.needs)) needed.add(dataset);
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
    const subject = { kind: 'organization', key: id, name, system: null } as const;
    for (const enabled of this.checksOf('organization')) {
      const unlisted = this.census.members === 0 ? this.ground.unmet(enabled.check.population) : null;
      yield unlisted === null
        ? this.through(enabled, facts, { ...subject, key: name })
        : this.judgement(enabled.check.id, { ...subject, key: name }, withheld(unlisted));
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

  /** The catalogue hands each check the facts of the subjects that it names, which the type of a list cannot say. */
  private through(enabled: EnabledCheck, facts: unknown, subject: JudgedSubject): Judgement {
    const { decisions } = this.organization;
    const given = {
      policy: enabled.policy,
      now: this.now,
      enabled: this.enabled,
      ...decisions.about(enabled.check.id, subject),
    };
    return this.judgement(
      enabled.check.id,
      subject,
      judgeThroughGate(enabled.check as Check<unknown>, facts, given, this.ground),
    );
  }

  private judgement(check: string, subject: JudgedSubject, gated: Gated): Judgement {
    return { check, organizationId: this.organization.id, subject, ...gated };
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
