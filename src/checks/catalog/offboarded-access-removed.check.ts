import type { Verdict } from '../check.js';
import { hipaa, iso27001, nist, pci, soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, leftSentence, undecidedEmployment } from '../employment.js';
import type { HolderFacts } from '../facts.js';
import { goneReasons, personBehind, unlinkedMeaning } from '../holders.js';
import { NoThresholds } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, listed, subjectIn, subjectOf } from '../wording.js';

export const offboardedAccessRemoved: DocumentedCheck<HolderFacts, NoThresholds> = {
  id: 'offboarded-access-removed',
  title: 'Whoever has left the company has no access to Docker Hub any more',
  subjects: ['account', 'invite'],
  population: ['members', 'invites'],
  needs: ['members', 'invites', 'teams', 'team_members', { dataset: 'scim_users', when: 'configured' }, 'roster'],
  remembers: true,
  severity: 'critical',
  sla: '24h',
  why: 'Somebody who has left can still pull private images, and perhaps push to them, with nobody watching.',
  remedy:
    'Remove the account from the organization (with SCIM: at the identity provider) and cancel its invites; an expired invitation mail cancels nothing.',
  controls: [
    ...soc2('CC6.2', 'CC6.3'),
    ...iso27001('A.5.18', 'A.6.5'),
    ...pci('8.2.5'),
    ...hipaa('164.308(a)(3)(ii)(C)'),
    ...sox('APD'),
    ...nist('AC-2(3)', 'PS-4'),
  ],
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: {
      EMPLOYED: 'the person is employed, until the end of the last working day',
      ACCESS_REMOVED: 'the person has left, and every dataset of two readings agrees that the access is gone',
    },
    fail: {
      STILL_MEMBER: 'the person has left, and the account is a member',
      STILL_IN_TEAM: 'the person has left, and the account is in a team though no longer listed as a member',
      STILL_INVITED: 'the person has left, and an invite is pending',
      STILL_ACTIVE_IN_SCIM: 'the person has left, and SCIM has the account active',
    },
    unknown: {
      ...unlinkedMeaning,
      ...employmentDoubts,
      ...goneReasons.unknown,
      BETWEEN_SPELLS: 'the person has left and comes back on a later day; nothing closes until then',
      FIELD_NOT_EXPOSED: 'SCIM has the account and does not say whether it is active',
    },
    not_applicable: {
      SERVICE_ACCOUNT: 'a declared service account is no person; `service-account-owned` watches it',
      NOT_STARTED: 'the person is not employed yet',
    },
  },
  judge(holder) {
    const person = personBehind(holder);
    if ('outcome' in person) return person;
    const { employment } = person;
    const subject = subjectOf(holder);
    if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
    if (employment.state === 'employed') {
      const facts = { person: person.id, lastDay: employment.lastDay };
      return pass('EMPLOYED', `${subject} belongs to ${labelOf(person)}, who is employed.`, facts);
    }
    if (employment.state === 'not_started' && employment.lastDay !== undefined) {
      return unknown(
        'BETWEEN_SPELLS',
        `${subject} belongs to ${labelOf(person)}, whose employment ended and who comes back on ${employment.firstDay}.`,
        { person: person.id, lastDay: employment.lastDay, firstDay: employment.firstDay },
      );
    }
    if (employment.state === 'not_started') {
      return notApplicable(
        'NOT_STARTED',
        `${subject} belongs to ${labelOf(person)}, who starts on ${employment.firstDay}: there is nothing to take away yet.`,
      );
    }
    const { lastDay, endedAt, inferred } = employment;
    const facts = { person: person.id, lastDay, endedAt, inferred };
    const left = leftSentence(person, employment);
    const traces = tracesOf(holder);
    const [worst] = traces;
    if (worst === undefined) return judgeRemoval(holder, left, facts);
    const access = traces.map(({ still }) => still);
    return fail(
      worst.reason,
      `${left}, and ${subjectIn(holder)} is still ${listed(access)}.`,
      { ...facts, access },
      { dueFrom: endedAt },
    );
  },
};

interface Trace {
  readonly reason: string;
  readonly still: string;
}

/** Every way in that is left, the most direct one first. Of what is gone, only what another dataset still shows counts. */
function tracesOf(holder: HolderFacts): Trace[] {
  const there = holder.presence === 'present';
  const teams = holder.teams ?? [];
  return [
    ...(there && holder.kind === 'account' ? [{ reason: 'STILL_MEMBER', still: 'a member' }] : []),
    ...(there && holder.kind === 'invite' ? [{ reason: 'STILL_INVITED', still: 'pending' }] : []),
    ...(holder.kind === 'account' && teams.length > 0
      ? [{ reason: 'STILL_IN_TEAM', still: `in the team${teams.length === 1 ? '' : 's'} ${listed(teams)}` }]
      : []),
    ...(holder.invites.length > 0 ? [{ reason: 'STILL_INVITED', still: 'invited' }] : []),
    ...(holder.scimActive === true ? [{ reason: 'STILL_ACTIVE_IN_SCIM', still: 'active in SCIM' }] : []),
  ];
}

function judgeRemoval(holder: HolderFacts, left: string, facts: { readonly person: string }): Verdict {
  const subject = subjectIn(holder);
  if (holder.kind === 'account' && holder.scimActive === undefined) {
    return unknown(
      'FIELD_NOT_EXPOSED',
      `${left}, and ${subject} is gone from Docker Hub, but SCIM did not say whether it is inactive there.`,
      facts,
    );
  }
  return holder.removalConfirmed
    ? pass('ACCESS_REMOVED', `${left}, and ${subject} is gone.`, facts)
    : unknown(
        'REMOVAL_UNCONFIRMED',
        `${left}, and ${subject} was not shown by tonight's listings; a second reading has to confirm it.`,
        facts,
      );
}
