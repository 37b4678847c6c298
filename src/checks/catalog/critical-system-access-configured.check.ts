import { admissionsOfAnybody, namedRoles, orByCoreRole, weigh } from '../access-rules.js';
import type { Dataset, Instant, Reason, Verdict } from '../check.js';
import { byName, dayOf, daysBetween } from '../compare.js';
import { hipaa, iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, ownerFailures, ownerState, undecidedEmployment } from '../employment.js';
import type { AccessRule, CriticalSystem, CriticalSystemFacts } from '../facts.js';
import { describeDoubt, effectiveRole } from '../roles.js';
import { WholeNumber } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { capitalized, counted, listed, systemLabel } from '../wording.js';

export class ApprovalPolicy {
  @WholeNumber({ least: 1 })
  maxApprovalAgeDays = 365;
}

export const criticalSystemAccessConfigured: DocumentedCheck<CriticalSystemFacts, ApprovalPolicy> = {
  id: 'critical-system-access-configured',
  title: 'Every critical system has an owner and approved access rules for every role that is held there',
  subjects: ['critical_system'],
  population: [],
  needs: [
    'members',
    'teams',
    'team_members',
    { dataset: 'repositories', when: 'narrowed' },
    { dataset: 'repository_teams', when: 'narrowed' },
    'roster',
  ],
  severity: 'medium',
  sla: '5bd',
  why: 'Without an owner and current rules nobody decided who may have access, so no access can be wrong.',
  remedy:
    'Name an owner, write access rules for the roles that are held, have them approved and set `approvedOn`, under `criticalSystems` in hubwarden.yaml.',
  controls: [
    ...soc2('CC6.1', 'CC6.3'),
    ...iso27001('A.5.15'),
    ...pci('7.2.1', '7.2.2'),
    ...hipaa('164.308(a)(4)(ii)(B)'),
    ...nist('AC-1', 'AC-6'),
  ],
  policy: ApprovalPolicy,
  settings: { maxApprovalAgeDays: 'days after which the approval of the rules has to be renewed' },
  reasons: {
    pass: { CONFIGURED: 'an employed owner, and approved rules for every role that is held' },
    fail: {
      SYSTEM_NOT_DECLARED: 'no critical system names the organization',
      ...ownerFailures,
      NO_ACCESS_RULES: 'it has no access rule',
      RULES_NOT_APPROVED: 'the rules were never approved',
      APPROVAL_OUTDATED: 'the approval of the rules is too old',
      ROLE_WITHOUT_RULE: 'a role is held there that no rule gives to anybody, neither by its name nor by its core role',
    },
    unknown: {
      ...employmentDoubts,
      FIELD_NOT_EXPOSED: 'Docker Hub did not say which roles are held',
      UNRECOGNISED_VALUE: '`approvedOn` is no date',
    },
  },
  judge({ system, vocabulary, held }, { policy, now }) {
    if (!system.declared) {
      return fail(
        'SYSTEM_NOT_DECLARED',
        `No critical system names the organization ${system.organization}: nobody owns it, and no rule says who may have access.`,
        { organization: system.organization, problems: ['SYSTEM_NOT_DECLARED'] },
      );
    }
    const rules = system.access ?? [];
    const owner = ownerState(system.owner);
    const approval = judgeApproval(system, policy, now);
    const coverage = judgeCoverage(rules, vocabulary, held, now);
    const problems = [
      owner.state === 'wrong' ? owner : null,
      rules.length === 0 ? noRules : null,
      approval.problem,
      coverage.problem,
    ].filter((problem) => problem !== null);
    const [first] = problems;
    if (first !== undefined) return failure(system, first, problems);

    const subject = capitalized(systemLabel(system));
    if (owner.state === 'undecided') return undecidedEmployment(subject, owner.person, owner.employment);
    return (
      approval.doubt ??
      coverage.doubt ??
      pass('CONFIGURED', `${subject} has an owner and approved rules for every role that is held there.`, {
        owner: system.owner?.id,
        approvedOn: system.approvedOn,
      })
    );
  },
};

interface Problem {
  readonly reason: Reason;
  readonly sentence: string;
  readonly absentFrom?: readonly Dataset[];
  readonly roles?: readonly string[];
}
interface Aspect {
  readonly problem: Problem | null;
  readonly doubt: Verdict | null;
}

