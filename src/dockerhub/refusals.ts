import type { OrganizationConfig } from '../config/configuration.js';
import type { CredentialKind, CredentialRole } from './credential.js';
import { kindOfListing } from './listings.js';
import type { HubDataset, Listing } from './reading.js';
import type { Refused } from './sentences.js';
import { failed, notConfigured, notPermitted } from './sentences.js';

/** A credential and what it got; null where its sign-in showed it to be of a kind that is not worth asking with. */
export interface Denial {
  readonly role: CredentialRole;
  readonly kind: CredentialKind;
  readonly status: 403 | 404 | null;
}

/** `the members of acme`, `the team members of acme/platform`. */
export function nameOf(listing: Listing, organization: string): string {
  const { called } = kindOfListing(listing);
  const isNamed = listing.dataset === 'team_members' || listing.dataset === 'repository_teams';
  return `${called} of ${organization}${isNamed ? `/${listing.scope}` : ''}`;
}

/** No configured credential is of a kind that reads the dataset. */
export function nobodyReads(listing: Listing, organization: OrganizationConfig): Refused {
  const what = nameOf(listing, organization.name);
  if (listing.dataset === 'scim_users') {
    return notConfigured(
      `No SCIM connection is configured for ${organization.name}. Set scim.url and scim.token of the organization to the SCIM base URL and the API token that Docker shows at "Setup SCIM".`,
    );
  }
  if (!organization.hub && !organization.owner) {
    return notConfigured(`No credential of ${organization.name} reads ${what}. ${instead(listing, [])}`);
  }
  return notPermitted(`Organization access tokens cannot read ${what}. ${instead(listing, [])}`);
}

/** What every credential that could was denied. 403 says more than 404: that one was at least understood. */
export function everybodyDenied(listing: Listing, config: OrganizationConfig, all: readonly Denial[]): Refused {
  const denials = all.filter((one) => one.status !== null);
  if (denials.length === 0) return nobodyReads(listing, config);
  const organization = config.name;
  const what = nameOf(listing, organization);
  const tried = denials.map(describe).join(' and ');
  const kind = kindOfListing(listing);
  if (denials.some((one) => one.status === 403)) {
    return notPermitted(`Docker Hub does not let ${tried} read ${what} (403). ${instead(listing, denials)}`);
  }
  if (kind.notFound === 'hidden') {
    return notPermitted(`Docker Hub does not show ${what} to ${tried} (404). ${instead(listing, denials)}`);
  }
  if (listing.dataset === 'scim_users') {
    return failed('SOURCE_UNREACHABLE', `There are no SCIM users at the configured scim.url of ${organization} (404).`);
  }
  if (listing.scope !== '') {
    return failed('SOURCE_INCOMPLETE', `${capital(what)}: not found any more (404); it was listed before.`);
  }
  if (listing.dataset === 'image_access') {
    return failed(
      'SOURCE_UNREACHABLE',
      `${capital(what)}: not found (404). Either ${organization} is not visible to ${tried}, or its plan has no such settings.`,
    );
  }
  return failed(
    'SOURCE_UNREACHABLE',
    `The organization ${organization} was not found, or is not visible to ${tried} (404): check its name, and that the credential belongs to it.`,
  );
}

/** The sentence of a credential that was refused as such, for one of the places where it stands in the configuration. */
export function refusedCredential(
  place: { readonly config: OrganizationConfig; readonly role: CredentialRole },
  { kind, host }: { readonly kind: CredentialKind; readonly host: string },
  why: string,
): Refused {
  const { config, role } = place;
  const key = `(organizations: ${config.name}, ${role})`;
  if (role === 'scim') {
    return failed(
      'CREDENTIAL_REFUSED',
      `${host} refused the SCIM token ${key}: ${why}. Generate a new one where the SSO connection is set up, and copy the SCIM base URL from there too.`,
    );
  }
  return failed(
    'CREDENTIAL_REFUSED',
    `Docker Hub refused ${credentials[kind]} of "${config[role]?.identifier}" ${key}: ${why}. It is not tried again in this run, because repeated failures lock the account. ${role === 'hub' ? insteadOfHub(config.name, kind) : insteadOfOwner(config.name)}`,
  );
}

/** Some credentials were refused and none of the others reads the listing, so that it fails for all of those. */
export function noneLeft(refusals: readonly Refused[]): Refused {
  return failed('CREDENTIAL_REFUSED', refusals.map((one) => one.message).join(' '));
}

const credentials: Readonly<Record<CredentialKind, string>> = {
  organization_token: 'the organization access token',
  personal_token: 'the personal access token',
  password: 'the password',
  scim: 'the SCIM token',
};

const readWithTokens = [
  'members',
  'invites',
  'teams',
  'repositories',
  'repository_teams',
  'registry_access',
  'audit_log',
] as const satisfies readonly HubDataset[];

function insteadOfHub(organization: string, kind: CredentialKind): string {
  const scopes = readWithTokens.flatMap((dataset) => kindOfListing({ dataset, scope: '' }).scope ?? []);
  const token = `Create an organization access token of ${organization} with the scopes ${scopes.slice(0, -1).join(', ')} and ${scopes.at(-1)}, and put it there; its identifier is the name of the organization.`;
  if (kind === 'organization_token') return token;
  const personal = `The identifier of ${kind === 'password' ? 'a password' : 'a personal access token'} is the username, not the e-mail`;
  return `${token} ${personal}${kind === 'password' ? '; with single sign-on enforced no password is accepted.' : '.'}`;
}

function insteadOfOwner(organization: string): string {
  return `Put the password of an owner of ${organization} there, or a personal access token of an owner where single sign-on is enforced or the account asks for a second factor; the identifier is the username, not the e-mail.`;
}

function describe({ role, kind }: Denial): string {
  return `${kind === 'password' ? 'the login' : credentials[kind]} (${role})`;
}

/** What to configure so that it can be read next time. */
function instead(listing: Listing, denials: readonly Denial[]): string {
  if (listing.dataset === 'scim_users')
    return 'Use the API token of the SSO connection that provisions the organization.';
  const { scope } = kindOfListing(listing);
  const ownerWasDenied = denials.some((one) => one.role === 'owner');
  const owner = ownerWasDenied
    ? 'Make sure that the login under "owner" is an owner of the organization and signs in with a password.'
    : 'Configure the login of an owner of the organization, with its password, under "owner".';
  if (scope === null) return owner;
  const token = denials.some((one) => one.kind === 'organization_token')
    ? `Give the organization access token the scope ${scope}`
    : `Use an organization access token with the scope ${scope} under "hub"`;
  return ownerWasDenied ? `${token}. ${owner}` : `${token}, or configure the login of an owner under "owner".`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
