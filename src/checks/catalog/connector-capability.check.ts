import type { Given, Reason, Verdict } from '../check.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { ConnectedOrganization, ConnectorCredential } from '../connector-facts.js';
import { credentialLabel, observedOf, unseenOf } from '../connector.js';
import type { DocumentedCheck } from '../documented-check.js';
import { dayOf } from '../compare.js';
import { employmentDoubts, leftSentence, undecidedEmployment } from '../employment.js';
import type { PersonFacts } from '../facts.js';
import { WholeNumber } from '../threshold.js';
import { rightsOf, writingScopes } from '../token-scopes.js';
import { isDate } from '../tokens.js';
import { lacksRights, openDatasets, type OpenDataset } from '../unread.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { asSentence, capitalized, counted, listed } from '../wording.js';

export class ConnectorCapabilityPolicy {
  @WholeNumber({ least: 0 })
  noticeDays = 14;
}

export const connectorCapability: DocumentedCheck<ConnectedOrganization, ConnectorCapabilityPolicy> = {
  id: 'connector-capability',
  title: 'The credentials of Hubwarden read what the checks need, read only, and go on doing so',
  subjects: ['organization'],
  population: [],
  needs: [],
  severity: 'medium',
  sla: '5bd',
  why: 'Docker Hub leaves out without a word what a credential may not see, and a credential that ends takes the evidence with it.',
  remedy:
    'Run `hubwarden connect test`, which names the credential and the scope that are missing, and reissue a token that only reads; or disable the checks whose data is not worth an owner’s login, with that as their reason.',
  controls: [...soc2('CC6.1'), ...iso27001('A.8.2'), ...nist('AC-6', 'IA-5')],
  dataTrust: true,
  policy: ConnectorCapabilityPolicy,
  settings: { noticeDays: 'a token of ours that expires within so many days needs a successor now' },
  reasons: {
    pass: { CREDENTIALS_FIT: 'nothing that is needed was denied, and nothing is wrong with what is visible of them' },
    fail: {
      CAPABILITY_MISSING: 'no credential may read a dataset that an enabled check needs, or not all of it',
      VISIBILITY_NOT_PROVEN: 'a listing may leave out what the credential cannot see',
      CREDENTIAL_OF_LEAVER: 'a credential is that of somebody who has left',
      CREDENTIAL_EXPIRES: 'a token expires within `noticeDays`',
      CREDENTIAL_CAN_WRITE: 'a token has a scope with which something can be changed, and none is needed',
    },
    unknown: {
      ...employmentDoubts,
      SOURCE_UNREACHABLE: 'something that is needed was not read tonight, so that nobody knows whether it may be',
      NOT_OBSERVABLE: 'it is not known which credentials read the organization',
      NOT_CONFIGURED: 'no credential can list the members',
      IDENTITY_UNLINKED: 'it is not known whose account a credential is, which fails `user-identified`',
      FIELD_NOT_EXPOSED: 'the inventory shows a token of ours without its expiry or its scopes',
      UNRECOGNISED_VALUE: 'a token of ours has a date or a scope that nobody documented',
    },
    not_applicable: { NOTHING_NEEDED: 'no enabled check needs anything from Docker Hub' },
  },
  judge(facts, given) {
    const { organization, needed, credentials } = facts;
    if (needed.length === 0) return notApplicable('NOTHING_NEEDED', 'No enabled check needs anything from Docker Hub.');
    const open = openDatasets(facts);
    const aspects = (credentials ?? []).map((credential) => judgeCredential(credential, given));
    const problems = [...denied(organization, open), ...aspects.flatMap((aspect) => aspect.problems)].toSorted(
      (one, other) => gravest.indexOf(one.reason) - gravest.indexOf(other.reason),
    );
    const about = {
      denied: open.filter(lacksRights).map(({ name, status, reason }) => ({ name, status, reason })),
      credentials: (credentials ?? []).map(observedOf),
    };
    const [worst] = problems;
    if (worst !== undefined) {
      return fail(worst.reason, problems.map(({ sentence }) => sentence).join(' '), {
        ...about,
        problems: problems.map(({ reason }) => reason),
      });
    }
    const doubt = doubtOf(facts, open) ?? aspects.find((aspect) => aspect.doubt !== null)?.doubt ?? null;
    if (doubt !== null) return { ...doubt, facts: { ...doubt.facts, ...about } };
    const read = credentials ?? [];
    return pass(
      'CREDENTIALS_FIT',
      [
        `What the checks need of ${organization} may be read with ${listed(read.map(credentialLabel))}.`,
        ...read.flatMap((credential) => unseenOf(credential) ?? []),
      ].join(' '),
      about,
    );
  },
};

interface Problem {
  readonly reason: Reason;
  readonly sentence: string;
}

const gravest: readonly Reason[] = [
  'CREDENTIAL_OF_LEAVER',
  'CAPABILITY_MISSING',
  'VISIBILITY_NOT_PROVEN',
  'CREDENTIAL_EXPIRES',
  'CREDENTIAL_CAN_WRITE',
];

