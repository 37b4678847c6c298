import type { Given, Verdict } from '../check.js';
import { folded } from '../compare.js';
import { iso27001, nist, pci } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { HolderFacts, Identity } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import type { LinkConflicts } from '../lifecycle-facts.js';
import { Names } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted, labelOf, listed, subjectOf } from '../wording.js';

export class ConflictPolicy {
  @Names('a list of employee ids')
  severalAccounts: string[] = [];
}

type Linked = Extract<Identity, { readonly state: 'linked' }>;

export const noConflictingLinks: DocumentedCheck<HolderFacts, ConflictPolicy> = {
  id: 'no-conflicting-links',
  title: 'Nothing speaks against whose an account is, and nobody has two',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'roster'],
  severity: 'medium',
  sla: '3bd',
  why: 'A link outlives the address that it was made by, so the access of one person may be judged as that of another.',
  remedy:
    'Find out whose the account is, and say so: declare the link in hubwarden.yaml, or take it back and make the right one; remove accounts that nobody needs.',
  controls: [...iso27001('A.5.16'), ...pci('8.2.1'), ...nist('IA-4')],
  policy: ConflictPolicy,
  settings: { severalAccounts: 'employee ids of people who may have more than one account in an organization' },
  reasons: {
    pass: { UNCONTRADICTED: 'nothing that has become known since speaks against the link' },
    fail: {
      TWO_PEOPLE: 'the same Docker user is linked to somebody else in another organization',
      ADDRESS_OF_ANOTHER:
        'the roster gives an address of the account, or the one that the link rests on, to somebody else, and nobody has confirmed the link since',
      SEVERAL_ACCOUNTS: 'the person has other accounts in the organization',
    },
    unknown: {
      ...unlinkedMeaning,
      ...goneReasons.unknown,
      FIELD_NOT_EXPOSED: 'Docker Hub did not send the address of the account, or its username where that decides',
      UNRECOGNISED_VALUE: 'the address of the account cannot be compared',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account is no person',
    },
  },
  judge(holder, given) {
    const gone = goneVerdict(holder);
    if (gone !== null) return gone;
    const person = personBehind(holder);
    if ('outcome' in person) return person;
    const { identity, conflicts, address } = holder;
    if (identity.state === 'linked' && conflicts !== undefined) {
      const failure = contradiction(holder, identity, conflicts, given);
      if (failure !== null) return failure;
    }
    const subject = subjectOf(holder);
    if (address === undefined) {
      return unknown(
        'FIELD_NOT_EXPOSED',
        `Docker Hub did not send the address of ${subject}, which may be another's now.`,
      );
    }
    if (conflicts === undefined) {
      return unknown('UNRECOGNISED_VALUE', `The address of ${subject} cannot be compared with those in the roster.`);
    }
    return pass('UNCONTRADICTED', `${subject} belongs to ${labelOf(person)}, and nothing speaks against it.`, {
      person: person.id,
    });
  },
};

function contradiction(
  holder: HolderFacts,
  identity: Linked,
  conflicts: LinkConflicts,
  { policy }: Given<ConflictPolicy>,
): Verdict | null {
  const whose = `${subjectOf(holder)} is linked to ${labelOf(identity.person)}`;
  const { elsewhere, otherAccounts } = conflicts;
  const facts = { person: identity.person.id, source: identity.source, since: identity.since };
  if (elsewhere.length > 0) {
    const places = elsewhere.map(({ organization, person }) => `${person} in ${organization}`);
    return fail('TWO_PEOPLE', `${whose}, and to ${listed(places)}.`, { ...facts, elsewhere });
  }
  const claims = unconfirmed(holder, identity, conflicts);
  if (claims.length > 0 && holder.named !== true && holder.declared === undefined) {
    return unknown(
      'FIELD_NOT_EXPOSED',
      `${whose}, and Docker Hub did not send its username, by which that may be declared.`,
      facts,
    );
  }
  if (claims.length > 0) {
    const others = claims.map(({ person, name }) => labelOf({ id: person, name }));
    return fail('ADDRESS_OF_ANOTHER', `${whose}, and the roster gives its address to ${listed(others)}.`, {
      ...facts,
      claimedBy: claims,
      addressChanged: conflicts.addressChanged,
    });
  }
  if (otherAccounts.length > 0 && !policy.severalAccounts.some((id) => folded(id) === folded(identity.person.id))) {
    return fail(
      'SEVERAL_ACCOUNTS',
      `${whose}, who has ${counted(otherAccounts.length, 'other account')} in ${holder.organization}: ${listed(otherAccounts)}.`,
      { ...facts, otherAccounts },
    );
  }
  return null;
}

/** Who declares a link, or made it by hand after all of this was known, has confirmed it. */
function unconfirmed(
  holder: HolderFacts,
  { source, since }: Linked,
  { claimedBy, addressChanged }: LinkConflicts,
): LinkConflicts['claimedBy'] {
  if (holder.declared === true || source === 'declared') return [];
  if (source !== 'manual' || addressChanged) return claimedBy;
  return claimedBy.filter((claim) => Date.parse(claim.since) > Date.parse(since));
}
