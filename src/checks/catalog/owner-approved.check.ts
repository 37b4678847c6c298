import { admissionsOf, namedRoles, weigh } from '../access-rules.js';
import type { Given, Verdict } from '../check.js';
import { folded } from '../compare.js';
import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, leftSentence, undecidedEmployment } from '../employment.js';
import type { CriticalSystem, HolderFacts, PersonFacts, RoleVocabulary, ServiceAccountPolicy } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import { describeDoubt, describeHeld, effectiveRole, ownerRank } from '../roles.js';
import { judgeDeclaredRoles } from '../service-account-role.js';
import { Names } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, listed, subjectOf } from '../wording.js';

export class OwnerApprovedPolicy {
  @Names('a list of usernames or employee ids, such as `[jdoe, E-1042]`')
  approved: readonly string[] = [];
}

export const ownerApproved: DocumentedCheck<HolderFacts, OwnerApprovedPolicy> = {
  id: 'owner-approved',
  title: 'Every owner of an organization was approved as one',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'teams', 'team_members', 'roster'],
  severity: 'high',
  sla: '2bd',
  why: 'An owner can do everything, undo every guard, and make other owners.',
  remedy:
    'Make them an editor or a member; or put them on the list `approved`, or have a rule of a critical system give the role owner to people like them.',
  controls: [...soc2('CC6.3'), ...iso27001('A.8.2'), ...pci('7.2.2', '7.2.3'), ...nist('AC-6(5)')],
  policy: OwnerApprovedPolicy,
  settings: {
    approved:
      'usernames or employee ids of the approved owners, beside those to whom an access rule gives the role; a service account needs the role in its own declaration',
  },
  reasons: {
    pass: {
      OWNER_LISTED: 'the list `approved` has the account or its person',
      RULE_ADMITS: 'a rule of a critical system of the organization gives the person the role',
      ROLE_DECLARED: 'the service account was declared with the role',
    },
    fail: {
      OWNER_NOT_APPROVED: 'neither the list nor a rule has the person',
      ROLE_NOT_DECLARED: 'a service account is an owner, and its declaration does not say so',
    },
    unknown: {
      ...unlinkedMeaning,
      ...employmentDoubts,
      ...goneReasons.unknown,
      ROLE_UNKNOWN: 'it holds a custom role that `roles` does not rank and that may equal owner',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say what decides whether it is an owner',
      HR_ATTRIBUTE_BLANK: 'a rule that could give the person the role asks for something that HR left blank',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      NOT_AN_OWNER: 'the account holds a lower role',
      OFFBOARDED: 'the person has left; `offboarded-access-removed` judges it',
    },
  },
  judge(account, given) {
    const gone = goneVerdict(account);
    if (gone !== null) return gone;
    const subject = subjectOf(account);
    const { systems, vocabulary } = account;
    if (systems === undefined || vocabulary === undefined) {
      return unknown('FIELD_NOT_EXPOSED', `Nobody said which rules hold for ${subject}.`);
    }
    const effective = effectiveRole(account, vocabulary, new Set());
    if (effective.rank < ownerRank) {
      return effective.doubt === null
        ? notApplicable('NOT_AN_OWNER', `${subject} holds ${describeHeld(effective)}.`)
        : unknown(
            effective.doubt.reason,
            `It is not known whether ${subject} is an owner: ${describeDoubt(effective.doubt)}.`,
          );
    }
    return judgeOwner(account, { systems, vocabulary }, given);
  },
};

interface Rules {
  readonly systems: readonly CriticalSystem[];
  readonly vocabulary: RoleVocabulary;
}

function judgeOwner(account: HolderFacts, rules: Rules, given: Given<OwnerApprovedPolicy>): Verdict {
  const subject = subjectOf(account);
  const { identity } = account;
  if (identity.state === 'service_account') return judgeMachine(account, identity.declared, rules.vocabulary);
  const person = personBehind(account);
  if ('outcome' in person) return person;
  const { employment } = person;
  if (employment.state === 'ended') {
    return notApplicable('OFFBOARDED', `${leftSentence(person, employment)}: ${subject} should not exist at all.`);
  }
  if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
  const facts = { person: person.id };
  const approved = new Set(given.policy.approved.map(folded));
  if (approved.has(folded(account.name)) || approved.has(folded(person.id))) {
    return pass(
      'OWNER_LISTED',
      `${subject} is an owner, and the list of approved owners has ${labelOf(person)}.`,
      facts,
    );
  }
  const admitted = rules.systems.map((system) => ({ system, weighed: weighIn(system, account, person, rules, given) }));
  const by = admitted.find(({ weighed }) => weighed?.outcome === 'admitted');
  if (by !== undefined) {
    return pass(
      'RULE_ADMITS',
      `${subject} is an owner, which a rule of the system "${by.system.name}" gives ${labelOf(person)}.`,
      {
        ...facts,
        system: by.system.name,
      },
    );
  }
  for (const { weighed } of admitted) {
    if (weighed?.outcome === 'undecided') {
      return unknown(
        'HR_ATTRIBUTE_BLANK',
        `${subject} is an owner; whether a rule gives that to ${labelOf(person)} depends on the ${listed(weighed.blanks)}, which HR left blank.`,
        { ...facts, blank: weighed.blanks },
      );
    }
  }
  return fail(
    'OWNER_NOT_APPROVED',
    `${subject} is an owner; neither the list of approved owners nor an access rule has ${labelOf(person)}.`,
    { ...facts, approved: given.policy.approved.length },
  );
}

/** Null: the system has no rules, or the person is not employed, so that no rule admits them. */
function weighIn(
  { access }: CriticalSystem,
  account: HolderFacts,
  person: PersonFacts,
  { vocabulary }: Rules,
  { now }: Given<OwnerApprovedPolicy>,
) {
  if (access === null || access.length === 0 || person.employment.state !== 'employed') return null;
  const effective = effectiveRole(account, vocabulary, namedRoles(access));
  // Whatever is held beside it is for critical-system-access-valid to judge.
  const asOwner = { ...effective, roles: effective.roles.filter(({ rank }) => rank === ownerRank), doubt: null };
  return weigh(asOwner, admissionsOf(person, access, now), vocabulary);
}

function judgeMachine(account: HolderFacts, declared: ServiceAccountPolicy, vocabulary: RoleVocabulary): Verdict {
  const verdict = judgeDeclaredRoles(account, declared, vocabulary);
  return verdict.outcome === 'fail' ? { ...verdict, reason: 'ROLE_NOT_DECLARED' } : verdict;
}
