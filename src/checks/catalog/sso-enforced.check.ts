import {
  attestationMeanings,
  attestedFacts,
  attestedSentence,
  judgeAttestation,
  mostAttestedDays,
} from '../attested.js';
import type { Attestation, Verdict } from '../check.js';
import { dayOf, minuteOf } from '../compare.js';
import type { ConnectedOrganization } from '../connector-facts.js';
import { hipaa, iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { SignOnChange } from '../settings-facts.js';
import { WholeNumber } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { listed } from '../wording.js';

export class SsoEnforcedPolicy {
  @WholeNumber({ least: 1, most: mostAttestedDays })
  maxAttestationDays = mostAttestedDays;
}

export const ssoEnforced: DocumentedCheck<ConnectedOrganization, SsoEnforcedPolicy> = {
  id: 'sso-enforced',
  title: 'Single sign-on is enforced for everybody in the organization',
  subjects: ['organization'],
  population: [],
  needs: ['audit_log'],
  severity: 'high',
  sla: '10bd',
  why: 'Where a password is enough, whoever guesses or finds one gets in, and so does whoever the identity provider has locked out.',
  remedy:
    'Enforce single sign-on where the organization is administered, and let somebody who has looked there vouch for it; the word counts for at most 90 days. Below the Business plan there is none: then disable the check, with that as its reason.',
  controls: [...soc2('CC6.1'), ...iso27001('A.8.5'), ...hipaa('164.312(d)'), ...nist('IA-2')],
  attestable: true,
  policy: SsoEnforcedPolicy,
  settings: { maxAttestationDays: 'how many days somebody’s word counts, whatever its own expiry says; at most 90' },
  reasons: {
    pass: { ATTESTED: 'somebody vouches for it, and the audit log shows nothing since then that speaks against it' },
    fail: {
      ...attestationMeanings.fail,
      SIGN_ON_REMOVED: 'the audit log shows that a domain or the connection was removed after somebody vouched for it',
    },
    unknown: {
      ...attestationMeanings.unknown,
      ENFORCEMENT_TOGGLED: 'enforcement was switched on or off after somebody vouched for it',
      PASSWORD_ACCEPTED: 'somebody vouches for it, and Hubwarden itself got in with the password of a member',
      SOURCE_INCOMPLETE: 'the archive of the audit log does not reach back to when somebody vouched for it',
    },
  },
  judge(facts, { policy, now, attestation }) {
    const { organization } = facts;
    const maxAgeDays = policy.maxAttestationDays;
    const matter = `whether ${organization} enforces single sign-on`;
    const said = judgeAttestation(attestation, { matter, maxAgeDays, now });
    if ('outcome' in said) return said;
    return (
      contradiction(facts, said, maxAgeDays) ??
      pass(
        'ATTESTED',
        `Nobody can see ${matter}. ${attestedSentence(said, maxAgeDays)} The audit log shows nothing since then that speaks against it.`,
        attestedFacts(said, maxAgeDays),
      )
    );
  },
};

function contradiction(
  { organization, signOn, credentials }: ConnectedOrganization,
  attestation: Attestation,
  maxAgeDays: number,
): Verdict | null {
  const { attestedAt, attestedBy } = attestation;
  const about = attestedFacts(attestation, maxAgeDays);
  const since = (signOn?.changes ?? []).filter(({ at }) => Date.parse(at) > Date.parse(attestedAt));
  const vouched = `after ${attestedBy} vouched for it on ${dayOf(attestedAt)}`;
  const removed = since.find(({ kind }) => kind === 'removed');
  if (removed !== undefined) {
    return fail(
      'SIGN_ON_REMOVED',
      `Single sign-on of ${organization} was taken away, at least for a domain, ${vouched}: ${told(removed)}.`,
      { ...about, changes: since },
    );
  }
  if (since.length > 0) {
    return unknown(
      'ENFORCEMENT_TOGGLED',
      `Enforcement of single sign-on was switched on or off ${vouched}: ${listed(since.map(told))}. It takes a new word.`,
      { ...about, changes: since },
    );
  }
  const passwords = (credentials ?? []).flatMap(({ kind, username, person, serviceAccount }) =>
    kind === 'password' && (person !== undefined || serviceAccount === true) ? [username ?? 'somebody'] : [],
  );
  if (passwords.length > 0) {
    return unknown(
      'PASSWORD_ACCEPTED',
      `Where single sign-on is enforced Docker Hub takes no password, and it took that of ${listed(passwords)} from Hubwarden.`,
      { ...about, passwords },
    );
  }
  const { coveredSince = null } = signOn ?? {};
  if (coveredSince === null || Date.parse(coveredSince) > Date.parse(attestedAt)) {
    return unknown(
      'SOURCE_INCOMPLETE',
      `The archive of the audit log of ${organization} has no whole record since ${attestedBy} vouched for single sign-on on ${dayOf(attestedAt)}.`,
      about,
    );
  }
  return null;
}

function told({ action, actor, at }: SignOnChange): string {
  return `${action}${actor === null ? '' : ` by ${actor}`} on ${minuteOf(at)}`;
}
