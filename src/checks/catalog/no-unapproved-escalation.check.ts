import { approvalFacts, approvalOfChange } from '../approvals.js';
import type { Evidence, Given, Instant, Verdict } from '../check.js';
import { minuteOf } from '../compare.js';
import { iso27001, nist, pci, soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { HolderFacts } from '../facts.js';
import { goneReasons, goneVerdict } from '../holders.js';
import type { GrantedRole } from '../privilege-facts.js';
import { compareRoles, stepsUp, unseenRises, type Rise } from '../role-rises.js';
import { describeDoubt, describeHeld, effectiveRole } from '../roles.js';
import { DurationText, millisecondsOf } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { subjectOf } from '../wording.js';

export class EscalationPolicy {
  @DurationText()
  window = '90d';
}

export const noUnapprovedEscalation: DocumentedCheck<HolderFacts, EscalationPolicy> = {
  id: 'no-unapproved-escalation',
  title: 'Every role that rose had an approval when it did, or within three days',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'teams', 'team_members'],
  severity: 'high',
  sla: '24h',
  why: 'Whoever takes over an account, or is bored with asking, first makes it mightier.',
  remedy:
    'Take the role back; or, where it is meant to be, have an exception for this finding approved, which counts as the approval of a change for 72 hours after it and only excuses it from then on.',
  controls: [...soc2('CC6.3'), ...iso27001('A.8.2'), ...pci('10.2.1.5'), ...sox('APD'), ...nist('AC-6(9)')],
  policy: EscalationPolicy,
  settings: {
    window:
      'how long a rise is remembered; a role that was held for longer without anybody’s objection counts as given',
  },
  reasons: {
    pass: {
      NO_RISE: 'no complete reading within `window` showed a lower role',
      CHANGE_APPROVED: 'the role rose, and that was approved before or within 72 hours',
    },
    fail: {
      ROLE_ROSE:
        'an earlier complete reading showed a lower role of the same account, and nobody approved the step in time',
      ROSE_AND_FELL:
        'the audit log shows a role above all that was ever read, given and taken back between two readings, and nobody approved it in time',
    },
    unknown: {
      ...goneReasons.unknown,
      FIRST_RUN_NO_BASELINE: 'there is no earlier complete reading to compare with',
      ROLE_UNKNOWN: 'it holds, or held, a custom role that `roles` does not rank',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say what decides the role, or nobody said what was held before',
    },
    not_applicable: { ...goneReasons.not_applicable },
  },
  judge(account, given) {
    const gone = goneVerdict(account);
    if (gone !== null) return gone;
    const { roleHistory: history, vocabulary = {} } = account;
    const subject = subjectOf(account);
    if (history === undefined) {
      return unknown('FIELD_NOT_EXPOSED', `Nobody said what ${subject} held before.`);
    }
    if (history.since === null) {
      return unknown(
        'FIRST_RUN_NO_BASELINE',
        `There is no earlier complete reading with which the role of ${subject} could be compared.`,
      );
    }
    const tonight = effectiveRole(account, vocabulary, new Set());
    const sinceMs = Date.parse(given.now) - millisecondsOf(given.policy.window);
    const compared = compareRoles(tonight, history, vocabulary, given.now);
    const rise = compared.outcome === 'rose' ? compared.rise : null;
    const unseen = unseenRises(tonight, history, vocabulary);
    const changes = [
      ...stepsUp(history, vocabulary),
      ...unseen.map(({ at }) => at),
      ...(rise === null ? [] : [rise.at]),
    ];
    const verdicts = [
      ...(rise !== null && Date.parse(rise.at) >= sinceMs
        ? [judgeRise(subject, { ...rise, earlierAt: latest(rise.earlierAt, unseenBefore(unseen, rise.at)) }, given)]
        : []),
      ...unseen
        .filter(({ at }) => Date.parse(at) >= sinceMs)
        .map((granted) => judgeUnseen(subject, describeHeld(tonight), granted, changes, given)),
    ];
    // That one rise was approved says nothing of another, nor of what else may be held.
    const failed = verdicts.find(({ outcome }) => outcome === 'fail');
    if (failed !== undefined) return failed;
    const doubt = tonight.doubt ?? (compared.outcome === 'doubt' ? compared.doubt : null);
    if (doubt !== null) {
      const whose = tonight.doubt === null ? `What ${subject} held before` : `The role of ${subject}`;
      return unknown(doubt.reason, `${whose} is not known: ${describeDoubt(doubt)}.`);
    }
    const [approved] = verdicts;
    if (approved !== undefined) return approved;
    return pass(
      'NO_RISE',
      `${subject} holds ${describeHeld(tonight)}, and no complete reading of the last ${given.policy.window} showed less.`,
      {
        heldRoles: tonight.roles.map(({ name }) => name),
        comparedSince: history.since,
      },
    );
  },
};

function judgeRise(subject: string, rise: Rise, given: Given<EscalationPolicy>): Verdict {
  const facts: Evidence = {
    from: rise.from,
    to: rise.to,
    roseAt: rise.at,
    lowerUntil: rise.lowerUntil,
  };
  const what = `${subject} rose from ${rise.from} to ${rise.to}, first seen at ${minuteOf(rise.at)}`;
  const approval = approvalOfChange(given.approvals, rise.at, rise.earlierAt);
  if (approval !== null) {
    return pass('CHANGE_APPROVED', `${what}, which ${approval.approvedBy} approved.`, {
      ...facts,
      ...approvalFacts(approval),
    });
  }
  return fail('ROLE_ROSE', `${what}, and nobody approved that in time.`, facts, { dueFrom: rise.at });
}

function unseenBefore(unseen: readonly GrantedRole[], at: Instant): Instant | null {
  return unseen.findLast((one) => one.at < at)?.at ?? null;
}

function latest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? other : one;
}

function judgeUnseen(
  subject: string,
  holds: string,
  granted: GrantedRole,
  changes: readonly Instant[],
  given: Given<EscalationPolicy>,
): Verdict {
  const facts: Evidence = { to: granted.role, roseAt: granted.at, actor: granted.actor, event: granted.event };
  const what = `${subject} was made ${granted.role} at ${minuteOf(granted.at)} and holds ${holds} now`;
  const approval = approvalOfChange(
    given.approvals,
    granted.at,
    changes.filter((at) => at < granted.at).reduce(latest, null),
  );
  if (approval !== null) {
    return pass('CHANGE_APPROVED', `${what}; ${approval.approvedBy} approved that.`, {
      ...facts,
      ...approvalFacts(approval),
    });
  }
  return fail('ROSE_AND_FELL', `${what}, and nobody approved that in time.`, facts, { dueFrom: granted.at });
}
