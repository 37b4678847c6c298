import type { Given, Instant, Verdict } from '../check.js';
import { dayOf, isAheadOf } from '../compare.js';
import { iso27001, nist, pci, supplyChain } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { HolderFacts } from '../facts.js';
import { goneReasons, goneVerdict } from '../holders.js';
import { describeDoubt, effectiveRole, memberRank } from '../roles.js';
import { DurationText, millisecondsOf, YesOrNo } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, listed, subjectOf } from '../wording.js';

export class DormancyPolicy {
  @DurationText()
  maxIdle = '90d';

  @DurationText()
  maxIdlePrivileged = '45d';

  @YesOrNo()
  exceptOnLeave = true;
}

export const noDormantMember: DocumentedCheck<HolderFacts, DormancyPolicy> = {
  id: 'no-dormant-member',
  title: 'Every member uses Docker Hub',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'teams', 'team_members', 'roster'],
  severity: 'medium',
  sla: '10bd',
  why: 'An account that nobody uses is one whose theft nobody notices, and it costs a seat.',
  remedy: 'Ask the person, and remove the account from the organization; whoever needs it again gets an invite.',
  controls: [...iso27001('A.5.18'), ...pci('8.2.6'), ...nist('AC-2(3)'), ...supplyChain('1.3.1')],
  policy: DormancyPolicy,
  settings: {
    maxIdle: 'how long a plain member may do nothing; nobody is idle before 7 days',
    maxIdlePrivileged: 'the same for whoever holds more than the role of a member',
    exceptOnLeave: 'whether people whom HR has on leave are left out',
  },
  reasons: {
    pass: { ACTIVE: 'Docker Hub saw the person lately' },
    fail: {
      DORMANT: 'the last activity that Docker Hub shows is too long ago',
      NEVER_ACTIVE: 'Docker Hub shows no activity at all, and the account has been a member for long enough',
    },
    unknown: {
      ...goneReasons.unknown,
      FIELD_NOT_EXPOSED:
        'Docker Hub did not send the activity (it shows it with Insights only), the role that decides how long is too long, or when the account joined',
      ROLE_UNKNOWN: 'it holds a custom role that `roles` does not rank, which decides how long is too long',
      HISTORY_UNKNOWN: 'it is idle for less than 7 days, so that nobody looked since when it is a member',
      UNRECOGNISED_VALUE: 'Docker Hub sent something that is no instant, or one that has not come yet',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account signs in to nothing',
      JOINED_RECENTLY: 'it joined so lately that it could not have been idle for too long',
      ON_LEAVE: 'HR has the person on leave',
      OFFBOARDED: 'the person has left; `offboarded-access-removed` watches the access',
    },
  },
  judge(holder, given) {
    const gone = goneVerdict(holder);
    return gone ?? leftOut(holder, given.policy) ?? judgeActivity(holder, given);
  },
};

/** Whose an account is does not matter, but for those who are not expected to use it. */
function leftOut({ identity, ...holder }: HolderFacts, { exceptOnLeave }: DormancyPolicy): Verdict | null {
  if (identity.state === 'service_account') {
    return notApplicable('SERVICE_ACCOUNT', `${holder.name} is declared a service account.`);
  }
  const person = identity.state === 'linked' ? identity.person.person : null;
  if (person === null) return null;
  if (person.employment.state === 'ended') return notApplicable('OFFBOARDED', `${labelOf(person)} has left.`);
  if (person.onLeave === true && person.employment.state === 'employed' && exceptOnLeave) {
    return notApplicable('ON_LEAVE', `HR has ${labelOf(person)} on leave.`, { person: person.id });
  }
  return null;
}

interface Activity {
  /** The latest that is known of. */
  readonly last: Instant | null;
  readonly hidden: readonly string[];
}

