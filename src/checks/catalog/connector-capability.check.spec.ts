import {
  anOrganization,
  doubtfulEmployments,
  ended,
  named,
  nobody,
  notStarted,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { aReading } from '../../../test/support/readings.js';
import { onto } from '../../../test/support/token-facts.js';
import type { ConnectedOrganization, ConnectorCredential } from '../connector-facts.js';
import type { DatasetFacts } from '../facts.js';
import { connectorCapability } from './connector-capability.check.js';

type Token = NonNullable<ConnectorCredential['token']>;
const ownRow: Token = {
  id: 't-1',
  label: 'hubwarden',
  expiresAt: '2027-02-01T00:00:00Z',
  resources: [onto('acme', 'scope-member-read', 'scope-repository-list'), onto('acme/*', 'scope-repo-group-read')],
  creator: named(),
};
const ourToken = (token: Partial<Token> = {}): ConnectorCredential => ({
  kind: 'organization_token',
  username: null,
  token: { ...ownRow, ...token },
});
const unseenToken: ConnectorCredential = { kind: 'organization_token', username: null };
const owner: ConnectorCredential = { kind: 'password', username: 'nina', person: named() };

const readings = [aReading('members'), aReading('tokens'), aReading('scim_users', 'not_configured')];

function acme(credentials?: readonly ConnectorCredential[], ...datasets: DatasetFacts[]): ConnectedOrganization {
  const needed = ['members', 'tokens', 'scim_users'] as const;
  return {
    ...anOrganization({ needed, datasets: [...readings, ...datasets] }),
    ...(credentials && { credentials }),
  };
}

const denied = aReading('tokens', 'not_permitted', 'CAPABILITY_MISSING', 'Configure the login of an owner');
const expiry = (expiresAt: string) => acme([ourToken({ expiresAt })]);

judgeCases(connectorCapability, [
  {
    when: 'our token is in order, and so is the owner',
    facts: acme([ourToken(), owner]),
    expect: 'pass CREDENTIALS_FIT',
    says: /^What the checks need of acme may be read with the organization access token hubwarden and the password of nina\. The login of nina may do/,
    verdict: {
      facts: {
        denied: [],
        credentials: [
          { kind: 'organization_token', token: 't-1', expiresAt: '2027-02-01T00:00:00Z', notSeen: null },
          { kind: 'password', username: 'nina', person: 'E-1042' },
        ],
      },
    },
  },
  {
    when: 'what cannot be seen of the credentials is said',
    facts: acme([
      unseenToken,
      { kind: 'personal_token', username: 'nina', person: named() },
      { kind: 'password', username: 'boss' },
      { kind: 'scim', username: null },
    ]),
    expect: 'pass CREDENTIALS_FIT',
    says: /only the login of an owner lists the tokens\. When the personal access token of nina expires .* Whose login boss is cannot be told.* When the SCIM token expires is not visible\.$/,
  },
  {
    when: 'a service account signs in',
    facts: acme([{ kind: 'password', username: 'robot', person: null, serviceAccount: true }]),
    expect: 'pass CREDENTIALS_FIT',
  },
  {
    when: 'our token never expires, which is the matter of another check',
    facts: acme([ourToken({ expiresAt: null })]),
    expect: 'pass CREDENTIALS_FIT',
  },
  {
    when: 'whoever made our token has left, which is the matter of another check',
    facts: acme([ourToken({ creator: named({ employment: ended }) })]),
    expect: 'pass CREDENTIALS_FIT',
  },
  {
    when: 'the same, and no other check judges it',
    facts: acme([ourToken({ creator: named({ employment: ended }) })]),
    enabled: ['connector-capability'],
    expect: 'fail CREDENTIAL_OF_LEAVER',
    says: /^The organization access token hubwarden is in use, and Jane Doe \(E-1042\) has left/,
  },
  {
    when: 'no credential may read what is needed',
    facts: acme([unseenToken], denied),
    expect: 'fail CAPABILITY_MISSING',
    says: /^The credentials of acme may not read all of tokens\. Configure the login of an owner\.$/,
    verdict: {
      facts: {
        problems: ['CAPABILITY_MISSING'],
        denied: [{ name: 'tokens', status: 'not_permitted', reason: 'CAPABILITY_MISSING' }],
      },
    },
  },
  {
    when: 'no credential may read the page of one token',
    facts: acme([owner], aReading('tokens', 'partial', 'CAPABILITY_MISSING')),
    expect: 'fail CAPABILITY_MISSING',
    says: /may not read all of tokens\.$/,
  },
  {
    when: 'a right is missing and something else was not read',
    facts: acme([owner], denied, aReading('members', 'failed', 'SOURCE_UNREACHABLE')),
    expect: 'fail CAPABILITY_MISSING',
  },
  {
    when: 'what is not needed may not be read',
    facts: acme([owner], aReading('audit_log', 'not_permitted', 'CAPABILITY_MISSING')),
    expect: 'pass CREDENTIALS_FIT',
  },
  {
    when: 'nothing shows that all of a listing is visible',
    facts: acme([owner], aReading('members', 'partial', 'VISIBILITY_NOT_PROVEN', 'None is private.')),
    expect: 'fail VISIBILITY_NOT_PROVEN',
    says: /^Of acme members may lack what the credentials cannot see\. None is private\.$/,
  },
  ...['2026-12-05T01:59:59.000Z', '2026-11-21T02:00:00.000Z', '2026-11-20T12:00:00.000Z'].map((at) => ({
    when: `our token expires at ${at}`,
    facts: expiry(at),
    expect: 'fail CREDENTIAL_EXPIRES' as const,
    says: /^The organization access token hubwarden expires on \S+, within 14 days\.$/,
  })),
  { when: 'our token expires in 14 days', facts: expiry('2026-12-05T02:00:00.000Z'), expect: 'pass CREDENTIALS_FIT' },
  {
    when: 'our token expires before the policy likes it',
    facts: expiry('2026-12-20T00:00:00.000Z'),
    policy: { noticeDays: 30 },
    expect: 'fail CREDENTIAL_EXPIRES',
  },
  {
    when: 'our token can write',
    facts: acme([ourToken({ resources: [onto('acme', 'scope-member-read', 'scope-member-edit')] })]),
    expect: 'fail CREDENTIAL_CAN_WRITE',
    says: /hubwarden has scope-member-edit, and only reads\.$/,
  },
  {
    when: 'the owner has left, our token ends soon and can write',
    facts: acme([
      ourToken({ expiresAt: '2026-11-25T00:00:00Z', resources: [onto('acme/*', 'scope-image-push')] }),
      { ...owner, person: named({ employment: ended }) },
    ]),
    expect: 'fail CREDENTIAL_OF_LEAVER',
    says: /^The password of nina is in use, and Jane Doe .* expires on .* has scope-image-push/,
    verdict: { facts: { problems: ['CREDENTIAL_OF_LEAVER', 'CREDENTIAL_EXPIRES', 'CREDENTIAL_CAN_WRITE'] } },
  },
  {
    when: 'something that is needed was not read',
    facts: acme([owner], aReading('members', 'failed', 'SOURCE_UNREACHABLE')),
    expect: 'unknown SOURCE_UNREACHABLE',
    says: /^Of acme members could not be read, so nobody knows/,
  },
  {
    when: 'a part of what is needed was lost on the way, so that it may be read',
    facts: acme([owner], aReading('members', 'partial', 'SOURCE_INCOMPLETE')),
    expect: 'pass CREDENTIALS_FIT',
  },
  { when: 'nobody says who read it', facts: acme(), expect: 'unknown NOT_OBSERVABLE' },
  { when: 'nobody noted who read it', facts: acme([]), expect: 'unknown NOT_OBSERVABLE' },
  {
    when: 'no credential lists the members',
    facts: acme([], aReading('members', 'not_configured')),
    expect: 'unknown NOT_CONFIGURED',
  },
  ...[null, nobody].map((person) => ({
    when: `the owner is linked to ${person === null ? 'nobody' : 'nobody in any roster'}`,
    facts: acme([{ ...owner, person }]),
    expect: 'unknown IDENTITY_UNLINKED' as const,
    says: /^The password of nina is that of nobody known\.$/,
  })),
  {
    when: 'the owner starts later',
    facts: acme([{ ...owner, person: named({ employment: notStarted }) }]),
    expect: 'pass CREDENTIALS_FIT',
  },
  ...doubtfulEmployments.map((employment) => ({
    when: `HR says ${employment.reason} of the owner`,
    facts: acme([{ ...owner, person: named({ employment }) }]),
    expect: `unknown ${employment.reason}` as const,
  })),
  {
    when: 'nobody says when our token expires',
    facts: acme([{ ...ourToken(), token: without(ownRow, 'expiresAt') }]),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'the page of our token was not read',
    facts: acme([{ ...ourToken(), token: without(ownRow, 'resources') }]),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /which scopes it has\.$/,
  },
  {
    when: 'a scope of our token was not sent',
    facts: acme([ourToken({ resources: [{ type: 'TYPE_ORG', path: 'acme' }] })]),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'our token has a scope that nobody documented',
    facts: acme([ourToken({ resources: [onto('acme', 'scope-vault-open')] })]),
    expect: 'unknown UNRECOGNISED_VALUE',
    says: /what scope-vault-open of it allows\.$/,
  },
  {
    when: 'our token was used long after its expiry',
    facts: expiry('2026-11-01T00:00:00Z'),
    expect: 'unknown UNRECOGNISED_VALUE',
  },
  { when: 'nothing is needed', facts: anOrganization(), expect: 'not_applicable NOTHING_NEEDED' },
]);
