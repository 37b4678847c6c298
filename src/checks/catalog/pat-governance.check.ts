import {
  attestationMeanings,
  attestedFacts,
  attestedSentence,
  judgeAttestation,
  mostAttestedDays,
} from '../attested.js';
import type { ConnectedOrganization } from '../connector-facts.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { WholeNumber } from '../threshold.js';
import { pass } from '../verdicts.js';
import { listed } from '../wording.js';

export class PatGovernancePolicy {
  @WholeNumber({ least: 1, most: mostAttestedDays })
  maxAttestationDays = mostAttestedDays;
}

export const patGovernance: DocumentedCheck<ConnectedOrganization, PatGovernancePolicy> = {
  id: 'pat-governance',
  title: 'The personal access tokens of the members are governed',
  subjects: ['organization'],
  population: [],
  needs: [],
  severity: 'medium',
  sla: '10bd',
  why: 'A personal token opens everything that its user may reach, and Docker Hub shows it to nobody else.',
  remedy:
    'Say how personal tokens are governed (single sign-on, how membership ends, what people are told about expiry), and let somebody vouch for it; the word counts for at most 90 days.',
  controls: [...soc2('CC6.1'), ...iso27001('A.5.17'), ...nist('IA-5')],
  attestable: true,
  policy: PatGovernancePolicy,
  settings: { maxAttestationDays: 'how many days somebody’s word counts, whatever its own expiry says; at most 90' },
  reasons: {
    pass: { ATTESTED: 'somebody vouches for it' },
    fail: attestationMeanings.fail,
    unknown: attestationMeanings.unknown,
  },
  judge({ organization, credentials }, { policy, now, attestation }) {
    const maxAgeDays = policy.maxAttestationDays;
    const own = ownTokens(credentials ?? []);
    const said = judgeAttestation(attestation, {
      matter: `the personal access tokens of the members of ${organization}`,
      maxAgeDays,
      now,
    });
    if ('outcome' in said) return { ...said, message: [said.message, ...own].join(' ') };
    return pass(
      'ATTESTED',
      [
        `Nobody can see the personal access tokens of the members of ${organization}.`,
        attestedSentence(said, maxAgeDays),
        ...own,
      ].join(' '),
      attestedFacts(said, maxAgeDays),
    );
  },
};

/** What is said of the only personal tokens that Hubwarden could list: its own. */
function ownTokens(credentials: NonNullable<ConnectedOrganization['credentials']>): string[] {
  const users = credentials.flatMap(({ kind, username }) =>
    kind === 'personal_token' ? [username ?? 'somebody'] : [],
  );
  if (users.length === 0) return [];
  return [
    `Hubwarden itself signs in with a personal access token of ${listed([...new Set(users)].toSorted())}, whose expiry and use it does not read.`,
  ];
}