function judgeActivity(holder: HolderFacts, given: Given<DormancyPolicy>): Verdict {
  const { now, policy } = given;
  const subject = subjectOf(holder);
  const odd = [holder.lastSeenAt, holder.lastLoggedInAt].filter((at) => typeof at === 'string' && !isPast(at, now));
  const { last, hidden } = activityOf(holder, now);
  const [plain, privileged] = [millisecondsOf(policy.maxIdle), millisecondsOf(policy.maxIdlePrivileged)];
  const { rank, doubt } = effectiveRole(holder, holder.vocabulary ?? {}, new Set());
  const isPrivileged = rank > memberRank;
  const idle = last === null ? Number.POSITIVE_INFINITY : Date.parse(now) - Date.parse(last);
  // Active whatever the role is, or by what is known of it.
  if (idle <= Math.min(plain, privileged) || (doubt === null && idle <= (isPrivileged ? privileged : plain))) {
    return pass('ACTIVE', `${subject} was active lately.`);
  }
  if (odd.length > 0) {
    return unknown('UNRECOGNISED_VALUE', `Docker Hub sent no past instant as the last activity of ${subject}.`);
  }
  if (hidden.length > 0) {
    return unknown(
      'FIELD_NOT_EXPOSED',
      `Docker Hub did not send ${listed(hidden)} of ${subject}, which it shows with Insights only.`,
      { hidden },
    );
  }
  // A custom role beside a high one takes nothing from it; one beside the role of a member may be a high one.
  const limit = isPrivileged ? privileged : doubt === null ? plain : Math.max(plain, privileged);
  if (doubt !== null && idle <= limit) {
    return unknown(doubt.reason, `How long ${subject} may be idle is not known: ${describeDoubt(doubt)}.`);
  }
  return judgeIdle(holder, { last, limit, setting: limit === plain ? policy.maxIdle : policy.maxIdlePrivileged }, now);
}

interface Idle {
  readonly last: Instant | null;
  readonly limit: number;
  readonly setting: string;
}

/**
 * Docker does not say whether `date_joined` is when the account was made or when it joined. Neither is later than the day on
 * which it joined, so a late date proves that it joined late, unless Hubwarden saw it before; an early one proves nothing, so
 * that an account which Hubwarden saw join joined then.
 */
function judgeIdle(holder: HolderFacts, { last, limit, setting }: Idle, now: Instant): Verdict {
  const { joinedAt, watched } = holder;
  const subject = subjectOf(holder);
  const isLong = (since: Instant): boolean => Date.parse(now) - Date.parse(since) > limit;
  const facts = { lastActiveAt: last, maxIdle: setting, joinedAt: joinedAt ?? null };
  if (watched === undefined) {
    return unknown('HISTORY_UNKNOWN', `It is not known since when ${subject} is a member.`, facts);
  }
  if (!isLong(watched.since)) {
    if (!watched.fromTheStart) {
      return notApplicable('JOINED_RECENTLY', `${subject} is a member since ${dayOf(watched.since)} only.`, facts);
    }
    if (joinedAt === undefined) {
      return unknown('FIELD_NOT_EXPOSED', `${subject} is idle, and Docker Hub did not send when it joined.`, facts);
    }
    if (!isPast(joinedAt, now)) {
      return unknown('UNRECOGNISED_VALUE', `Docker Hub sent no past instant as the day on which ${subject} joined.`);
    }
    if (!isLong(joinedAt)) {
      return notApplicable('JOINED_RECENTLY', `${subject} joined on ${dayOf(joinedAt)} only.`, facts);
    }
  }
  return last === null
    ? fail('NEVER_ACTIVE', `${subject} has been a member for more than ${setting} and was never active.`, facts)
    : fail('DORMANT', `${subject} was last active on ${dayOf(last)}, more than ${setting} ago.`, facts);
}

function activityOf({ lastSeenAt, lastLoggedInAt }: HolderFacts, now: Instant): Activity {
  const said = { 'when it was last seen': lastSeenAt, 'when it last logged in': lastLoggedInAt };
  const instants = [lastSeenAt, lastLoggedInAt].filter((at) => typeof at === 'string').filter((at) => isPast(at, now));
  return {
    last: instants.toSorted((one, other) => Date.parse(other) - Date.parse(one))[0] ?? null,
    hidden: Object.entries(said).flatMap(([what, at]) => (at === undefined ? [what] : [])),
  };
}

/** Up to a day ahead of the clock is the difference between two clocks. */
function isPast(at: string, now: Instant): boolean {
  return !Number.isNaN(Date.parse(at)) && !isAheadOf(at, now);
}
