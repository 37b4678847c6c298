import { createHash } from 'node:crypto';
import type {
  HubCredential,
  HubInvite,
  HubMember,
  HubOrganization,
  HubRepository,
  HubScimUser,
  HubTeam,
  HubToken,
} from './world.js';

const longAgo = '2023-02-14T08:30:11.482910Z';

/** Every scope with which an organization token reads what can be read with one. */
export const readingScopes = [
  'scope-member-read',
  'scope-invite-read',
  'scope-group-read',
  'scope-activity-read',
  'scope-ram-read',
  'scope-repository-list',
  'scope-repository-read',
  'scope-repo-group-read',
] as const;

/** An organization with nothing in it but the team `owners`; every part can be given. */
export function hubOrganization(name: string, parts: Partial<HubOrganization> = {}): HubOrganization {
  return {
    name,
    members: [],
    invites: [],
    teams: [hubTeam(name, 'owners', { id: 1 })],
    repositories: [],
    tokens: [],
    imageAccess: { enabled: true, allowOfficialImages: true, allowVerifiedPublishers: true },
    registryAccess: { enabled: false, dockerHubAllowed: true, customRegistries: [] },
    scim: null,
    credentials: [],
    ...parts,
  };
}

/** The id follows from the username, so that the same user is the same in every organization and every process. */
export function hubMember(username: string, parts: Partial<HubMember> = {}): HubMember {
  return {
    id: hexId(`user ${username}`),
    username,
    fullName: username,
    email: `${username}@acme.example`,
    role: 'Member',
    groups: parts.role === 'Owner' ? ['owners'] : [],
    dateJoined: longAgo,
    ...parts,
  };
}

/** The id of a team follows from both names unless it is given. */
export function hubTeam(organization: string, name: string, parts: Partial<HubTeam> = {}): HubTeam {
  return {
    id: Number.parseInt(hexId(`team ${organization}/${name}`).slice(0, 7), 16),
    uuid: uuid(`team ${organization}/${name}`),
    name,
    role: null,
    ...parts,
  };
}

export function hubRepository(name: string, parts: Partial<HubRepository> = {}): HubRepository {
  return { name, isPrivate: true, teams: [], lastUpdated: '2026-03-02T15:04:05.120344Z', ...parts };
}

export function hubInvite(invitee: string, parts: Partial<HubInvite> = {}): HubInvite {
  return { id: uuid(`invite ${invitee}`), invitee, inviter: '', team: '', createdAt: longAgo, ...parts };
}

export function hubScimUser(userName: string, displayName: string, parts: Partial<HubScimUser> = {}): HubScimUser {
  return {
    id: uuid(`scim ${userName}`),
    userName,
    givenName: displayName,
    familyName: '',
    displayName,
    active: true,
    groups: [],
    createdAt: '2024-05-20T00:54:18Z',
    ...parts,
  };
}

/** Scopes are split into those for the organization and those for all its repositories, as Docker Hub keeps them. */
export function hubToken(
  organization: string,
  label: string,
  scopes: readonly string[],
  parts: Partial<HubToken> = {},
) {
  const onRepositories = scopes.filter((one) => repositoryScope.test(one));
  const onOrganization = scopes.filter((one) => !repositoryScope.test(one));
  const resources: HubToken['resources'] = [];
  if (onRepositories.length > 0)
    resources.push({ type: 'TYPE_REPO', path: `${organization}/*`, scopes: onRepositories });
  if (onOrganization.length > 0) resources.push({ type: 'TYPE_ORG', path: organization, scopes: onOrganization });
  const token: HubToken = {
    id: uuid(`token ${organization}/${label}`),
    label,
    createdBy: 'owner',
    isActive: true,
    createdAt: '2025-05-20T00:54:18Z',
    expiresAt: null,
    lastUsedAt: null,
    resources,
    ...parts,
  };
  return token;
}

const repositoryScope = /^scope-(image|tag|webhook|repo-group)-|^scope-repository-(read|edit|admin|settings-admin)$/;

/** Adds an organization token and the secret that signs in with it. */
export function addOrganizationToken(
  organization: HubOrganization,
  secret: string,
  scopes: readonly string[] = readingScopes,
  label = 'hubwarden',
): HubToken {
  const token = hubToken(organization.name, label, scopes);
  organization.tokens.push(token);
  organization.credentials.push({ kind: 'oat', token: token.id, secret });
  return token;
}

/** Adds an owner who signs in with a password. */
export function addOwner(organization: HubOrganization, username: string, secret: string): HubCredential {
  if (!organization.members.some((one) => one.username === username)) {
    organization.members.push(hubMember(username, { role: 'Owner' }));
  }
  const credential: HubCredential = { kind: 'password', username, secret };
  organization.credentials.push(credential);
  return credential;
}

/** 32 hexadecimal digits that follow from the text. */
export function hexId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** A version 4 UUID in form, that follows from the text. */
export function uuid(text: string): string {
  const hex = hexId(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