function denied(organization: string, open: readonly OpenDataset[]): Problem[] {
  const unproven = open.filter((dataset) => lacksRights(dataset) && dataset.reason === 'VISIBILITY_NOT_PROVEN');
  const missing = open.filter((dataset) => lacksRights(dataset) && dataset.reason !== 'VISIBILITY_NOT_PROVEN');
  const told = (datasets: readonly OpenDataset[]): string =>
    [...new Set(datasets.flatMap(({ message }) => (message === null ? [] : [asSentence(message)])))]
      .slice(0, 3)
      .join(' ');
  const names = (datasets: readonly OpenDataset[]): string => listed(datasets.map(({ name }) => name));
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            reason: 'CAPABILITY_MISSING',
            sentence:
              `The credentials of ${organization} may not read all of ${names(missing)}. ${told(missing)}`.trim(),
          },
        ]),
    ...(unproven.length === 0
      ? []
      : [
          {
            reason: 'VISIBILITY_NOT_PROVEN',
            sentence:
              `Of ${organization} ${names(unproven)} may lack what the credentials cannot see. ${told(unproven)}`.trim(),
          },
        ]),
  ];
}

/** What keeps the credentials as a whole from being told. */
function doubtOf(
  { organization, datasets, needed, credentials }: ConnectedOrganization,
  open: readonly OpenDataset[],
): Verdict | null {
  const members = datasets.findLast(({ name }) => name === 'members');
  if (needed.includes('members') && members?.status === 'not_configured') {
    return unknown('NOT_CONFIGURED', `No credential of ${organization} can list its members.`);
  }
  // Part of a listing was read, so it may be.
  const unread = open.filter(({ status }) => status === 'failed');
  if (unread.length > 0) {
    return unknown(
      'SOURCE_UNREACHABLE',
      `Of ${organization} ${listed(unread.map(({ name }) => name))} could not be read, so nobody knows whether the credentials may.`,
    );
  }
  if (credentials === undefined || credentials.length === 0) {
    return unknown('NOT_OBSERVABLE', `It is not known with which credentials ${organization} was read.`);
  }
  return null;
}

interface Aspect {
  readonly problems: readonly Problem[];
  readonly doubt: Verdict | null;
}

function judgeCredential(credential: ConnectorCredential, given: Given<ConnectorCapabilityPolicy>): Aspect {
  const parts = [judgeHolder(credential, given), ...(credential.token ? judgeToken(credential, given) : [])];
  return {
    problems: parts.flatMap((part) => (part !== null && 'sentence' in part ? [part] : [])),
    doubt: parts.find((part): part is Verdict => part !== null && 'outcome' in part) ?? null,
  };
}

/** Whose it is. Docker Hub keeps an organization's token when its creator goes, which is a matter of `oat-accountable`. */
function judgeHolder(credential: ConnectorCredential, { enabled }: Given): Problem | Verdict | null {
  const label = credentialLabel(credential);
  const { token, person, username } = credential;
  const isJudged = enabled === undefined || enabled.has('oat-accountable');
  const holder = username === null ? (isJudged ? undefined : token?.creator) : person;
  if (holder === undefined || credential.serviceAccount === true) return null;
  const known: PersonFacts | null = holder?.person ?? null;
  if (known === null) {
    return unknown('IDENTITY_UNLINKED', `${capitalized(label)} is that of nobody known.`);
  }
  const { employment } = known;
  if (employment.state === 'unknown') return undecidedEmployment(capitalized(label), known, employment);
  if (employment.state !== 'ended') return null;
  return {
    reason: 'CREDENTIAL_OF_LEAVER',
    sentence: `${capitalized(label)} is in use, and ${leftSentence(known, employment)}.`,
  };
}

function judgeToken(
  credential: ConnectorCredential,
  { policy, now }: Given<ConnectorCapabilityPolicy>,
): (Problem | Verdict | null)[] {
  const { token } = credential;
  const label = capitalized(credentialLabel(credential));
  return [judgeExpiry(label, token?.expiresAt, policy, now), judgeScopes(label, token?.resources)];
}

function judgeExpiry(
  label: string,
  expiresAt: string | null | undefined,
  { noticeDays }: ConnectorCapabilityPolicy,
  now: string,
): Problem | Verdict | null {
  // That it never expires is a matter of `oat-expiry`.
  if (expiresAt === null) return null;
  if (expiresAt === undefined) {
    return unknown('FIELD_NOT_EXPOSED', `${label}: Docker Hub did not say when it expires.`);
  }
  // It has just been used, so it cannot have expired long ago.
  const left = isDate(expiresAt) ? Date.parse(expiresAt) - Date.parse(now) : Number.NaN;
  if (Number.isNaN(left) || left < -86_400_000) {
    return unknown('UNRECOGNISED_VALUE', `${label} was used after its expiry, "${dayOf(expiresAt)}".`);
  }
  if (left >= noticeDays * 86_400_000) return null;
  return {
    reason: 'CREDENTIAL_EXPIRES',
    sentence: `${label} expires on ${dayOf(expiresAt)}, within ${counted(noticeDays, 'day')}.`,
  };
}

function judgeScopes(
  label: string,
  resources: NonNullable<ConnectorCredential['token']>['resources'],
): Problem | Verdict | null {
  if (resources === undefined) {
    return unknown('FIELD_NOT_EXPOSED', `${label}: Docker Hub did not say which scopes it has.`);
  }
  const rights = rightsOf(resources);
  const writing = writingScopes(rights);
  if (writing.length > 0) {
    return { reason: 'CREDENTIAL_CAN_WRITE', sentence: `${label} has ${listed(writing)}, and only reads.` };
  }
  const odd = [...rights.strange, ...rights.unsaid];
  if (odd.length === 0) return null;
  return unknown(
    rights.strange.length > 0 ? 'UNRECOGNISED_VALUE' : 'FIELD_NOT_EXPOSED',
    `${label}: it is not known what ${listed(odd)} of it ${odd.length === 1 ? 'allows' : 'allow'}.`,
  );
}
