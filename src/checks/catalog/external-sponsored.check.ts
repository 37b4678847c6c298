import type { Given, Verdict } from '../check.js';
import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, leftSentence, undecidedEmployment } from '../employment.js';
import type { HolderFacts, PersonFacts } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import { describeDoubt, describeHeld, effectiveRole, memberRank } from '../roles.js';
import { Names } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { externalTypes, permanentTypes, temporaryTypes, undecidedType, workerType } from '../worker-types.js';
import { labelOf, subjectOf } from '../wording.js';
import { contractorEndDated, ContractorPolicy } from './contractor-end-dated.check.js';

export class ExternalPolicy {
  @Names('a list of employment types, such as [contractor, agency]')
  types = [...externalTypes];

  @Names('a list of employment types, such as [employee, intern]')
  internalTypes = [...permanentTypes, ...temporaryTypes];
}

export const externalSponsored: DocumentedCheck<HolderFacts, ExternalPolicy> = {
  id: 'external-sponsored',
  title: 'Everybody from outside has a colleague who answers for them, an end, and no more than the role of a member',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'teams', 'team_members', 'roster'],
  severity: 'high',
  sla: '3bd',
  why: 'Nobody offboards whoever is not employed here: only somebody who answers for them notices that they are done.',
  remedy:
    'Name their manager here and their last working day in HR, make them a plain member, or remove the account from the organization.',
  controls: [...soc2('CC6.2'), ...iso27001('A.5.18', 'A.5.19'), ...pci('8.2.7'), ...nist('PS-7')],
  policy: ExternalPolicy,
  settings: {
    types: 'employment types, as HR writes them, of people from outside',
    internalTypes: 'employment types of everybody else; a word that neither list has makes the verdict unknown',
  },
  reasons: {
    pass: {
      SPONSORED: 'an employed colleague answers for the person, there is an end, and the role is that of a member',
    },
    fail: {
      ROLE_TOO_HIGH: 'the effective role is higher than member',
      SPONSOR_MISSING: 'HR names no manager, or the person themselves',
      SPONSOR_UNKNOWN: 'nobody in the roster, or more than one, has the address of the manager whom HR names',
      SPONSOR_LEFT: 'the manager has left',
      SPONSOR_NOT_STARTED: 'the manager is not employed yet',
      NO_END_DATE: 'HR has no last working day, and `contractor-end-dated` does not judge the person',
    },
    unknown: {
      ...unlinkedMeaning,
      ...employmentDoubts,
      ...goneReasons.unknown,
      UNRECOGNISED_VALUE: "neither list of the policy has HR's word for how the person is employed",
      FIELD_NOT_EXPOSED: 'Docker Hub did not send a field that decides it, or the roster has no column for managers',
      ROLE_UNKNOWN: 'it holds a custom role that `roles` does not rank',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account is no person',
      INTERNAL: 'the person is not from outside',
      NOT_STARTED: 'the person is not employed yet; `no-access-before-start` watches the access',
      OFFBOARDED: 'the person has left; `offboarded-access-removed` watches the access',
      JUDGED_BY: 'only the last working day is missing, for which `contractor-end-dated` fails already',
    },
  },
  judge(holder, given) {
    const gone = goneVerdict(holder);
    if (gone !== null) return gone;
    const person = personBehind(holder);
    if ('outcome' in person) return person;
    const { employment } = person;
    if (employment.state === 'unknown') return undecidedEmployment(subjectOf(holder), person, employment);
    const facts = { person: person.id };
    if (employment.state === 'ended') return notApplicable('OFFBOARDED', `${labelOf(person)} has left.`, facts);
    if (employment.state === 'not_started') {
      return notApplicable('NOT_STARTED', `${labelOf(person)} starts on ${employment.firstDay} only.`, facts);
    }
    return inside(holder, person, given.policy) ?? judgeExternal(holder, person, employment.lastDay, given);
  },
};

/** Null: from outside. HR's word first; where it has none, what Docker Hub says of the address. */
function inside(holder: HolderFacts, person: PersonFacts, policy: ExternalPolicy): Verdict | null {
  const type = workerType(person, policy.types, policy.internalTypes);
  if (type === 'listed') return null;
  const facts = { person: person.id, employmentType: person.employmentType ?? null, guest: holder.isGuest ?? null };
  const subject = subjectOf(holder);
  if (type === 'other') return notApplicable('INTERNAL', `${labelOf(person)} is not from outside.`, facts);
  if (type === 'unheard of') {
    return undecidedType(subject, person, type, '`types` nor `internalTypes` of external-sponsored');
  }
  if (holder.isGuest === true || holder.address?.corporate === false) return null;
  if (holder.address?.corporate === true) {
    return notApplicable('INTERNAL', `${subject} has an address of the company; HR does not say more.`, facts);
  }
  return unknown(
    'FIELD_NOT_EXPOSED',
    `Neither HR's employment type nor the address that Docker Hub shows tells whether ${subject} is from outside.`,
    facts,
  );
}

