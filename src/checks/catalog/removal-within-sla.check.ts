import type { Given, Verdict } from '../check.js';
import { dayOf, minuteOf } from '../compare.js';
import { iso27001, soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { RemovalFacts } from '../leaver-facts.js';
import { DurationText, millisecondsOf } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf } from '../wording.js';

export class RemovalPolicy {
  @DurationText()
  within = '24h';

  @DurationText()
  window = '90d';
}

export const removalWithinSla: DocumentedCheck<RemovalFacts, RemovalPolicy> = {
  id: 'removal-within-sla',
  title: 'The access of everybody who left was taken away in time',
  subjects: ['account', 'invite'],
  source: 'removals',
  population: ['members', 'invites'],
  needs: ['members', 'invites', 'roster'],
  severity: 'critical',
  sla: '24h',
  why: 'Access that is gone today was open for as long as nobody took it away, and an auditor asks how long that was.',
  remedy:
    'Find out why it took so long; the failure stays until the removal is older than `window`, because nothing can make it have been in time.',
  controls: [...soc2('CC6.2'), ...iso27001('A.5.18'), ...sox('APD')],
  policy: RemovalPolicy,
  settings: {
    within:
      'how long after the end of the last working day the access may stay; as long as the `sla` of `offboarded-access-removed`, if that is changed',
    window: 'how far back removals count',
  },
  reasons: {
    pass: { REMOVED_IN_TIME: 'the access was gone before it was due' },
    fail: {
      REMOVED_LATE: 'the access was still there when it should have been gone, and is gone now',
      STILL_THERE: 'it is past due and still there, and `offboarded-access-removed` is disabled',
    },
    unknown: {
      REMOVAL_UNOBSERVED:
        'it went away between two readings, one before and one after it was due, and the audit log does not say when',
      REMOVAL_UNCONFIRMED: 'one listing no longer has it, and no second one has confirmed that',
    },
    not_applicable: {
      NOT_DUE: 'it is still there, and has not been due for removal yet',
      JUDGED_BY: 'it is past due and still there: `offboarded-access-removed` fails for it',
      OUTSIDE_WINDOW: 'it went away before `window` began',
    },
  },
  judge(facts, given) {
    const { policy, now } = given;
    const dueMs = Date.parse(facts.leftAt) + millisecondsOf(policy.within);
    const who = `${labelOf(facts.person)} left ${facts.lastDay === null ? `before ${dayOf(facts.leftAt)}` : `after ${facts.lastDay}`}`;
    const what = facts.kind === 'invite' ? `the invite for ${facts.name}` : facts.name;
    if (facts.firstAbsentAt === null) return judgePresent(facts, given, { dueMs, who, what });
    if (Date.parse(facts.firstAbsentAt) < Date.parse(now) - millisecondsOf(policy.window)) {
      return notApplicable('OUTSIDE_WINDOW', `${who}, and ${what} was gone by ${dayOf(facts.firstAbsentAt)}.`);
    }
    const evidence = evidenceOf(facts);
    if (facts.removedAt !== null) {
      const gone = `${who}, and ${what} was removed at ${minuteOf(facts.removedAt)}`;
      return Date.parse(facts.removedAt) <= dueMs
        ? pass('REMOVED_IN_TIME', `${gone}.`, evidence)
        : late(`${gone}, later than ${policy.within} after that.`, facts);
    }
    if (Date.parse(facts.lastSeenAt) >= dueMs) {
      return late(
        `${who}, and ${what} was still there at ${minuteOf(facts.lastSeenAt)}, later than ${policy.within} after that.`,
        facts,
      );
    }
    if (!facts.confirmed) {
      return unknown(
        'REMOVAL_UNCONFIRMED',
        `${who}, and ${what} was missing from one listing; a second one has to confirm it.`,
        evidence,
      );
    }
    if (Date.parse(facts.firstAbsentAt) <= dueMs) {
      return pass('REMOVED_IN_TIME', `${who}, and ${what} was gone by ${minuteOf(facts.firstAbsentAt)}.`, evidence);
    }
    return unknown(
      'REMOVAL_UNOBSERVED',
      `${who}, and ${what} went away between ${minuteOf(facts.lastSeenAt)} and ${minuteOf(facts.firstAbsentAt)}; when exactly nobody saw.`,
      evidence,
    );
  },
};

function judgePresent(
  facts: RemovalFacts,
  { now, enabled }: Given<RemovalPolicy>,
  { dueMs, who, what }: { readonly dueMs: number; readonly who: string; readonly what: string },
): Verdict {
  if (Date.parse(now) <= dueMs) return notApplicable('NOT_DUE', `${who}, and ${what} is not due for removal yet.`);
  if (enabled?.has('offboarded-access-removed') !== false) {
    return notApplicable('JUDGED_BY', `${who}, and ${what} is still there: offboarded-access-removed fails for it.`);
  }
  return fail('STILL_THERE', `${who}, and ${what} is still there.`, evidenceOf(facts), { dueFrom: facts.leftAt });
}

function late(message: string, facts: RemovalFacts): Verdict {
  return fail('REMOVED_LATE', message, evidenceOf(facts), { dueFrom: facts.leftAt });
}

function evidenceOf(facts: RemovalFacts) {
  const { person, lastDay, leftAt, inferred, knownToHrAt, detectedAt, lastSeenAt, firstAbsentAt, removedAt } = facts;
  return {
    person: person.id,
    lastDay,
    leftAt,
    inferred,
    knownToHrAt,
    detectedAt,
    lastSeenAt,
    firstAbsentAt,
    removedAt,
  };
}
