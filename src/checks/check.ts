/** ISO 8601 in UTC, for example `2026-11-21T02:00:00.000Z`. Compares as text. */
export type Instant = string;
/** A calendar day without a zone, `YYYY-MM-DD`. Compares as text. */
export type Day = string;
/** `24h`, `3d`, `90m`; see duration.ts for the grammar. */
export type Duration = string;

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

export const subjectKinds = [
  'account',
  'invite',
  'service_account',
  'critical_system',
  'critical_system_account',
  'team',
  'repository',
  'token',
  'organization',
  'roster',
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

export const datasets = [
  'members',
  'invites',
  'teams',
  'team_members',
  'repositories',
  'repository_teams',
  'tokens',
  'image_access',
  'registry_access',
  'audit_log',
  'scim_users',
  'roster',
] as const;
export type Dataset = (typeof datasets)[number];

/**
 * What has to be complete and fresh before anything of an organization may pass.
 * `configured`: only where the organization has it at all (SCIM is a second opinion, not every company buys it).
 * `narrowed`: only where a critical system of the organization is narrowed to repositories.
 */
export type Need = Dataset | { readonly dataset: Dataset; readonly when: 'configured' | 'narrowed' };

/** Upper-case code that never changes once published; the message is for people and may. */
export type Reason = string;
/** What stands in `facts` of the report: JSON that explains the verdict, free of secrets. */
export type Evidence = { readonly [name: string]: unknown };

export type Verdict =
  | { readonly outcome: 'pass'; readonly because: Reason; readonly message: string; readonly facts?: Evidence }
  | {
      readonly outcome: 'not_applicable';
      readonly because: Reason;
      readonly message: string;
      readonly facts?: Evidence;
    }
  | {
      readonly outcome: 'fail';
      readonly reason: Reason;
      readonly message: string;
      readonly facts: Evidence;
      /**
       * Datasets in which this failure claims that something is missing. A witness needs none; "nobody in the roster has
       * this address" holds only where the roster is whole, so the engine turns it into `unknown` where it is not.
       */
      readonly absentFrom?: readonly Dataset[];
      /** The SLA's clock starts here instead of at first sight: somebody who left a month ago is overdue tonight. */
      readonly dueFrom?: Instant;
    }
  | { readonly outcome: 'unknown'; readonly reason: Reason; readonly message: string; readonly facts?: Evidence };

/** A requirement of a published framework that the check gives evidence for, for example SOC 2 CC6.2. */
export interface Control {
  readonly framework:
    'SOC 2' | 'ISO 27001:2022' | 'PCI DSS 4.0' | 'HIPAA' | 'SOX' | 'NIST 800-53' | 'CIS Software Supply Chain';
  readonly id: string;
}

/** The part of every check's policy that the engine itself reads. Subclasses add the thresholds of one check. */
export type PolicyClass<Policy extends object> = new () => Policy;

/**
 * An exception that two people made for this very check and subject, and that stands at the run's clock: neither expired, nor
 * void, nor taken back. A check about a change may take one for its approval, if it was made in time.
 */
export interface Approval {
  readonly id: string;
  /** In the words of whoever asked; a hand-over says `handover`, alone or before a colon. */
  readonly reason: string;
  readonly requestedBy: string;
  readonly approvedBy: string;
  readonly approvedAt: Instant;
  readonly expiresAt: Instant;
}

/** What somebody vouches for because no source shows it. The newest one for a check and organization, expired or not. */
export interface Attestation {
  readonly id: string;
  /** Whether it is as the check's title says. */
  readonly answer: 'yes' | 'no';
  readonly statement: string;
  readonly attestedBy: string;
  readonly attestedAt: Instant;
  readonly expiresAt: Instant;
}

export interface Given<Policy extends object = object> {
  readonly policy: Policy;
  readonly now: Instant;
  /**
   * The checks that judge in this run and their policies, by id, for those that leave a cause to another one; undefined: all of
   * them, as they come.
   */
  readonly enabled?: ReadonlyMap<string, object>;
  /** Newest first; absent: there is none. */
  readonly approvals?: readonly Approval[];
  /** Absent: nobody ever vouched. */
  readonly attestation?: Attestation;
}

/**
 * One rule. Sees one subject's facts, the policy and the clock, and nothing else, so that it can be replayed years later.
 * `judge` is pure and total over facts whose every optional field is `undefined`; where it meets one that it needs, it
 * answers `unknown`. It need not look at completeness: the engine withholds every pass that rests on data which is
 * missing, partial, stale or quarantined.
 */
export interface Check<Facts, Policy extends object = object> {
  /** The file's name without `.check.ts`; states the good case; never changes. */
  readonly id: string;
  /** The good case as a sentence. */
  readonly title: string;
  readonly subjects: readonly SubjectKind[];
  /**
   * Where its subjects and their facts come from, if not from where subjects of that kind usually do: the name of one of the
   * sources in findings/subject-sources.ts.
   */
  readonly source?: string;
  /** The listings that the subjects come from. No subjects is `not_applicable` only if all of these are complete. */
  readonly population: readonly Dataset[];
  readonly needs: readonly Need[];
  /** Also judges accounts and invites that are gone, for as long as their link stands or their finding is open. */
  readonly remembers?: true;
  readonly severity: Severity;
  readonly sla: Duration;
  /** The risk, one sentence. */
  readonly why: string;
  /** What the owner does about it, one sentence. */
  readonly remedy: string;
  readonly controls: readonly Control[];
  /** No source shows all that it judges; somebody may vouch for the rest of an organization, for a while. */
  readonly attestable?: true;
  /** Says that the data is untrustworthy, not that somebody's access is wrong: its failure is exit status 3, not 1. */
  readonly dataTrust?: true;
  /** Thresholds with defaults, validated with class-validator. */
  readonly policy: PolicyClass<Policy>;
  judge(facts: Facts, given: Given<Policy>): Verdict;
}
