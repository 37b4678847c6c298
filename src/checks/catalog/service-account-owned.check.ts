import type { Day, Given, Reason, Verdict } from '../check.js';
import { dayOf, daysBetween } from '../compare.js';
import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, ownerFailures, ownerState, undecidedEmployment } from '../employment.js';
import type { ServiceAccountFacts, ServiceAccountPolicy } from '../facts.js';
import { goneReasons, goneVerdict } from '../holders.js';
import { judgeDeclaredRoles } from '../service-account-role.js';
import { WholeNumber } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, listed, subjectOf } from '../wording.js';

export class ServiceAccountCheckPolicy {
  @WholeNumber({ least: 0 })
  noticeDays = 14;
}

export const serviceAccountOwned: DocumentedCheck<ServiceAccountFacts, ServiceAccountCheckPolicy> = {
  id: 'service-account-owned',
  title: 'Every service account has an owner who stays, a review date ahead, and a role that it was declared for',
  subjects: ['service_account'],
  population: ['members'],
  needs: ['members', 'teams', 'team_members', 'roster'],
  severity: 'medium',
  sla: '5bd',
  why: 'Nobody misses a service account when its owner goes, and its password outlives them.',
  remedy:
    'Name an owner who stays, set `reviewBy` after looking at it again, correct its role or its `roles`, or replace it by an organization access token.',
  controls: [
    ...soc2('CC6.1', 'CC6.3'),
    ...iso27001('A.5.18', 'A.8.2'),
    ...pci('7.2.5', '7.2.5.1', '8.6.1'),
    ...nist('AC-2'),
  ],
  policy: ServiceAccountCheckPolicy,
  settings: { noticeDays: 'an owner whose last working day is nearer than that needs a successor now' },
  reasons: {
    pass: { SERVICE_ACCOUNT_IN_ORDER: 'owner, review date and role are in order' },
    fail: {
      OWNER_ON_NOTICE: 'the last working day of the owner is near',
      REVIEW_MISSING: 'no review date is set',
      REVIEW_PASSED: 'the review date has passed',
      ROLE_NOT_DECLARED: 'it holds a role that its declaration does not list, and no system with rules judges that',
      NO_ROLES_DECLARED: 'its declaration lists no role, and no system with rules judges that',
      ...Object.fromEntries(
        Object.entries(ownerFailures).map(([reason, meaning]) => [
          reason,
          `${meaning}, and \`user-identified\` is disabled`,
        ]),
      ),
    },
    unknown: {
      ...employmentDoubts,
      ...goneReasons.unknown,
      ROLE_UNKNOWN: 'it holds a custom role that its declaration does not list and that `roles` does not rank',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say what decides its role',
      UNRECOGNISED_VALUE: 'a date cannot be read',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      JUDGED_BY: 'all that is wrong fails `user-identified` or `critical-system-access-valid` already',
    },
  },
  judge(facts, given) {
    const gone = goneVerdict(facts.account);
    if (gone !== null) return gone;
    const aspects = [judgeOwner(facts, given), judgeReview(facts.declared, given), judgeRole(facts, given)];
    const subject = subjectOf(facts.account);
    const owner = facts.declared.owner?.id ?? null;

    const problems = aspects.filter(
      (aspect): aspect is Problem => aspect.state === 'problem' && aspect.judgedBy === null,
    );
    const [first] = problems;
    if (first !== undefined) {
      return fail(
        first.reason,
        `The service account ${subject} needs attention: ${problems.map(({ sentence }) => sentence).join('; ')}.`,
        { owner, reviewBy: facts.declared.reviewBy, problems: problems.map(({ reason }) => reason) },
        problems.every(({ restsOn }) => restsOn.absentFrom !== undefined) ? first.restsOn : {},
      );
    }
    const elsewhere = aspects.flatMap((aspect) =>
      aspect.state === 'problem' && aspect.judgedBy !== null ? [aspect.judgedBy] : [],
    );
    if (elsewhere.length > 0) {
      return notApplicable(
        'JUDGED_BY',
        `What is wrong with the service account ${subject} fails ${listed(elsewhere)}.`,
      );
    }
    const open = aspects.find((aspect) => aspect.state === 'open');
    if (open !== undefined) return open.verdict;
    return pass(
      'SERVICE_ACCOUNT_IN_ORDER',
      `The service account ${subject} has an owner, a review date and a declared role.`,
      {
        owner,
        reviewBy: facts.declared.reviewBy,
      },
    );
  },
};

