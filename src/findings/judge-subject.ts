import type { Check, Instant } from '../checks/check.js';
import type { StandingDecisions } from './decisions.query.js';
import { judgeThroughGate, type Gated } from './gate.js';
import type { Ground } from './ground.js';
import type { Judgement } from './judged-group.js';
import type { JudgedSubject } from './subject-source.js';

/** A check that is switched on, with the policy that it is judged under. */
export interface EnabledCheck {
  readonly check: Check<never>;
  readonly policy: object;
}

/** Judges single subjects of one organization. */
export class SubjectJudge {
  private readonly enabled: ReadonlyMap<string, object>;

  constructor(
    private readonly organizationId: string,
    readonly checks: readonly EnabledCheck[],
    readonly ground: Ground,
    private readonly decisions: StandingDecisions,
    private readonly now: Instant,
  ) {
    this.enabled = new Map(checks.map(({ check, policy }) => [check.id, policy]));
  }

  /** The catalogue hands each check the facts of the subjects that it names, which the type of a list cannot say. */
  through(enabled: EnabledCheck, facts: unknown, subject: JudgedSubject): Judgement {
    const given = {
      policy: enabled.policy,
      now: this.now,
      enabled: this.enabled,
      ...this.decisions.about(enabled.check.id, subject),
    };
    return this.judgement(
      enabled.check.id,
      subject,
      judgeThroughGate(enabled.check as Check<unknown>, facts, given, this.ground),
    );
  }

  judgement(check: string, subject: JudgedSubject, gated: Gated): Judgement {
    return { check, organizationId: this.organizationId, subject, ...gated };
  }
}
