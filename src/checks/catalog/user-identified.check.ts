import type { Verdict } from '../check.js';
import { hipaa, iso27001, nist, pci, soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, ownerFailures, ownerState, undecidedEmployment } from '../employment.js';
import type { HolderFacts, Identity, ServiceAccountPolicy } from '../facts.js';
import { goneReasons, goneVerdict, unseenIdentity, unseenMeaning } from '../holders.js';
import { NoThresholds } from '../threshold.js';
import { fail, pass } from '../verdicts.js';
import { counted, labelOf, listed, subjectOf } from '../wording.js';

export const userIdentified: DocumentedCheck<HolderFacts, NoThresholds> = {
  id: 'user-identified',
  title: 'Every account and invite belongs to one known person or to an owned service account',
  subjects: ['account', 'invite'],
  population: ['members', 'invites'],
  needs: ['members', 'invites', 'roster'],
  severity: 'medium',
  sla: '3bd',
  why: 'Nobody can say whether an account should still have access while nobody knows whose it is.',
  remedy:
    'Correct the address in HR or in Docker, declare the link or the service account under `identity` in hubwarden.yaml, or remove the account.',
  controls: [
    ...soc2('CC6.1', 'CC6.2'),
    ...iso27001('A.5.16'),
    ...pci('8.2.1', '8.2.2'),
    ...hipaa('164.312(a)(2)(i)'),
    ...sox('APD'),
    ...nist('IA-2', 'IA-4'),
  ],
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: { LINKED: 'linked to one person', SERVICE_ACCOUNT_OWNED: 'declared service account whose owner is employed' },
    fail: {
      IDENTITY_UNLINKED: 'nobody matches, and it is not a declared service account',
      IDENTITY_AMBIGUOUS: 'more than one person matches',
      PERSON_UNKNOWN: 'the link names somebody whom no accepted roster ever had',
      ...ownerFailures,
    },
    unknown: { ...unseenMeaning, ...employmentDoubts, ...goneReasons.unknown },
    not_applicable: goneReasons.not_applicable,
  },
  judge: (holder) => goneVerdict(holder) ?? judgeIdentity(holder, holder.identity),
};

function judgeIdentity(holder: HolderFacts, identity: Identity): Verdict {
  const subject = subjectOf(holder);
  if (identity.state === 'service_account') return judgeOwner(subject, identity.declared);
  if (identity.state === 'ambiguous') {
    const { candidates } = identity;
    return fail(
      'IDENTITY_AMBIGUOUS',
      `${subject} matches ${counted(candidates.length, 'person', 'people')}, ${listed(candidates)}, and can belong to one of them only.`,
      { candidates },
    );
  }
  const unseen = unseenIdentity(holder);
  if (unseen !== null) return unseen;
  if (identity.state === 'unlinked') {
    const { suggestions } = identity;
    const names = suggestions.map(({ person, name }) => labelOf({ id: person, name }));
    const hint = names.length === 0 ? '' : ` It might belong to ${listed(names)}.`;
    return fail(
      'IDENTITY_UNLINKED',
      `${subject} belongs to nobody: nothing in the roster matches it, and it is not a declared service account.${hint}`,
      { suggestions },
      { absentFrom: ['roster'] },
    );
  }
  const { person, source, since } = identity;
  const facts = { person: person.id, source, since };
  if (person.person !== null) return pass('LINKED', `${subject} belongs to ${labelOf(person)}.`, facts);
  return fail('PERSON_UNKNOWN', `${subject} is linked to ${person.id}, whom no roster ever had.`, facts, {
    absentFrom: ['roster'],
  });
}

function judgeOwner(subject: string, declared: ServiceAccountPolicy): Verdict {
  const facts = { serviceAccount: declared.username, owner: declared.owner?.id ?? null };
  const owner = ownerState(declared.owner);
  if (owner.state === 'undecided') return undecidedEmployment(subject, owner.person, owner.employment);
  if (owner.state === 'wrong') {
    return fail(
      owner.reason,
      `${subject} is a declared service account, but ${owner.sentence}.`,
      facts,
      owner.absentFrom.length === 0 ? {} : { absentFrom: owner.absentFrom },
    );
  }
  return pass('SERVICE_ACCOUNT_OWNED', `${subject} is a service account of ${labelOf(owner.person)}.`, facts);
}
