import type { HolderFacts } from '../facts.js';
import {
  ambiguous,
  anAccount,
  anInvite,
  declared,
  doubtfulEmployments,
  ended,
  linkedTo,
  named,
  nobody,
  notStarted,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { offboardedAccessRemoved } from './offboarded-access-removed.check.js';

const leaver = linkedTo(named({ employment: ended }));

function gone(overrides: Partial<HolderFacts> = {}): HolderFacts {
  return anAccount({ presence: 'gone', identity: leaver, teams: [], removalConfirmed: true, ...overrides });
}

judgeCases(offboardedAccessRemoved, [
  {
    when: 'somebody left and comes back later: nothing closes on the strength of a date to come',
    facts: anAccount({
      identity: linkedTo(
        named({ employment: { state: 'not_started', firstDay: '2027-06-01', lastDay: '2026-11-09' } }),
      ),
    }),
    expect: 'unknown BETWEEN_SPELLS',
    says: /who comes back on 2027-06-01\.$/,
  },
  { when: 'the person is employed', facts: anAccount(), expect: 'pass EMPLOYED' },
  {
    when: 'it is the last working day',
    facts: anAccount({ identity: linkedTo(named({ employment: { state: 'employed', lastDay: '2026-11-21' } })) }),
    expect: 'pass EMPLOYED',
    verdict: { facts: { lastDay: '2026-11-21' } },
  },
  { when: 'the invited person is employed', facts: anInvite(), expect: 'pass EMPLOYED' },
  { when: 'the account of somebody employed is gone', facts: anAccount({ presence: 'gone' }), expect: 'pass EMPLOYED' },

  {
    when: 'the account of a leaver is a member',
    facts: anAccount({ identity: leaver, teams: [] }),
    expect: 'fail STILL_MEMBER',
    says: /^Jane Doe \(E-1042\) has left \(last working day 2026-11-19\), and jdoe99 is still a member\.$/,
    // What was seen needs no complete listing, and the clock runs since the person left.
    verdict: {
      dueFrom: '2026-11-19T23:00:00.000Z',
      facts: { person: 'E-1042', lastDay: '2026-11-19', inferred: false, access: ['a member'] },
    },
  },
  {
    when: 'the leaver has several ways in',
    facts: anAccount({ identity: leaver, teams: ['dev', 'ops'], invites: ['jane@home.example'], scimActive: true }),
    expect: 'fail STILL_MEMBER',
    says: /a member, in the teams dev and ops, invited and active in SCIM\.$/,
  },
  {
    when: 'HR gave no date',
    facts: anAccount({
      identity: linkedTo(named({ employment: { ...ended, lastDay: null, inferred: true } })),
      teams: [],
    }),
    expect: 'fail STILL_MEMBER',
    says: /HR gave no date; counted as gone since 2026-11-19\)/,
  },
  {
    when: 'rosters lack the leaver',
    facts: anAccount({ identity: linkedTo(named({ employment: { ...ended, inferred: true } })), teams: [] }),
    expect: 'fail STILL_MEMBER',
    says: /HR gave no date; the last roster that had them is of 2026-11-19\)/,
  },
  {
    when: 'HR left the last day out',
    facts: anAccount({ identity: linkedTo(named({ employment: { ...ended, lastDay: null } })), teams: [] }),
    expect: 'fail STILL_MEMBER',
    says: /last working day before 2026-11-19/,
  },
  {
    when: 'nothing is known of a member but that the person has left',
    facts: without(anAccount({ identity: leaver }), 'role', 'teams', 'teamRoles', 'scimActive'),
    expect: 'fail STILL_MEMBER',
  },
  {
    when: 'an invite of a leaver is pending',
    facts: anInvite({ identity: leaver }),
    expect: 'fail STILL_INVITED',
    says: /and the invite for jane\.doe@acme\.example is still pending\.$/,
  },
  {
    when: 'the account is gone and another invite is pending',
    facts: gone({ invites: ['jane@home.example'] }),
    expect: 'fail STILL_INVITED',
  },
  { when: 'the account is gone and still in a team', facts: gone({ teams: ['dev'] }), expect: 'fail STILL_IN_TEAM' },
  {
    when: 'the account is gone and active in SCIM',
    facts: gone({ scimActive: true, removalConfirmed: false }),
    expect: 'fail STILL_ACTIVE_IN_SCIM',
  },

  { when: 'the account is gone for certain', facts: gone(), expect: 'pass ACCESS_REMOVED' },
  { when: 'it is gone and inactive in SCIM', facts: gone({ scimActive: false }), expect: 'pass ACCESS_REMOVED' },
  {
    // The confirmation covers the teams; nobody need list the teams of somebody who is gone.
    when: 'it is gone for certain and its teams were not said',
    facts: without(gone(), 'teams'),
    expect: 'pass ACCESS_REMOVED',
  },
  {
    when: 'the invite is gone for certain',
    facts: anInvite({ identity: leaver, presence: 'gone', removalConfirmed: true }),
    expect: 'pass ACCESS_REMOVED',
  },
  { when: 'one reading lacks it', facts: gone({ removalConfirmed: false }), expect: 'unknown REMOVAL_UNCONFIRMED' },
  {
    when: 'one reading lacks the invite',
    facts: anInvite({ identity: leaver, presence: 'gone' }),
    expect: 'unknown REMOVAL_UNCONFIRMED',
  },
  {
    when: 'it is gone and SCIM did not say',
    facts: without(gone(), 'scimActive'),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },

  { when: 'nobody is behind it', facts: anAccount({ identity: unlinked }), expect: 'unknown IDENTITY_UNLINKED' },
  { when: 'two people match', facts: anAccount({ identity: ambiguous }), expect: 'unknown IDENTITY_UNLINKED' },
  {
    when: 'the link names somebody whom no roster ever had',
    facts: anAccount({ identity: linkedTo(nobody) }),
    expect: 'unknown IDENTITY_UNLINKED',
  },
  ...doubtfulEmployments.map((employment) => ({
    when: "the person's employment is open",
    facts: anAccount({ identity: linkedTo(named({ employment })) }),
    expect: `unknown ${employment.reason}` as const,
  })),
  {
    when: "a gone account's employment is open",
    facts: gone({ identity: linkedTo(named({ employment: { state: 'unknown', reason: 'LEFT_ROSTER' } })) }),
    expect: 'unknown LEFT_ROSTER',
  },
  {
    when: 'it is a service account',
    facts: anAccount({ identity: declared() }),
    expect: 'not_applicable SERVICE_ACCOUNT',
  },
  {
    when: 'the person has not started',
    facts: anAccount({ identity: linkedTo(named({ employment: notStarted })) }),
    expect: 'not_applicable NOT_STARTED',
  },
]);
