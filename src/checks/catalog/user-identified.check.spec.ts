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
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { userIdentified } from './user-identified.check.js';

judgeCases(userIdentified, [
  {
    when: 'an account is linked',
    facts: anAccount(),
    expect: 'pass LINKED',
    says: /^jdoe99 belongs to Jane Doe \(E-1042\)\.$/,
    verdict: { facts: { person: 'E-1042', source: 'address', since: '2026-01-05T02:00:00.000Z' } },
  },
  {
    when: 'an invite is linked',
    facts: anInvite(),
    expect: 'pass LINKED',
    says: /^The invite for jane\.doe@acme\.example/,
  },
  // Whose it is and whether they still work here are two questions.
  {
    when: 'the person has left',
    facts: anAccount({ identity: linkedTo(named({ employment: ended })) }),
    expect: 'pass LINKED',
  },
  ...doubtfulEmployments.map((employment) => ({
    when: `the person's employment is open (${employment.reason})`,
    facts: anAccount({ identity: linkedTo(named({ employment })) }),
    expect: 'pass LINKED' as const,
  })),
  {
    when: 'HR writes an address where the name belongs',
    facts: anAccount({ identity: linkedTo(named({ name: 'jane@acme.example' })) }),
    expect: 'pass LINKED',
    says: /^jdoe99 belongs to E-1042\.$/,
  },
  {
    when: 'the link names somebody whom no roster ever had',
    facts: anAccount({ identity: linkedTo(nobody) }),
    expect: 'fail PERSON_UNKNOWN',
    says: /E-9999, whom no roster ever had/,
    absentFrom: ['roster'],
  },
  {
    when: 'nobody matches',
    facts: anAccount({ identity: unlinked }),
    expect: 'fail IDENTITY_UNLINKED',
    absentFrom: ['roster'],
    verdict: { facts: { suggestions: [] } },
  },
  {
    when: 'nobody matches and somebody looks alike',
    facts: anAccount({
      identity: {
        state: 'unlinked',
        suggestions: [{ person: 'E-7', name: 'Jane Dow', because: 'similar name' }],
      },
    }),
    expect: 'fail IDENTITY_UNLINKED',
    absentFrom: ['roster'],
    says: /It might belong to Jane Dow \(E-7\)\.$/,
    verdict: { facts: { suggestions: [{ person: 'E-7', name: 'Jane Dow', because: 'similar name' }] } },
  },
  {
    when: 'nobody matches, and Docker Hub hid the address that might have',
    facts: anAccount({ identity: { state: 'unlinked', suggestions: [], hidden: ['email'] } }),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /did not send the email of/,
  },
  {
    when: 'nobody matches an invite',
    facts: anInvite({ identity: unlinked }),
    expect: 'fail IDENTITY_UNLINKED',
    absentFrom: ['roster'],
  },
  {
    // Two people who were seen need no complete roster.
    when: 'two people match',
    facts: anAccount({ identity: ambiguous }),
    expect: 'fail IDENTITY_AMBIGUOUS',
    says: /matches 2 people, E-1 and E-2,/,
    verdict: { facts: { candidates: ['E-1', 'E-2'] } },
  },
  {
    when: 'a service account has an employed owner',
    facts: anAccount({ identity: declared() }),
    expect: 'pass SERVICE_ACCOUNT_OWNED',
  },
  {
    when: 'the owner works until today',
    facts: anAccount({
      identity: declared({ owner: named({ employment: { state: 'employed', lastDay: '2026-11-21' } }) }),
    }),
    expect: 'pass SERVICE_ACCOUNT_OWNED',
  },
  {
    when: 'a service account names no owner',
    facts: anAccount({ identity: declared({ owner: null }) }),
    expect: 'fail OWNER_MISSING',
    says: /no owner is named/,
  },
  {
    when: 'no roster ever had the owner',
    facts: anAccount({ identity: declared({ owner: nobody }) }),
    expect: 'fail OWNER_UNKNOWN',
    absentFrom: ['roster'],
  },
  {
    when: 'the owner has left',
    facts: anAccount({ identity: declared({ owner: named({ employment: ended }) }) }),
    expect: 'fail OWNER_LEFT',
    says: /last working day 2026-11-19/,
  },
  {
    when: 'the owner has not started',
    facts: anInvite({ identity: declared({ owner: named({ employment: notStarted }) }) }),
    expect: 'fail OWNER_NOT_STARTED',
    says: /starts on 2026-12-01/,
  },
  ...doubtfulEmployments.map((employment) => ({
    when: "the owner's employment is open",
    facts: anAccount({ identity: declared({ owner: named({ employment }) }) }),
    expect: `unknown ${employment.reason}` as const,
  })),
  {
    when: 'one listing no longer shows it',
    facts: anAccount({ presence: 'gone' }),
    expect: 'unknown REMOVAL_UNCONFIRMED',
  },
  {
    when: 'it is gone for certain',
    facts: anAccount({ presence: 'gone', removalConfirmed: true, identity: unlinked }),
    expect: 'not_applicable ACCESS_GONE',
  },
]);
