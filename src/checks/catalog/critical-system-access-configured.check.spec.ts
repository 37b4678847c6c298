import { doubtfulEmployments, ended, aSystem, named, nobody, notStarted } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { AccessRule, CriticalSystem, CriticalSystemFacts, HeldRoles, Who } from '../facts.js';
import { criticalSystemAccessConfigured } from './critical-system-access-configured.check.js';

function rule(roles: readonly string[], who: Who = 'everyone', end: Partial<AccessRule> = {}): AccessRule {
  return { roles, who, until: null, untilInstant: null, ...end };
}

function held(role: string | null | undefined, more: Partial<HeldRoles> = {}): HeldRoles {
  return { role, teams: [], teamRoles: [], accounts: 3, ...more };
}

function facts(
  system: Partial<CriticalSystem> = {},
  roles: readonly HeldRoles[] = [held('Member')],
): CriticalSystemFacts {
  return { system: aSystem(system), vocabulary: { 'registry-auditor': 'member', root: 'owner' }, held: roles };
}

const over = { until: '2026-11-01', untilInstant: '2026-11-01T23:00:00.000Z' };

judgeCases(criticalSystemAccessConfigured, [
  { when: 'all is in place', facts: facts(), expect: 'pass CONFIGURED' },
  {
    when: 'nobody holds anything in a narrowed system',
    facts: facts({ repositories: ['prod-*'] }, []),
    expect: 'pass CONFIGURED',
  },
  {
    when: 'a custom role is covered by its name',
    facts: facts({ access: [rule(['member']), rule(['release-manager'], { departments: ['Release'] })] }, [
      held('Release-Manager'),
    ]),
    expect: 'pass CONFIGURED',
  },
  {
    when: 'a custom role is covered by its core role',
    facts: facts({}, [held('registry-auditor')]),
    expect: 'pass CONFIGURED',
  },
  {
    when: 'the rule that names a custom role is over, and its core role is covered',
    facts: facts({ access: [rule(['member']), rule(['registry-auditor'], 'everyone', over)] }, [
      held('registry-auditor'),
    ]),
    expect: 'pass CONFIGURED',
  },
  {
    when: 'the lower role of somebody in the team owners is covered nowhere',
    facts: facts({ access: [rule(['owner'], { jobTitles: ['Head'] })] }, [held('Member', { teams: ['owners'] })]),
    expect: 'pass CONFIGURED',
  },
  { when: 'the approval is 365 days old', facts: facts({ approvedOn: '2025-11-21' }), expect: 'pass CONFIGURED' },
  {
    // It is the 21st in Greenwich and may be the 22nd where the rules were approved.
    when: 'the approval is of tomorrow',
    facts: facts({ approvedOn: '2026-11-22' }),
    expect: 'pass CONFIGURED',
  },

  {
    when: 'no system names the organization',
    facts: facts({ declared: false, owner: null, approvedOn: null, access: null }),
    expect: 'fail SYSTEM_NOT_DECLARED',
    says: /No critical system names the organization acme/,
    verdict: { facts: { problems: ['SYSTEM_NOT_DECLARED'] } },
  },
  { when: 'it has no owner', facts: facts({ owner: null }), expect: 'fail OWNER_MISSING' },
  {
    when: 'no roster ever had the owner',
    facts: facts({ owner: nobody }),
    expect: 'fail OWNER_UNKNOWN',
    absentFrom: ['roster'],
  },
  { when: 'the owner has left', facts: facts({ owner: named({ employment: ended }) }), expect: 'fail OWNER_LEFT' },
  {
    when: 'the owner has not started',
    facts: facts({ owner: named({ employment: notStarted }) }),
    expect: 'fail OWNER_NOT_STARTED',
  },
  { when: 'rules were never said', facts: facts({ access: null }), expect: 'fail NO_ACCESS_RULES' },
  { when: 'there are no rules', facts: facts({ access: [] }), expect: 'fail NO_ACCESS_RULES' },
  { when: 'the rules were never approved', facts: facts({ approvedOn: null }), expect: 'fail RULES_NOT_APPROVED' },
  {
    when: 'the approval lies in the future',
    facts: facts({ approvedOn: '2027-01-01' }),
    expect: 'fail RULES_NOT_APPROVED',
    says: /2027-01-01, lies in the future/,
  },
  {
    when: 'the approval is 366 days old',
    facts: facts({ approvedOn: '2025-11-20' }),
    expect: 'fail APPROVAL_OUTDATED',
  },
  {
    when: 'the policy wants a younger approval',
    facts: facts(),
    policy: { maxApprovalAgeDays: 30 },
    expect: 'fail APPROVAL_OUTDATED',
    says: /2026-09-01, more than 30 days ago/,
  },
  {
    when: 'no rule gives a role that is held',
    facts: facts({}, [
      held('Member'),
      held('Editor', { accounts: 2 }),
      held('Member', { teamRoles: ['editor'], accounts: 5 }),
    ]),
    expect: 'fail ROLE_WITHOUT_RULE',
    says: /no rule gives anybody the role editor \(7 accounts\)/,
    verdict: { facts: { rolesWithoutRule: ['editor'] } },
  },
  {
    when: 'the only rule for a role is over',
    facts: facts({ access: [rule(['member']), rule(['editor'], 'everyone', over)] }, [held('Editor', { accounts: 1 })]),
    expect: 'fail ROLE_WITHOUT_RULE',
    says: /editor \(1 account\)/,
  },
  {
    when: 'the only rule for a role gives it to nobody',
    facts: facts({ access: [rule(['member'], { people: [] })] }),
    expect: 'fail ROLE_WITHOUT_RULE',
  },
  {
    when: 'nobody ranked or named a custom role',
    facts: facts({}, [held('wizard')]),
    expect: 'fail ROLE_WITHOUT_RULE',
    says: /wizard/,
  },
  {
    when: 'a custom role stands beside another one, and one of the two is uncovered',
    facts: facts({ access: [rule(['member', 'release-manager'])] }, [
      held('Editor', { teams: ['r'], teamRoles: ['release-manager'] }),
    ]),
    expect: 'fail ROLE_WITHOUT_RULE',
    says: /the role editor/,
  },
  {
    // Whatever else turns out to be held, nothing above the editor is covered.
    when: 'an uncovered role is held and the teams were not said',
    facts: facts({}, [{ role: 'Editor', accounts: 1 }]),
    expect: 'fail ROLE_WITHOUT_RULE',
  },
  {
    when: 'the uncovered role would not count beside a higher one that is covered',
    facts: facts({ access: [rule(['owner'])] }, [held('Member')]),
    expect: 'fail ROLE_WITHOUT_RULE',
    absentFrom: ['teams', 'team_members'],
  },
  {
    when: 'everything is wrong',
    facts: facts({ owner: nobody, access: null, approvedOn: null }),
    expect: 'fail OWNER_UNKNOWN',
    says: /its owner E-9999 is in no roster; no access rule says who may have access; its access rules were never approved\./,
    verdict: { facts: { problems: ['OWNER_UNKNOWN', 'NO_ACCESS_RULES', 'RULES_NOT_APPROVED'] } },
  },
  {
    when: 'something is wrong and something else is open',
    facts: facts({ approvedOn: null, owner: named({ employment: { state: 'unknown', reason: 'LEFT_ROSTER' } }) }, [
      { accounts: 1 },
    ]),
    expect: 'fail RULES_NOT_APPROVED',
  },

  ...doubtfulEmployments.map((employment) => ({
    when: "the owner's employment is open",
    facts: facts({ owner: named({ employment }) }),
    expect: `unknown ${employment.reason}` as const,
  })),
  { when: 'no role was said', facts: facts({}, [{ accounts: 2 }]), expect: 'unknown FIELD_NOT_EXPOSED' },
  {
    when: 'the teams were not said',
    facts: facts({}, [held('Member', { teams: undefined })]),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'an uncovered role is held, the teams were not said, and a higher role is covered',
    facts: facts({ access: [rule(['owner'])] }, [held('Member', { teams: undefined })]),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'the date of approval is none',
    facts: facts({ approvedOn: 'last spring' }),
    expect: 'unknown UNRECOGNISED_VALUE',
  },
]);
