import {
  ambiguous,
  anAccount,
  aSystem,
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
import type { AccessRule, CriticalSystem, CriticalSystemAccountFacts, HolderFacts, Who } from '../facts.js';
import { criticalSystemAccessValid } from './critical-system-access-valid.check.js';

function rule(roles: readonly string[], who: Who = 'everyone', end: Partial<AccessRule> = {}): AccessRule {
  return { roles, who, until: null, untilInstant: null, ...end };
}

/** The rules of a small company. Jane Doe is a developer in Engineering. */
const rules = [
  rule(['member']),
  rule(['owner'], { jobTitles: ['Head of Platform'] }),
  rule(['Editor', 'member'], { departments: ['Engineering', 'Data'], employmentTypes: ['employee'] }),
  rule(['release-manager'], { departments: ['Release', 'Engineering'] }),
];

function facts(account: Partial<HolderFacts> = {}, system: Partial<CriticalSystem> = {}): CriticalSystemAccountFacts {
  return {
    system: aSystem({ access: rules, ...system }),
    vocabulary: { 'registry-auditor': 'member', root: 'owner' },
    account: anAccount(account),
  };
}

const sales = linkedTo(named({ department: 'Sales' }));
const head = linkedTo(named({ jobTitle: 'Head of Platform', department: 'Platform' }));

judgeCases(criticalSystemAccessValid, [
  {
    when: 'everyone may be a member',
    facts: facts({ identity: sales }),
    expect: 'pass RULE_ADMITS',
    says: /^jdoe99 holds member, which a rule of the system "Docker Hub acme" gives Jane Doe \(E-1042\)\.$/,
    verdict: { facts: { heldRoles: ['member'], person: 'E-1042' } },
  },
  { when: 'the department may be editor', facts: facts({ role: 'Editor' }), expect: 'pass RULE_ADMITS' },
  { when: 'a team makes an editor', facts: facts({ teamRoles: ['editor'] }), expect: 'pass RULE_ADMITS' },
  {
    when: 'the job title may be owner',
    facts: facts({ identity: head, teams: ['owners'] }),
    expect: 'pass RULE_ADMITS',
  },
  { when: 'a custom role is admitted by name', facts: facts({ role: 'Release-Manager' }), expect: 'pass RULE_ADMITS' },
  {
    when: 'a custom role is admitted as its core role',
    facts: facts({ role: 'registry-auditor' }),
    expect: 'pass RULE_ADMITS',
  },
  {
    when: 'an unranked custom role and the role beside it are both admitted',
    facts: facts({ role: 'Editor', teamRoles: ['release-manager'] }),
    expect: 'pass RULE_ADMITS',
  },
  {
    when: 'a blank attribute does not matter because another rule admits',
    facts: facts({ identity: linkedTo(named({ department: null })) }),
    expect: 'pass RULE_ADMITS',
  },
  {
    when: 'the rule by name is not over yet',
    facts: facts(
      {},
      {
        access: [
          rule(['member'], { people: ['E-1042'] }, { until: '2026-11-21', untilInstant: '2026-11-21T23:00:00.000Z' }),
        ],
      },
    ),
    expect: 'pass RULE_ADMITS',
  },
  {
    when: 'it is the last working day',
    facts: facts({ identity: linkedTo(named({ employment: { state: 'employed', lastDay: '2026-11-21' } })) }),
    expect: 'pass RULE_ADMITS',
  },

  {
    when: 'the role is above what rules give',
    facts: facts({ identity: sales, role: 'Editor' }),
    expect: 'fail ROLE_NOT_ADMITTED',
    says: /^jdoe99 holds editor; the highest role that the system "Docker Hub acme" allows Jane Doe \(E-1042\) is member\.$/,
    verdict: { facts: { heldRoles: ['editor'], highestAllowedRole: 'member', allowedRoles: ['member'] } },
  },
  {
    when: 'a member is in the team owners',
    facts: facts({ teams: ['Owners'] }),
    expect: 'fail ROLE_NOT_ADMITTED',
    says: /holds owner \(as a member of the team owners\); .* is editor, beside release-manager\.$/,
  },
  {
    when: 'a custom role equals owner',
    facts: facts({ role: 'root' }),
    expect: 'fail ROLE_NOT_ADMITTED',
    says: /holds owner \(its custom role root counts as that\)/,
  },
  {
    // A rule admits exactly the roles that it lists.
    when: 'a rule gives a higher role only',
    facts: facts({ identity: head }, { access: [rule(['owner'], { jobTitles: ['Head of Platform'] })] }),
    expect: 'fail ROLE_NOT_ADMITTED',
    says: /holds member; .* is owner\.$/,
    absentFrom: ['teams', 'team_members'],
  },
  {
    when: 'no rule gives anything',
    facts: facts({ identity: sales }, { access: [rule(['owner'], { people: ['E-1'] })] }),
    expect: 'fail ROLE_NOT_ADMITTED',
    says: /is none\.$/,
    verdict: { facts: { highestAllowedRole: null, allowedRoles: [] } },
  },
  {
    when: 'the rule is over',
    facts: facts(
      {},
      { access: [rule(['member'], 'everyone', { until: '2026-11-20', untilInstant: '2026-11-20T23:00:00.000Z' })] },
    ),
    expect: 'fail ROLE_NOT_ADMITTED',
  },
  {
    when: 'an unranked custom role stands beside one that is not admitted',
    facts: facts({
      identity: linkedTo(named({ department: 'Release' })),
      role: 'Editor',
      teamRoles: ['release-manager'],
    }),
    expect: 'fail ROLE_NOT_ADMITTED',
    says: /is member, beside release-manager\.$/,
  },
  {
    when: 'an unranked custom role is not admitted and the one beside it is',
    facts: facts({ identity: linkedTo(named({ department: 'Data' })), role: 'Editor', teamRoles: ['release-manager'] }),
    expect: 'fail ROLE_NOT_ADMITTED',
  },
  {
    when: 'the teams were not said, and nothing above the own role is admitted',
    facts: { ...facts(), account: without(anAccount({ identity: sales, role: 'Editor' }), 'teams', 'teamRoles') },
    expect: 'fail ROLE_NOT_ADMITTED',
  },
  {
    when: 'an unknown custom role stands beside one that is refused, and nothing above is admitted',
    facts: facts({ identity: sales, role: 'Editor', teamRoles: ['wizard'] }),
    expect: 'fail ROLE_NOT_ADMITTED',
  },
  {
    when: 'the person has not started',
    facts: facts({ identity: linkedTo(named({ employment: notStarted })) }),
    expect: 'fail NOT_STARTED',
    says: /starts on 2026-12-01; .* admit employed people only/,
  },
  {
    when: 'the person has not started and the role was not said',
    facts: {
      ...facts(),
      account: without(anAccount({ identity: linkedTo(named({ employment: notStarted })) }), 'role'),
    },
    expect: 'fail NOT_STARTED',
  },

  {
    when: 'a service account holds a declared role',
    facts: facts({ identity: declared() }),
    expect: 'pass ROLE_DECLARED',
  },
  {
    // Rules are about people; everyone may be a member, this account may not.
    when: 'a service account holds a role that only people may hold',
    facts: facts({ identity: declared({ roles: ['editor'] }) }),
    expect: 'fail ROLE_NOT_DECLARED',
    absentFrom: ['teams', 'team_members'],
  },
  {
    when: 'a service account holds more than declared',
    facts: facts({ identity: declared(), teams: ['owners'] }),
    expect: 'fail ROLE_NOT_DECLARED',
    says: /holds owner \(as a member of the team owners\); its declaration allows member\.$/,
    verdict: { facts: { heldRoles: ['owner'], declaredRoles: ['member'] } },
  },
  {
    when: 'a service account holds a custom role of its declaration',
    facts: facts({ identity: declared({ roles: ['Pusher'] }), role: 'pusher' }),
    expect: 'pass ROLE_DECLARED',
  },
  ...[null, []].map((roles) => ({
    when: `a service account is declared with the roles ${JSON.stringify(roles)}`,
    facts: facts({ identity: declared({ roles }) }),
    expect: 'fail NO_ROLES_DECLARED' as const,
    says: /allows it no role; it holds member\.$/,
  })),
  {
    when: 'a service account without declared roles shows none',
    facts: { ...facts(), account: without(anAccount({ identity: declared({ roles: null }) }), 'role') },
    expect: 'fail NO_ROLES_DECLARED',
    says: /allows it no role\.$/,
  },
  {
    when: 'a service account holds an unknown custom role',
    facts: facts({ identity: declared(), role: 'wizard' }),
    expect: 'unknown ROLE_UNKNOWN',
  },
  {
    when: "a service account's teams were not said",
    facts: { ...facts(), account: without(anAccount({ identity: declared() }), 'teams') },
    expect: 'unknown FIELD_NOT_EXPOSED',
  },

  ...[null, []].map((access) => ({
    when: `the rules are ${JSON.stringify(access)}`,
    facts: facts({}, { access }),
    expect: 'unknown NO_ACCESS_RULES' as const,
  })),
  {
    when: 'nobody declared the system',
    facts: facts({}, { access: null, declared: false }),
    expect: 'unknown NO_ACCESS_RULES',
  },
  {
    when: 'a system without rules has a service account',
    facts: facts({ identity: declared() }, { access: null }),
    expect: 'unknown NO_ACCESS_RULES',
  },
  { when: 'nobody is behind it', facts: facts({ identity: unlinked }), expect: 'unknown IDENTITY_UNLINKED' },
  {
    when: 'nobody is behind it and there are no rules',
    facts: facts({ identity: unlinked }, { access: null }),
    expect: 'unknown IDENTITY_UNLINKED',
  },
  { when: 'two people match', facts: facts({ identity: ambiguous }), expect: 'unknown IDENTITY_UNLINKED' },
  { when: 'the link names nobody', facts: facts({ identity: linkedTo(nobody) }), expect: 'unknown IDENTITY_UNLINKED' },
  ...doubtfulEmployments.map((employment) => ({
    when: "the person's employment is open",
    facts: facts({ identity: linkedTo(named({ employment })) }),
    expect: `unknown ${employment.reason}` as const,
  })),
  {
    when: 'a custom role is neither named nor ranked',
    facts: facts({ role: 'Wizard' }),
    expect: 'unknown ROLE_UNKNOWN',
    says: /nobody ranked the custom role wizard/,
  },
  {
    when: 'an unknown custom role stands beside an admitted one',
    facts: facts({ teamRoles: ['wizard'] }),
    expect: 'unknown ROLE_UNKNOWN',
  },
  ...(['role', 'teams', 'teamRoles'] as const).map((field) => ({
    when: `Docker Hub did not say ${field}`,
    facts: { ...facts(), account: without(anAccount(), field) },
    expect: 'unknown FIELD_NOT_EXPOSED' as const,
  })),
  { when: 'Docker Hub names no role at all', facts: facts({ role: null }), expect: 'unknown FIELD_NOT_EXPOSED' },
  {
    when: 'the teams were not said, and a role above the refused one is admitted',
    facts: { ...facts(), account: without(anAccount({ identity: head, role: 'Editor' }), 'teams') },
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  ...([undefined, null, ' '] as const).map((department) => ({
    when: `HR has the department ${JSON.stringify(department)}, for which a rule asks`,
    facts: facts({ identity: linkedTo(named({ department })), role: 'Editor' }),
    expect: 'unknown HR_ATTRIBUTE_BLANK' as const,
    says: /depends on the department, which HR left blank\.$/,
  })),
  {
    when: 'the blank could not have admitted',
    facts: facts({ identity: linkedTo(named({ department: null, employmentType: 'contractor' })), role: 'Editor' }),
    expect: 'fail ROLE_NOT_ADMITTED',
  },
  { when: 'one listing no longer shows it', facts: facts({ presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },

  {
    when: 'the person has left',
    facts: facts({ identity: linkedTo(named({ employment: ended })), teams: ['owners'] }),
    expect: 'not_applicable OFFBOARDED',
  },
  {
    when: 'the person has left a system without rules',
    facts: facts({ identity: linkedTo(named({ employment: ended })) }, { access: null }),
    expect: 'not_applicable OFFBOARDED',
  },
  {
    when: 'it is gone',
    facts: facts({ presence: 'gone', removalConfirmed: true }),
    expect: 'not_applicable ACCESS_GONE',
  },
]);