function judgeExternal(
  holder: HolderFacts,
  person: PersonFacts,
  lastDay: string | null,
  { enabled }: Given<ExternalPolicy>,
): Verdict {
  const aspects = [
    judgeRole(holder, person),
    judgeSponsor(holder, person),
    lastDay === null ? judgeEnd(holder, person, enabled) : null,
  ];
  const first = (outcome: Verdict['outcome']): Verdict | undefined =>
    aspects.find((aspect) => aspect?.outcome === outcome) ?? undefined;
  return (
    first('fail') ??
    first('unknown') ??
    first('not_applicable') ??
    pass('SPONSORED', `${subjectOf(holder)} belongs to ${labelOf(person)}, for whom ${managerOf(person)} answers.`, {
      person: person.id,
      sponsor: person.manager?.person?.id ?? null,
      lastDay,
    })
  );
}

function judgeRole(holder: HolderFacts, person: PersonFacts): Verdict | null {
  const effective = effectiveRole(holder, holder.vocabulary ?? {}, new Set());
  if (effective.rank > memberRank) {
    return fail(
      'ROLE_TOO_HIGH',
      `${subjectOf(holder)} belongs to ${labelOf(person)}, who is from outside and holds ${describeHeld(effective)}; member is the highest role for that.`,
      { person: person.id, held: effective.roles.map(({ name }) => name) },
    );
  }
  if (effective.doubt === null) return null;
  return unknown(
    effective.doubt.reason,
    `It is not known what ${subjectOf(holder)} may do: ${describeDoubt(effective.doubt)}.`,
    { person: person.id },
  );
}

function judgeSponsor(holder: HolderFacts, person: PersonFacts): Verdict | null {
  const who = `${subjectOf(holder)} belongs to ${labelOf(person)}, who is from outside`;
  const { manager } = person;
  const facts = { person: person.id, sponsor: manager?.person?.id ?? null };
  if (manager === undefined)
    return unknown('FIELD_NOT_EXPOSED', `${who}, and the roster does not say who manages them.`, facts);
  if (manager === null) return fail('SPONSOR_MISSING', `${who}, and HR names nobody as the manager.`, facts);
  if (manager.person === null) {
    return fail('SPONSOR_UNKNOWN', `${who}, and no one person in the roster has the address of the manager.`, facts, {
      absentFrom: ['roster'],
    });
  }
  if (manager.person.id === person.id) {
    return fail('SPONSOR_MISSING', `${who} and their own manager in HR.`, facts);
  }
  const { employment } = manager.person;
  if (employment.state === 'unknown') return undecidedEmployment(subjectOf(holder), manager.person, employment);
  if (employment.state === 'ended') {
    return fail('SPONSOR_LEFT', `${who}, and ${leftSentence(manager.person, employment)}.`, facts);
  }
  if (employment.state === 'not_started') {
    return fail(
      'SPONSOR_NOT_STARTED',
      `${who}, and the manager ${labelOf(manager.person)} starts on ${employment.firstDay} only.`,
      facts,
    );
  }
  return null;
}

/** A missing end is one cause: it fails where nobody else fails for it. */
function judgeEnd(holder: HolderFacts, person: PersonFacts, enabled: Given['enabled']): Verdict {
  const who = `${subjectOf(holder)} belongs to ${labelOf(person)}, who is from outside`;
  const facts = { person: person.id, lastDay: null };
  return needsAnEnd(person, enabled)
    ? notApplicable('JUDGED_BY', `${who} and has no last working day in HR: contractor-end-dated fails for it.`, facts)
    : fail('NO_END_DATE', `${who} and has no last working day in HR.`, facts);
}

/** Whether `contractor-end-dated` judges, and counts the person among those who need an end: it has lists of its own. */
function needsAnEnd(person: PersonFacts, enabled: Given['enabled']): boolean {
  if (enabled?.has(contractorEndDated.id) === false) return false;
  const own = enabled?.get(contractorEndDated.id);
  const { types, permanentTypes: others } = own instanceof ContractorPolicy ? own : new ContractorPolicy();
  return workerType(person, types, others) === 'listed';
}

function managerOf({ manager }: PersonFacts): string {
  const person = manager?.person ?? null;
  return person === null ? 'somebody' : labelOf(person);
}