const noRules: Problem = { reason: 'NO_ACCESS_RULES', sentence: 'no access rule says who may have access' };

/** All that is wrong at once, so that it is repaired at once; the first one, in a fixed order, gives the reason. */
function failure(system: CriticalSystem, first: Problem, problems: readonly Problem[]): Verdict {
  const restsOnAbsence = problems.every(({ absentFrom }) => absentFrom !== undefined && absentFrom.length > 0);
  const absences = problems.flatMap(({ absentFrom }) => absentFrom ?? []);
  const roles = problems.flatMap((problem) => problem.roles ?? []);
  return fail(
    first.reason,
    `${capitalized(systemLabel(system))} is not configured: ${problems.map(({ sentence }) => sentence).join('; ')}.`,
    { problems: problems.map(({ reason }) => reason), ...(roles.length > 0 && { rolesWithoutRule: roles }) },
    restsOnAbsence ? { absentFrom: [...new Set(absences)] } : {},
  );
}

function judgeApproval({ approvedOn }: CriticalSystem, policy: ApprovalPolicy, now: Instant): Aspect {
  const none = { problem: null, doubt: null };
  if (approvedOn === null) {
    return { ...none, problem: { reason: 'RULES_NOT_APPROVED', sentence: 'its access rules were never approved' } };
  }
  const age = daysBetween(approvedOn, dayOf(now));
  if (Number.isNaN(age)) return { ...none, doubt: unknown('UNRECOGNISED_VALUE', `"${approvedOn}" is no date.`) };
  // East of Greenwich it may be tomorrow already.
  if (age < -1) {
    return {
      ...none,
      problem: {
        reason: 'RULES_NOT_APPROVED',
        sentence: `the approval of its rules, ${approvedOn}, lies in the future`,
      },
    };
  }
  if (age <= policy.maxApprovalAgeDays) return none;
  return {
    ...none,
    problem: {
      reason: 'APPROVAL_OUTDATED',
      sentence: `its rules were approved on ${approvedOn}, more than ${policy.maxApprovalAgeDays} days ago`,
    },
  };
}

/** The roles in effect, not every role that is written somewhere: a team's editor is judged as an editor. */
function judgeCoverage(
  rules: readonly AccessRule[],
  vocabulary: CriticalSystemFacts['vocabulary'],
  held: CriticalSystemFacts['held'],
  now: Instant,
): Aspect {
  if (rules.length === 0) return { problem: null, doubt: null };
  const named = namedRoles(rules);
  const admissions = admissionsOfAnybody(rules, now);
  const uncovered = new Map<string, number>();
  let restsOnTeams = true;
  let doubt: Verdict | null = null;
  for (const roles of held) {
    const effective = effectiveRole(roles, vocabulary, named);
    const weighed = weigh(effective, orByCoreRole(admissions, effective, vocabulary), vocabulary);
    const strangers = effective.doubt?.reason === 'ROLE_UNKNOWN' ? effective.doubt.roles : [];
    const refused = weighed.outcome === 'refused' ? weighed.roles : [];
    for (const role of [...refused, ...strangers]) uncovered.set(role, (uncovered.get(role) ?? 0) + roles.accounts);
    if (strangers.length > 0 || (weighed.outcome === 'refused' && !weighed.restsOnTeams)) restsOnTeams = false;
    if (weighed.outcome === 'doubt') {
      doubt ??= unknown(
        'FIELD_NOT_EXPOSED',
        `It is not known which roles are held: ${describeDoubt(weighed.doubt)} of ${counted(roles.accounts, 'account')}.`,
      );
    }
  }
  if (uncovered.size === 0) return { problem: null, doubt };
  const roles = byName(uncovered).map(([role, accounts]) => `${role} (${counted(accounts, 'account')})`);
  return {
    problem: {
      reason: 'ROLE_WITHOUT_RULE',
      sentence: `no rule gives anybody the ${roles.length === 1 ? 'role' : 'roles'} ${listed(roles)}`,
      roles: byName(uncovered).map(([role]) => role),
      ...(restsOnTeams && { absentFrom: ['teams', 'team_members'] }),
    },
    doubt,
  };
}
