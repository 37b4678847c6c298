import {
  aServiceAccount,
  doubtfulEmployments,
  ended,
  named,
  nobody,
  notStarted,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { aToken } from '../../../test/support/token-facts.js';
import type { Employment } from '../facts.js';
import type { TokenFacts } from '../token-facts.js';
import { oatAccountable } from './oat-accountable.check.js';

const by = (employment: Employment): TokenFacts['creator'] => ({
  state: 'linked',
  person: named({ employment }),
  present: true,
});
const comesBack: Employment = { state: 'not_started', firstDay: '2027-01-01', lastDay: '2026-10-31' };
const machine = { state: 'service_account', declared: aServiceAccount(), present: true } as const;

judgeCases(oatAccountable, [
  {
    when: 'a colleague created it and another one owns it',
    facts: aToken(),
    expect: 'pass ACCOUNTABLE',
    says: /^The token ci-push was created by Jane Doe \(E-1042\) and is owned by Olga Owner \(E-1001\)\.$/,
    verdict: { facts: { creator: 'E-1042', owner: 'E-1001', createdBy: 'jdoe99' } },
  },
  {
    when: 'a service account created it',
    facts: aToken({ createdBy: 'acme-ci', creator: machine }),
    expect: 'pass ACCOUNTABLE',
    says: /created by the service account acme-ci and/,
  },
  {
    when: 'nobody is on record, and the policy asks for nobody',
    facts: aToken({ owner: null }),
    policy: { requireOwner: false },
    expect: 'pass ACCOUNTABLE',
    says: /created by Jane Doe \(E-1042\)\.$/,
  },
  { when: 'its creator starts later', facts: aToken({ creator: by(notStarted) }), expect: 'pass ACCOUNTABLE' },
  {
    when: 'its creator has left, though its owner has not',
    facts: aToken({ creator: by(ended) }),
    expect: 'fail CREATOR_LEFT',
    says: /was created by jdoe99, and Jane Doe \(E-1042\) has left/,
    verdict: { dueFrom: ended.endedAt, facts: { creator: 'E-1042', problems: ['CREATOR_LEFT'] } },
  },
  {
    when: 'its creator has left and is no member any more',
    facts: aToken({ creator: { state: 'linked', person: named({ employment: ended }), present: false } }),
    expect: 'fail CREATOR_LEFT',
  },
  {
    when: 'its creator has left and nobody owns it',
    facts: aToken({ creator: by(ended), owner: null }),
    expect: 'fail CREATOR_LEFT',
    says: /has left .*\. Nobody answers for the token ci-push: no owner is named\.$/,
    verdict: { facts: { problems: ['CREATOR_LEFT', 'OWNER_MISSING'] } },
  },
  ...[true, false].map((present) => ({
    when: `a machine created it whose owner has left, ${present ? 'and nobody else asks about machines' : 'and it is no member any more'}`,
    facts: aToken({
      creator: { ...machine, declared: aServiceAccount({ owner: named({ employment: ended }) }), present },
    }),
    ...(present && { enabled: ['oat-accountable'] }),
    expect: 'fail OWNER_LEFT' as const,
    says: /created by the service account jdoe99: its owner Jane Doe \(E-1042\) has left/,
  })),
  {
    when: 'a machine created it whose owner has left, for which user-identified fails',
    facts: aToken({ creator: { ...machine, declared: aServiceAccount({ owner: named({ employment: ended }) }) } }),
    expect: 'pass ACCOUNTABLE',
  },
  {
    when: 'a machine created it that is no member any more, and its owner is here',
    facts: aToken({ creator: { ...machine, present: false } }),
    expect: 'pass ACCOUNTABLE',
  },
  { when: 'its creator comes back', facts: aToken({ creator: by(comesBack) }), expect: 'unknown BETWEEN_SPELLS' },
  ...doubtfulEmployments.map((employment) => ({
    when: `HR says ${employment.reason} of its creator`,
    facts: aToken({ creator: by(employment) }),
    expect: `unknown ${employment.reason}` as const,
  })),
  {
    when: 'nobody of that name was ever a member',
    facts: aToken({ createdBy: 'boss', creator: { state: 'unseen' } }),
    expect: 'fail CREATOR_UNKNOWN',
    says: /created by boss, who was never seen among the members; owners of the company above are not listed there\.$/,
    absentFrom: ['members'],
  },
  {
    when: 'Docker Hub says that nobody created it',
    facts: aToken({ createdBy: null, creator: { state: 'unseen' } }),
    expect: 'fail CREATOR_UNKNOWN',
  },
  {
    when: 'nobody knows who created it, and nobody owns it, which no listing can change',
    facts: aToken({ creator: { state: 'unseen' }, owner: null }),
    expect: 'fail OWNER_MISSING',
    verdict: { facts: { problems: ['CREATOR_UNKNOWN', 'OWNER_MISSING'] } },
  },
  {
    when: 'Docker Hub does not say who created it',
    facts: without(aToken({ creator: { state: 'unseen' } }), 'createdBy'),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /who created the token ci-push\.$/,
  },
  {
    when: 'a member created it whom nobody knows',
    facts: aToken({ creator: { state: 'unlinked', present: true } }),
    expect: 'unknown IDENTITY_UNLINKED',
    says: /user-identified fails for that account/,
  },
  {
    when: 'the same, and no check fails for that account',
    facts: aToken({ creator: { state: 'unlinked', present: true } }),
    enabled: ['oat-accountable'],
    expect: 'fail CREATOR_UNKNOWN',
    absentFrom: ['roster'],
  },
  {
    when: 'somebody created it who is no member any more and was never known',
    facts: aToken({ creator: { state: 'unlinked', present: false } }),
    expect: 'fail CREATOR_UNKNOWN',
    absentFrom: ['roster'],
  },
  {
    when: 'a member created it who is linked to nobody in any roster',
    facts: aToken({ creator: { state: 'linked', person: nobody, present: true } }),
    expect: 'unknown IDENTITY_UNLINKED',
  },
  {
    when: 'somebody gone created it who was linked to nobody in any roster',
    facts: aToken({ creator: { state: 'linked', person: nobody, present: false } }),
    expect: 'fail CREATOR_UNKNOWN',
    absentFrom: ['roster'],
  },
  { when: 'nobody owns it', facts: aToken({ owner: null }), expect: 'fail OWNER_MISSING', says: /no owner is named/ },
  {
    when: 'nobody owns it and nobody knows who created it, because Docker Hub does not say',
    facts: without(aToken({ owner: null }), 'createdBy'),
    expect: 'fail OWNER_MISSING',
  },
  {
    when: 'its owner is in no roster',
    facts: aToken({ owner: nobody }),
    expect: 'fail OWNER_UNKNOWN',
    absentFrom: ['roster'],
  },
  { when: 'its owner has left', facts: aToken({ owner: named({ employment: ended }) }), expect: 'fail OWNER_LEFT' },
  {
    when: 'its owner has left, though the policy asks for none',
    facts: aToken({ owner: named({ employment: ended }) }),
    policy: { requireOwner: false },
    expect: 'fail OWNER_LEFT',
  },
  {
    when: 'its owner starts later',
    facts: aToken({ owner: named({ employment: notStarted }) }),
    expect: 'fail OWNER_NOT_STARTED',
  },
  {
    when: 'HR leaves it open whether its owner is employed',
    facts: aToken({ owner: named({ employment: { state: 'unknown', reason: 'LEFT_ROSTER' } }) }),
    expect: 'unknown LEFT_ROSTER',
  },
  {
    when: 'it is deactivated',
    facts: aToken({ isActive: false, owner: null }),
    expect: 'not_applicable TOKEN_INACTIVE',
  },
  {
    when: 'it has expired',
    facts: aToken({ expiresAt: '2026-11-20T00:00:00Z' }),
    expect: 'not_applicable TOKEN_EXPIRED',
  },
  {
    when: 'nobody says whether it is active',
    facts: without(aToken(), 'isActive'),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
]);