interface Problem {
  readonly state: 'problem';
  readonly reason: Reason;
  readonly sentence: string;
  /** The check that fails for it; null: this one. */
  readonly judgedBy: string | null;
  readonly restsOn: Pick<Extract<Verdict, { readonly outcome: 'fail' }>, 'absentFrom'>;
}
type Aspect = Problem | { readonly state: 'open'; readonly verdict: Verdict } | { readonly state: 'fine' };

const fine: Aspect = { state: 'fine' };

function judgeOwner({ account, declared }: ServiceAccountFacts, given: Given<ServiceAccountCheckPolicy>): Aspect {
  const owner = ownerState(declared.owner);
  const subject = subjectOf(account);
  if (owner.state === 'undecided') {
    return { state: 'open', verdict: undecidedEmployment(subject, owner.person, owner.employment) };
  }
  if (owner.state === 'wrong') {
    const { reason, sentence, absentFrom } = owner;
    const judgedBy = given.enabled?.has('user-identified') === false ? null : 'user-identified';
    return { state: 'problem', reason, sentence, judgedBy, restsOn: absentFrom.length > 0 ? { absentFrom } : {} };
  }
  if (owner.lastDay === null) return fine;
  const left = daysBetween(dayOf(given.now), owner.lastDay);
  if (Number.isNaN(left)) return unreadable(owner.lastDay);
  if (left >= given.policy.noticeDays) return fine;
  return problem('OWNER_ON_NOTICE', `its owner ${labelOf(owner.person)} leaves on ${owner.lastDay}`);
}

function judgeReview({ reviewBy }: ServiceAccountPolicy, { now }: Given<ServiceAccountCheckPolicy>): Aspect {
  if (reviewBy === null) return problem('REVIEW_MISSING', 'no review date is set');
  const left = daysBetween(dayOf(now), reviewBy);
  if (Number.isNaN(left)) return unreadable(reviewBy);
  return left < 0 ? problem('REVIEW_PASSED', `it was to be reviewed by ${reviewBy}`) : fine;
}

function judgeRole(facts: ServiceAccountFacts, given: Given<ServiceAccountCheckPolicy>): Aspect {
  // An invite holds nothing yet.
  if (facts.account.kind === 'invite') return fine;
  const verdict = judgeDeclaredRoles(facts.account, facts.declared, facts.vocabulary);
  if (verdict.outcome === 'unknown') return { state: 'open', verdict };
  if (verdict.outcome !== 'fail') return fine;
  const judgedThere =
    given.enabled?.has('critical-system-access-valid') !== false &&
    (facts.systems ?? []).some(({ access }) => access !== null && access.length > 0);
  return {
    state: 'problem',
    reason: verdict.reason,
    sentence: verdict.message.replace(/\.$/, ''),
    judgedBy: judgedThere ? 'critical-system-access-valid' : null,
    restsOn: verdict.absentFrom === undefined ? {} : { absentFrom: verdict.absentFrom },
  };
}

function problem(reason: Reason, sentence: string): Problem {
  return { state: 'problem', reason, sentence, judgedBy: null, restsOn: {} };
}

function unreadable(day: Day): Aspect {
  return { state: 'open', verdict: unknown('UNRECOGNISED_VALUE', `"${day}" is no date.`) };
}
