import type { LeaverActivityFacts } from '../activity-facts.js';
import { clockToleranceMs, gapMeaning, uncovered } from '../audit-gap.js';
import { minuteOf } from '../compare.js';
import { iso27001, nist, pci, soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { leaveDoubts, leftSentence, undecidedLeave } from '../employment.js';
import { WholeNumber } from '../threshold.js';
import { fail, notApplicable, pass } from '../verdicts.js';
import { capitalized, counted } from '../wording.js';

export class LeaverActivityPolicy {
  @WholeNumber({ least: 1, most: 3650 })
  days = 365;
}

export const noActivityAfterLeave: DocumentedCheck<LeaverActivityFacts, LeaverActivityPolicy> = {
  id: 'no-activity-after-leave',
  title: 'Nobody who has left did anything on Docker Hub afterwards',
  subjects: ['account', 'invite'],
  source: 'leaver-activity',
  population: ['members', 'invites'],
  needs: ['audit_log', 'members', 'invites', 'roster'],
  severity: 'critical',
  sla: '1h',
  why: 'Somebody who pushes or changes settings after leaving is an intruder, or somebody else uses the account.',
  remedy:
    'Treat it as an incident: remove the account, revoke its tokens, look at every event that is named, and keep what you find.',
  controls: [
    ...soc2('CC7.2', 'CC7.3'),
    ...iso27001('A.5.28', 'A.8.16'),
    ...pci('10.4.1'),
    ...sox('APD'),
    ...nist('AU-6'),
  ],
  policy: LeaverActivityPolicy,
  settings: {
    days: 'for how many days what somebody did after leaving fails, and how far back silence has to be proven',
  },
  reasons: {
    pass: { NO_ACTIVITY: 'the archive has every event since the leave, and none of them is theirs' },
    fail: { ACTIVE_AFTER_LEAVE: 'the audit log has something that they did more than 15 minutes after they left' },
    unknown: { ...leaveDoubts, ...gapMeaning },
    not_applicable: {
      CANNOT_ACT: 'an invite that went to an address, and not to a user',
      EMPLOYED: 'the person has not left',
    },
  },
  judge({ organization, kind, name, person, acts, activity, archive }, { policy, now }) {
    const subject = kind === 'invite' ? `the invite for ${name}` : name;
    const { employment } = person;
    const undecided = undecidedLeave(kind === 'invite' ? capitalized(subject) : subject, person);
    if (undecided !== null) return undecided;
    if (employment.state !== 'ended') return notApplicable('EMPLOYED', `Whose ${subject} is has not left.`);
    if (!acts) return notApplicable('CANNOT_ACT', `Nobody can do anything with ${subject} before it is accepted.`);
    const windowStartMs = Date.parse(now) - policy.days * 86_400_000;
    const left = leftSentence(person, employment);
    if (activity !== null && Date.parse(activity.lastAt) > windowStartMs) {
      const { events, firstAt, lastAt, examples } = activity;
      const remark = employment.inferred ? ' HR gave no date for the leave, so ask whether it is right.' : '';
      return fail(
        'ACTIVE_AFTER_LEAVE',
        `${left}, and ${name} did ${counted(events, 'thing')} on Docker Hub after that, the last at ${minuteOf(lastAt)}.${remark}`,
        {
          person: person.id,
          leftAt: employment.endedAt,
          inferred: employment.inferred,
          events,
          firstAt,
          lastAt,
          examples: examples.map(({ at, action, name: object, token }) => ({ at, action, object, token })),
        },
        { dueFrom: firstAt },
      );
    }
    // A leave of a few minutes ago has nothing to be proven yet.
    const sinceMs = Math.max(Date.parse(employment.endedAt) + clockToleranceMs, windowStartMs);
    const gap = sinceMs >= Date.parse(now) ? null : uncovered(archive.coveredSince, sinceMs, organization);
    if (gap !== null) return gap;
    return pass('NO_ACTIVITY', `${left}, and ${name} did nothing on Docker Hub since.`, {
      person: person.id,
      leftAt: employment.endedAt,
    });
  },
};
