import { admissionsOf, allowedRoles, describeHighest, namedRoles, weigh, type Admissions } from '../access-rules.js';
import type { Instant, Verdict } from '../check.js';
import { iso27001, nist, pci, soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, leftSentence, undecidedEmployment } from '../employment.js';
import type { AccessRule, CriticalSystemAccountFacts, PersonFacts } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import { describeDoubt, describeHeld, effectiveRole, rankOf, type EffectiveRole } from '../roles.js';
import { judgeDeclaredRoles } from '../service-account-role.js';
import { NoThresholds } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, listed, subjectOf, systemLabel } from '../wording.js';

export const criticalSystemAccessValid: DocumentedCheck<CriticalSystemAccountFacts, NoThresholds> = {
  id: 'critical-system-access-valid',
  title: 'Every account holds only a role that the access rules of the system give to its person',
  subjects: ['critical_system_account'],
  population: ['members'],
  needs: [
    'members',
    'teams',
    'team_members',
    { dataset: 'repositories', when: 'narrowed' },
    { dataset: 'repository_teams', when: 'narrowed' },
    'roster',
  ],
  severity: 'high',
  sla: '5bd',
  why: 'Rights that outgrew somebody’s job turn one stolen account into control over what is shipped.',
  remedy: 'Take the role or the team away, or have the system’s owner approve a rule that gives it.',
  controls: [
    ...soc2('CC6.3'),
    ...iso27001('A.5.18', 'A.8.2'),
    ...pci('7.2.2', '7.2.5'),
    ...sox('APD'),
    ...nist('AC-6'),
  ],
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: {
      RULE_ADMITS: 'a rule gives the person the role that the account holds',
      ROLE_DECLARED: 'the service account holds a role of its own declaration',
    },
    fail: {
      ROLE_NOT_ADMITTED: 'no rule gives the person the role that the account holds',
      NOT_STARTED: 'the person is not employed yet, and rules admit employed people only',
      ROLE_NOT_DECLARED: 'the service account holds a role that its declaration does not list',
      NO_ROLES_DECLARED: 'the declaration of the service account lists no role',
    },
    unknown: {
      ...unlinkedMeaning,
      ...employmentDoubts,
      ...goneReasons.unknown,
      NO_ACCESS_RULES: 'the system has no rules; `critical-system-access-configured` says so',
      ROLE_UNKNOWN: 'the account holds a custom role that no rule names and that `roles` does not rank',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say what decides the role',
      HR_ATTRIBUTE_BLANK: 'a rule that could admit the person asks for something that HR left blank',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      OFFBOARDED: 'the person has left; `offboarded-access-removed` judges it',
    },
  },
  judge(facts, { now }) {
    const { system, vocabulary, account } = facts;
    const verdict = goneVerdict(account) ?? judgePresent(facts, now);
    if (account.presence === 'gone') return verdict;
    // Also of somebody whom the rules cannot judge: who holds which role is asked of strangers and leavers first of all.
    const held = effectiveRole(account, vocabulary, namedRoles(system.access ?? []));
    return { ...verdict, facts: { heldRoles: held.roles.map(({ name }) => name), ...verdict.facts } };
  },
};

function judgePresent({ system, vocabulary, account }: CriticalSystemAccountFacts, now: Instant): Verdict {
  const rules = system.access ?? [];
  const subject = subjectOf(account);
  const withoutRules = unknown(
    'NO_ACCESS_RULES',
    `${subject} cannot be judged: ${systemLabel(system)} has no access rules.`,
  );
  if (account.identity.state === 'service_account') {
    // Its own declaration would do; but where nobody decided who may have access, nothing is shown to be valid.
    return rules.length === 0 ? withoutRules : judgeDeclaredRoles(account, account.identity.declared, vocabulary);
  }
  const person = personBehind(account);
  if ('outcome' in person) return person;
  const { employment } = person;
  if (employment.state === 'ended') {
    return notApplicable('OFFBOARDED', `${leftSentence(person, employment)}: ${subject} should not exist at all.`);
  }
  if (rules.length === 0) return withoutRules;
  if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
  const effective = effectiveRole(account, vocabulary, namedRoles(rules));
  if (employment.state === 'not_started') {
    return fail(
      'NOT_STARTED',
      `${subject} belongs to ${labelOf(person)}, who starts on ${employment.firstDay}; the rules of ${systemLabel(system)} admit employed people only.`,
      { person: person.id, firstDay: employment.firstDay, heldRoles: effective.roles.map(({ name }) => name) },
    );
  }
  return judgeByRules(subject, person, effective, { system, vocabulary, rules, now });
}

interface Bounds extends Pick<CriticalSystemAccountFacts, 'system' | 'vocabulary'> {
  readonly rules: readonly AccessRule[];
  readonly now: Instant;
}

function judgeByRules(subject: string, person: PersonFacts, effective: EffectiveRole, bounds: Bounds): Verdict {
  const { system, vocabulary, rules, now } = bounds;
  const admissions = admissionsOf(person, rules, now);
  const weighed = weigh(effective, admissions, vocabulary);
  const facts = { person: person.id, ...comparedRoles(effective, admissions, bounds) };
  const holds = `${subject} holds ${describeHeld(effective)}`;
  if (weighed.outcome === 'doubt') {
    const why = describeDoubt(weighed.doubt);
    return unknown(weighed.doubt.reason, `The role of ${subject} is not known: ${why}.`, facts);
  }
  if (weighed.outcome === 'undecided') {
    return unknown(
      'HR_ATTRIBUTE_BLANK',
      `${holds}; whether a rule of ${systemLabel(system)} gives that to ${labelOf(person)} depends on the ${listed(weighed.blanks)}, which HR left blank.`,
      { ...facts, blank: weighed.blanks },
    );
  }
  if (weighed.outcome === 'refused') {
    return fail(
      'ROLE_NOT_ADMITTED',
      `${holds}; the highest role that ${systemLabel(system)} allows ${labelOf(person)} is ${describeHighest(admissions, vocabulary)}.`,
      facts,
      weighed.restsOnTeams ? { absentFrom: ['teams', 'team_members'] } : {},
    );
  }
  return pass('RULE_ADMITS', `${holds}, which a rule of ${systemLabel(system)} gives ${labelOf(person)}.`, {
    person: person.id,
    heldRoles: facts.heldRoles,
  });
}

function comparedRoles(effective: EffectiveRole, admissions: Admissions, { vocabulary }: Bounds) {
  const allowed = allowedRoles(admissions, vocabulary);
  return {
    heldRoles: effective.roles.map(({ name }) => name),
    highestAllowedRole: allowed.find((role) => rankOf(role, vocabulary) !== null) ?? allowed[0] ?? null,
    allowedRoles: allowed,
  };
}
