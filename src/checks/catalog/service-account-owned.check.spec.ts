import {
  anAccount,
  anInvite,
  aServiceAccount,
  aSystem,
  declared,
  doubtfulEmployments,
  ended,
  named,
  nobody,
  notStarted,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { HolderFacts, ServiceAccountFacts, ServiceAccountPolicy } from '../facts.js';
import { serviceAccountOwned } from './service-account-owned.check.js';

function facts(
  policy: Partial<ServiceAccountPolicy> = {},
  account: Partial<HolderFacts> = {},
  more: Partial<ServiceAccountFacts> = {},
): ServiceAccountFacts {
  return {
    account: anAccount({ name: 'acme-ci', identity: declared(policy), ...account }),
    declared: aServiceAccount(policy),
    vocabulary: { 'registry-auditor': 'member' },
    systems: [aSystem()],
    ...more,
  };
}

function leaving(lastDay: string): Partial<ServiceAccountPolicy> {
  return { owner: named({ employment: { state: 'employed', lastDay } }) };
}

const asOwner: Partial<HolderFacts> = { teams: ['owners'] };
const withoutIdentityCheck = ['service-account-owned', 'critical-system-access-valid'];

judgeCases(serviceAccountOwned, [
  {
    when: 'owner, review and role are in order',
    facts: facts(),
    expect: 'pass SERVICE_ACCOUNT_IN_ORDER',
    verdict: { facts: { owner: 'E-1042', reviewBy: '2027-01-31' } },
  },
  { when: 'nobody gave a reason for it', facts: facts({ reason: null }), expect: 'pass SERVICE_ACCOUNT_IN_ORDER' },
  {
    when: 'the review is due today',
    facts: facts({ reviewBy: '2026-11-21' }),
    expect: 'pass SERVICE_ACCOUNT_IN_ORDER',
  },
  { when: 'the owner leaves in 14 days', facts: facts(leaving('2026-12-05')), expect: 'pass SERVICE_ACCOUNT_IN_ORDER' },
  {
    when: 'it is invited and has declared no role yet',
    facts: { ...facts({ roles: null }), account: anInvite({ identity: declared({ roles: null }) }) },
    expect: 'pass SERVICE_ACCOUNT_IN_ORDER',
  },

  {
    when: 'the owner leaves in 13 days',
    facts: facts(leaving('2026-12-04')),
    expect: 'fail OWNER_ON_NOTICE',
    says: /its owner Jane Doe \(E-1042\) leaves on 2026-12-04\.$/,
  },
  { when: 'the owner leaves today', facts: facts(leaving('2026-11-21')), expect: 'fail OWNER_ON_NOTICE' },
  {
    when: 'the policy gives more notice',
    facts: facts(leaving('2026-12-24')),
    policy: { noticeDays: 60 },
    expect: 'fail OWNER_ON_NOTICE',
  },
  { when: 'no review date is set', facts: facts({ reviewBy: null }), expect: 'fail REVIEW_MISSING' },
  {
    when: 'the review date has passed',
    facts: facts({ reviewBy: '2026-11-20' }),
    expect: 'fail REVIEW_PASSED',
    says: /to be reviewed by 2026-11-20/,
  },
  {
    when: 'no system with rules judges its role',
    facts: facts({}, asOwner, { systems: [aSystem({ access: null, declared: false })] }),
    expect: 'fail ROLE_NOT_DECLARED',
    says: /acme-ci is a service account and holds owner .*; its declaration allows member\.$/,
  },
  {
    when: 'the systems that judge it have empty rules',
    facts: facts({}, asOwner, { systems: [aSystem({ access: [] })] }),
    expect: 'fail ROLE_NOT_DECLARED',
  },
  {
    when: 'no narrowed system counts it among its accounts',
    facts: facts({ roles: null }, {}, { systems: [] }),
    expect: 'fail NO_ROLES_DECLARED',
  },
  {
    when: 'nobody said which systems judge it',
    facts: facts({}, asOwner, { systems: undefined }),
    expect: 'fail ROLE_NOT_DECLARED',
  },
  {
    when: 'the check that would judge its role is disabled',
    facts: facts({}, asOwner),
    enabled: ['service-account-owned', 'user-identified'],
    expect: 'fail ROLE_NOT_DECLARED',
  },
  {
    when: 'it holds less than declared and nobody else judges that',
    facts: facts({ roles: ['editor'] }, {}, { systems: [] }),
    expect: 'fail ROLE_NOT_DECLARED',
    absentFrom: ['teams', 'team_members'],
  },
  {
    when: 'several things are wrong, and one of them elsewhere',
    facts: facts({ owner: null, reviewBy: '2026-01-01' }, asOwner, { systems: [] }),
    expect: 'fail REVIEW_PASSED',
    verdict: { facts: { owner: null, problems: ['REVIEW_PASSED', 'ROLE_NOT_DECLARED'] } },
  },
  {
    when: "something is wrong while the owner's employment is open",
    facts: facts({ owner: named({ employment: { state: 'unknown', reason: 'LEFT_ROSTER' } }), reviewBy: null }),
    expect: 'fail REVIEW_MISSING',
  },
  ...(
    [
      ['OWNER_MISSING', null, []],
      ['OWNER_UNKNOWN', nobody, ['roster']],
      ['OWNER_LEFT', named({ employment: ended }), []],
      ['OWNER_NOT_STARTED', named({ employment: notStarted }), []],
    ] as const
  ).flatMap(([reason, owner, absentFrom]) => [
    {
      when: `user-identified fails for it (${reason})`,
      facts: facts({ owner }),
      expect: 'not_applicable JUDGED_BY' as const,
    },
    {
      when: 'user-identified is disabled',
      facts: facts({ owner }),
      enabled: withoutIdentityCheck,
      expect: `fail ${reason}` as const,
      absentFrom,
    },
  ]),
  {
    when: 'critical-system-access-valid fails for its role',
    facts: facts({}, asOwner),
    expect: 'not_applicable JUDGED_BY',
    says: /fails critical-system-access-valid\.$/,
  },
  {
    when: 'it fails there for having no declared roles',
    facts: facts({ roles: null }),
    expect: 'not_applicable JUDGED_BY',
  },
  {
    when: 'both fail for it',
    facts: facts({ owner: null }, asOwner),
    expect: 'not_applicable JUDGED_BY',
    says: /fails user-identified and critical-system-access-valid\.$/,
  },

  ...doubtfulEmployments.map((employment) => ({
    when: "the owner's employment is open",
    facts: facts({ owner: named({ employment }) }),
    expect: `unknown ${employment.reason}` as const,
  })),
  { when: 'it holds an unknown custom role', facts: facts({}, { role: 'wizard' }), expect: 'unknown ROLE_UNKNOWN' },
  ...(['role', 'teams', 'teamRoles'] as const).map((field) => ({
    when: `Docker Hub did not say ${field}`,
    facts: facts({}, { [field]: undefined }),
    expect: 'unknown FIELD_NOT_EXPOSED' as const,
  })),
  { when: 'the review date is none', facts: facts({ reviewBy: 'soon' }), expect: 'unknown UNRECOGNISED_VALUE' },
  { when: "the owner's last day is none", facts: facts(leaving('31.12.2026')), expect: 'unknown UNRECOGNISED_VALUE' },
  {
    when: 'one listing no longer shows it',
    facts: facts({}, { presence: 'gone' }),
    expect: 'unknown REMOVAL_UNCONFIRMED',
  },
  {
    when: 'it is gone',
    facts: facts({}, { presence: 'gone', removalConfirmed: true }),
    expect: 'not_applicable ACCESS_GONE',
  },
]);
