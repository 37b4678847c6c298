import type { Verdict } from '../check.js';
import { folded } from '../compare.js';
import { hipaa, iso27001, nist, pci } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { HolderFacts } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import { Names } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, listed, subjectOf } from '../wording.js';

const genericNames: readonly string[] = `
  account accounts admin administrator admins automation backup bot build builder builds cd ci cicd contact
  deploy deployer deployment dev developer developers development devops devs docker dockerhub engineering
  engineers github gitlab guest hello helpdesk images info infra infrastructure it jenkins mail maintainers
  noreply office operations ops pipeline platform postmaster prod production publish publisher qa registry
  release releases robot root runner scanner security service shared sre staging support svc sys sysadmin system
  systems team tech test tester testing user users web webmaster
`
  .trim()
  .split(/\s+/);

export class SharedPolicy {
  @Names('a list of words, such as [ci, build, team]')
  genericNames = [...genericNames];
}

export const noSharedAccounts: DocumentedCheck<HolderFacts, SharedPolicy> = {
  id: 'no-shared-accounts',
  title: 'Every account that is not a declared service account is named after one person',
  subjects: ['account'],
  population: ['members'],
  needs: ['members'],
  severity: 'medium',
  sla: '10bd',
  why: 'What several people do under one name nobody has done, and the password outlives each of them.',
  remedy:
    'Replace it by an organization access token or by accounts of their own, or declare it a service account with an owner.',
  controls: [...iso27001('A.5.16'), ...pci('8.2.2'), ...hipaa('164.312(a)(2)(i)'), ...nist('IA-2(5)')],
  policy: SharedPolicy,
  settings: {
    genericNames:
      'words that name a job and not a person; a username or mailbox that consists of nothing else, but for numbers and the name of the organization, is shared',
  },
  reasons: {
    pass: { PERSONAL: 'neither the username nor the mailbox names a job, and one person is behind it' },
    fail: { GENERIC_NAME: 'the username or the mailbox names a job, and it is no declared service account' },
    unknown: {
      ...unlinkedMeaning,
      ...goneReasons.unknown,
      FIELD_NOT_EXPOSED: 'Docker Hub did not send the username or the address',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account has an owner; `service-account-owned` watches it',
    },
  },
  judge(holder, { policy }) {
    const gone = goneVerdict(holder);
    if (gone !== null) return gone;
    const subject = subjectOf(holder);
    if (holder.identity.state === 'service_account') {
      return notApplicable('SERVICE_ACCOUNT', `${subject} is declared a service account.`);
    }
    const words = new Set(policy.genericNames.map(folded));
    const isGeneric = (name: string): boolean => namesJob(name, words, holder.organization);
    const { address, named } = holder;
    const generic = [
      ...(named === true && isGeneric(holder.name) ? ['the username'] : []),
      ...(address !== undefined && isGeneric(address.mailbox) ? ['the mailbox of its address'] : []),
    ];
    if (generic.length > 0) return judgeGeneric(holder, generic);
    const hidden = [...(named === true ? [] : ['username']), ...(address === undefined ? ['address'] : [])];
    if (hidden.length > 0) {
      return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not send the ${listed(hidden)} of ${subject}.`, { hidden });
    }
    const person = personBehind(holder);
    if ('outcome' in person) return person;
    return pass('PERSONAL', `${subject} is an account of ${labelOf(person)} alone by its name.`, { person: person.id });
  },
};

function judgeGeneric(holder: HolderFacts, generic: readonly string[]): Verdict {
  const { identity } = holder;
  return fail(
    'GENERIC_NAME',
    `${subjectOf(holder)} is not declared a service account, and ${listed(generic)} names a job and not a person.`,
    { generic, person: identity.state === 'linked' ? identity.person.id : null },
  );
}

/** `acme-ci-2`, `cibot`: nothing but such words, numbers and the organization's own name. */
function namesJob(name: string, words: ReadonlySet<string>, organization: string): boolean {
  const parts = folded(name)
    .replace(/[+].*$/, '')
    .split(/[^\p{L}]+/u)
    .filter((part) => part !== '');
  const own = folded(organization).replaceAll(/[^\p{L}]+/gu, '');
  const ownParts = new Set([own, ...folded(organization).split(/[^\p{L}]+/u)]);
  const isOne = (part: string): boolean => words.has(part) || isTwo(part, words, own);
  return parts.some((part) => !ownParts.has(part)) && parts.every((part) => ownParts.has(part) || isOne(part));
}

/** Written without anything between: `acmeci`, `buildbot`. */
function isTwo(part: string, words: ReadonlySet<string>, own: string): boolean {
  for (let cut = 2; cut <= part.length - 2; cut += 1) {
    const [head, tail] = [part.slice(0, cut), part.slice(cut)];
    if ((words.has(head) || head === own) && words.has(tail)) return true;
  }
  return false;
}
