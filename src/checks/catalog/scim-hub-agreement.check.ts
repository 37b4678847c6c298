import type { Verdict } from '../check.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { HolderFacts, OrganizationFacts } from '../facts.js';
import { goneReasons, goneVerdict } from '../holders.js';
import { NoThresholds } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { counted, listed, subjectOf } from '../wording.js';

export const scimHubAgreement: DocumentedCheck<HolderFacts | OrganizationFacts, NoThresholds> = {
  id: 'scim-hub-agreement',
  title: 'SCIM and Docker Hub agree about who is a member',
  subjects: ['account', 'organization'],
  population: ['members'],
  needs: ['members', 'invites', { dataset: 'scim_users', when: 'configured' }],
  severity: 'medium',
  sla: '5bd',
  why: 'SCIM removes only those whom it provisioned: whoever joined in another way stays when the identity provider lets them go.',
  remedy:
    'Provision the account again through the identity provider, remove it from the organization by hand, or take the user out of the application there.',
  controls: [...soc2('CC6.2'), ...iso27001('A.5.16'), ...nist('AC-2(1)')],
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: {
      IN_AGREEMENT: 'SCIM has the account active; of the organization: every active SCIM user is a member or invited',
    },
    fail: {
      INACTIVE_IN_SCIM: 'SCIM has the account inactive, and it is a member',
      ABSENT_FROM_SCIM: 'the account has an address of the company, and SCIM has not had it for 24 hours',
      NEVER_ARRIVED: 'SCIM has users active who have been neither members nor invited for 7 days',
    },
    unknown: {
      ...goneReasons.unknown,
      FIELD_NOT_EXPOSED:
        'SCIM did not say whether it is active, or nobody said whether it has an address of the company',
      NOT_YET_A_DAY: 'SCIM does not have the account, and no complete reading shows that this is so for 24 hours',
      NOT_YET_A_WEEK: 'no complete reading is 7 days old, so that nobody can tell whom SCIM has active in vain',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      NO_SCIM: 'the organization has no SCIM connection',
      SERVICE_ACCOUNT: 'a declared service account need not be in SCIM',
      GUEST: 'the address lies outside the domains that Docker verified, so SCIM need not have the account',
      OUTSIDE_DOMAIN: 'the address is none of the company, so SCIM need not have the account',
    },
  },
  judge: (facts) => ('kind' in facts ? judgeAccount(facts) : judgeUsers(facts)),
};

function judgeAccount(holder: HolderFacts): Verdict {
  const gone = goneVerdict(holder);
  if (gone !== null) return gone;
  const subject = subjectOf(holder);
  const { scim, scimActive } = holder;
  if (scim?.configured === false) return notApplicable('NO_SCIM', `${holder.organization} has no SCIM connection.`);
  if (scimActive === false) {
    return fail('INACTIVE_IN_SCIM', `SCIM has ${subject} inactive, and Docker Hub still has it as a member.`, {
      scim: 'inactive',
    });
  }
  if (scimActive === true) return pass('IN_AGREEMENT', `SCIM has ${subject} active.`);
  if (scimActive === undefined || scim === undefined) {
    return unknown('FIELD_NOT_EXPOSED', `SCIM did not say whether ${subject} is active.`);
  }
  return judgeAbsence(holder, scim.absentForADay);
}

function judgeAbsence(holder: HolderFacts, absentForADay: boolean | null | undefined): Verdict {
  const subject = subjectOf(holder);
  const { isGuest, address, identity } = holder;
  const facts = { scim: 'absent', guest: isGuest ?? null, corporateAddress: address?.corporate ?? null };
  if (identity.state === 'service_account') {
    return notApplicable(
      'SERVICE_ACCOUNT',
      `${subject} is declared a service account, which SCIM need not have.`,
      facts,
    );
  }
  if (isGuest === true) return notApplicable('GUEST', `${subject} is a guest, whom SCIM need not have.`, facts);
  if (address?.corporate === false) {
    return notApplicable(
      'OUTSIDE_DOMAIN',
      `${subject} has no address of the company, so SCIM need not have it.`,
      facts,
    );
  }
  // Without a verified domain nobody is a guest, so that who is none need not be of the company.
  if (address?.corporate === undefined) {
    return unknown('FIELD_NOT_EXPOSED', `Nobody said whether ${subject} has an address of the company.`, facts);
  }
  if (absentForADay === true) {
    return fail(
      'ABSENT_FROM_SCIM',
      `${subject} has an address of the company, and SCIM has not had it for 24 hours: nothing removes it when the person leaves.`,
      facts,
      { absentFrom: ['scim_users'] },
    );
  }
  return unknown('NOT_YET_A_DAY', `SCIM does not have ${subject}; a reading of a day later has to confirm it.`, facts);
}

function judgeUsers({ organization, scimStrangers }: OrganizationFacts): Verdict {
  if (scimStrangers === null) return notApplicable('NO_SCIM', `${organization} has no SCIM connection.`);
  if (scimStrangers === undefined) {
    return unknown('NOT_YET_A_WEEK', `No complete reading of ${organization} and of its SCIM users is a week old.`);
  }
  const { count, names } = scimStrangers;
  if (count === 0) return pass('IN_AGREEMENT', `Whoever is active in SCIM is a member of ${organization} or invited.`);
  return fail(
    'NEVER_ARRIVED',
    `SCIM has ${counted(count, 'user')} active who ${count === 1 ? 'has' : 'have'} been neither a member of ${organization} nor invited for 7 days: ${someOf(names, count)}.`,
    { count, names },
    { absentFrom: ['members', 'invites'] },
  );
}

/** Names a few, and counts the others, of whom not all are named in the facts either. */
function someOf(names: readonly string[], count: number): string {
  const shown = names.slice(0, 5);
  return listed(count > shown.length ? [...shown, `${count - shown.length} more`] : shown, 6);
}
