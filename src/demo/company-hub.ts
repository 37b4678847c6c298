import {
  hubInvite,
  hubMember,
  hubOrganization,
  hubRepository,
  hubScimUser,
  hubTeam,
  hubToken,
  readingScopes,
} from './build-world.js';
import type { Calendar } from './company-calendar.js';
import { acmeLog, labsLog } from './company-log.js';
import type { DemoPerson } from './company-people.js';
import { workEmail } from './company-people.js';
import type { HubMember, HubOrganization, HubRepository, HubToken } from './world.js';

/** Secrets of the simulated company. They open nothing outside the simulation. */
export const demoSecrets = {
  reader: 'simulated-token-of-acme',
  labsReader: 'simulated-token-of-acme-labs',
  owner: { username: 'ninakraus', password: 'simulated-password-of-an-owner' },
  scim: 'simulated-scim-token',
};

const teams = ['owners', 'platform', 'backend', 'frontend', 'data', 'release', 'security', 'qa', 'docs'];

/** The organization `acme`, as the table of people and the lists below have it. */
export function acme(people: readonly DemoPerson[], calendar: Calendar): HubOrganization {
  const name = 'acme';
  const tokens = organizationTokens(calendar);
  return hubOrganization(name, {
    members: [
      ...people.filter((one) => one.username !== '').map((one) => memberOf(one, calendar)),
      ...strangers(calendar),
    ],
    invites: [
      hubInvite('anton.berger@acme.example', { inviter: 'ninakraus', team: 'docs', createdAt: calendar.moment(-41) }),
      hubInvite('sam.ortega@partner.example', { inviter: 'cbenedetti', team: 'docs', createdAt: calendar.moment(-9) }),
      hubInvite('freya.mwangi@acme.example', {
        inviter: 'cbenedetti',
        team: 'owners',
        role: 'owner',
        createdAt: calendar.moment(-3),
      }),
      hubInvite('yuki.tanabe@acme.example', {
        inviter: 'jonasreuter',
        team: 'backend',
        createdAt: calendar.moment(-15),
      }),
      hubInvite('milo.jansen@acme.example', { inviter: 'isolberg', team: 'backend', createdAt: calendar.moment(-1) }),
    ],
    teams: teams.map((team, place) =>
      hubTeam(name, team, {
        id: 4100 + place,
        description: team === 'owners' ? '' : `The ${team} team`,
        role: team === 'release' ? 'editor' : null,
      }),
    ),
    repositories: repositories(calendar),
    tokens,
    imageAccess: { enabled: true, allowOfficialImages: true, allowVerifiedPublishers: true },
    registryAccess: {
      enabled: true,
      dockerHubAllowed: true,
      customRegistries: [{ address: 'registry.acme.example', friendlyName: 'Internal registry', allowed: true }],
    },
    scim: { token: demoSecrets.scim, users: scimUsers(people, calendar) },
    credentials: [
      { kind: 'oat', token: tokens[0].id, secret: demoSecrets.reader },
      { kind: 'password', username: demoSecrets.owner.username, secret: demoSecrets.owner.password },
    ],
    auditEvents: acmeLog(calendar),
    verifiedDomains: ['acme.example', 'acme-labs.example'],
    insights: true,
  });
}

/** The small second organization: some of the same users, no owner's login, no SCIM. */
export function acmeLabs(members: readonly HubMember[], calendar: Calendar): HubOrganization {
  const name = 'acme-labs';
  const reader = hubToken(name, 'hubwarden', readingScopes, {
    createdBy: 'ninakraus',
    createdAt: calendar.second(-120),
    lastUsedAt: calendar.second(-1),
  });
  const here: Record<string, string[]> = {
    ninakraus: ['owners'],
    frahimi: ['research'],
    hkimura: ['research'],
    dfrost: ['research'],
    rmenon: ['research'],
  };
  return hubOrganization(name, {
    members: members.flatMap((one) => {
      const groups = here[one.username];
      return groups ? [{ ...one, groups, role: groups.includes('owners') ? 'Owner' : 'Member' }] : [];
    }),
    teams: [hubTeam(name, 'owners', { id: 4201 }), hubTeam(name, 'research', { id: 4202 })],
    repositories: [
      repository(calendar, 'notebooks', true, -2, { research: 'admin' }),
      repository(calendar, 'experiments', true, -6, { research: 'write' }),
      repository(calendar, 'datasets-public', false, -30, { research: 'write' }),
    ],
    tokens: [reader],
    imageAccess: null,
    registryAccess: { enabled: false, dockerHubAllowed: true, customRegistries: [] },
    credentials: [{ kind: 'oat', token: reader.id, secret: demoSecrets.labsReader }],
    auditEvents: labsLog(calendar),
  });
}

/** Days since these people last did anything on Docker Hub. Everybody else was there in the last days. */
const idle: Readonly<Record<string, number>> = { bramdewit: 130, ankevermeulen: 60 };

function memberOf(person: DemoPerson, calendar: Calendar): HubMember {
  const quiet = idle[person.username] ?? 0;
  const joined = Math.max(Number(person.since) + 3, -1500);
  return hubMember(person.username, {
    fullName: person.name,
    email: person.address === '' ? workEmail(person) : person.address,
    role: person.role,
    groups: person.teams.split(' ').filter(Boolean),
    company: person.type === 'contractor' ? '' : 'Acme',
    dateJoined: calendar.moment(joined),
    lastLoggedInAt: calendar.moment(-quiet - (person.id.charCodeAt(5) % 9)),
    lastSeenAt: person.status === 'on_leave' ? null : calendar.moment(-quiet - (person.id.charCodeAt(5) % 4)),
    lastDesktopVersion: '4.47.0',
  });
}

/** Accounts that the table of people does not have: machines, and those whom nobody can name. */
function strangers(calendar: Calendar): HubMember[] {
  const rest = { dateJoined: calendar.moment(-260), lastLoggedInAt: calendar.moment(-1), lastSeenAt: null };
  return [
    hubMember('acmeci', {
      fullName: 'Acme CI',
      email: 'ci@acme.example',
      role: 'Editor',
      groups: ['release'],
      ...rest,
    }),
    hubMember('acmemirror', { fullName: 'Acme Mirror', email: 'mirror@acme.example', groups: ['platform'], ...rest }),
    hubMember('imaginglab', { fullName: 'Imaging Lab', email: 'imaging-lab@acme.example', groups: ['data'], ...rest }),
    hubMember('lfontaine', {
      fullName: 'Lucy Fontaine',
      email: 'lfontaine@mail.example',
      groups: ['frontend'],
      ...rest,
    }),
    // The second letter is the Cyrillic а: it looks like the address of Marta Vogel and is another one.
    hubMember('martavogei', {
      fullName: 'M\u0430rta Vogel',
      email: 'm\u0430rta.vogel@acme.example',
      groups: ['backend'],
      ...rest,
    }),
  ];
}

function organizationTokens(calendar: Calendar): [HubToken, ...HubToken[]] {
  const since = (days: number) => ({ createdAt: calendar.second(days) });
  const rest = { isActive: true, expiresAt: null };
  return [
    hubToken('acme', 'hubwarden', readingScopes, {
      ...rest,
      ...since(-120),
      createdBy: 'ninakraus',
      lastUsedAt: calendar.second(-1),
    }),
    hubToken('acme', 'ci-push', ['scope-image-push', 'scope-tag-read'], {
      ...rest,
      ...since(-210),
      createdBy: 'pzawadzki',
      expiresAt: calendar.second(155),
      lastUsedAt: calendar.second(0),
    }),
    hubToken('acme', 'mirror-base-images', [], {
      ...rest,
      ...since(-260),
      createdBy: 'pzawadzki',
      lastUsedAt: calendar.second(-2),
      resources: [
        { type: 'TYPE_REPO', path: 'acme/base-node', scopes: ['scope-image-push'] },
        { type: 'TYPE_REPO', path: '*/*/public', scopes: ['scope-image-pull'] },
      ],
    }),
    hubToken('acme', 'siem-export', ['scope-activity-read'], {
      ...rest,
      ...since(-180),
      createdBy: 'isolberg',
      expiresAt: calendar.second(185),
      lastUsedAt: calendar.second(-1),
    }),
    hubToken('acme', 'old-deploy', ['scope-image-push'], {
      ...rest,
      ...since(-385),
      createdBy: 'hdahl',
      expiresAt: calendar.second(-20),
      lastUsedAt: calendar.second(-33),
    }),
    hubToken('acme', 'release-bot', ['scope-image-delete', 'scope-repository-admin', 'scope-member-edit'], {
      ...rest,
      ...since(-300),
      createdBy: 'jonasreuter',
      lastUsedAt: calendar.second(-1),
    }),
  ];
}

function repositories(calendar: Calendar): HubRepository[] {
  const everywhere = { platform: 'admin', security: 'read' } as const;
  const service = (name: string, team: string, days: number) => [
    repository(calendar, `prod-${name}`, true, days, { ...everywhere, release: 'write', [team]: 'read' }),
    repository(calendar, `staging-${name}`, true, days, { ...everywhere, [team]: 'write' }),
  ];
  return [
    ...service('api', 'backend', -1),
    ...service('auth', 'backend', -4),
    ...service('billing', 'backend', -9),
    ...service('gateway', 'backend', -6),
    ...service('worker', 'backend', -2),
    ...service('web', 'frontend', -1),
    ...service('search', 'data', -12),
    repository(calendar, 'base-node', true, -20, { platform: 'admin', backend: 'read', frontend: 'read' }),
    repository(calendar, 'base-python', true, -22, { platform: 'admin', data: 'read' }),
    repository(calendar, 'base-jre', true, -25, { platform: 'admin', backend: 'read' }),
    repository(calendar, 'etl', true, -3, { platform: 'admin', data: 'write' }),
    repository(calendar, 'feature-store', true, -8, { platform: 'admin', data: 'admin' }),
    repository(calendar, 'test-runner', true, -11, { platform: 'admin', qa: 'write' }),
    repository(calendar, 'fixtures', true, -40, { qa: 'admin' }),
    repository(calendar, 'cli', false, -14, { platform: 'admin', backend: 'write' }),
    repository(calendar, 'sdk-samples', false, -60, { docs: 'write' }),
    repository(calendar, 'docs-site', false, -5, { docs: 'admin' }),
    repository(calendar, 'sandbox', true, null, {}),
  ];
}

function repository(
  calendar: Calendar,
  name: string,
  isPrivate: boolean,
  days: number | null,
  permissions: Readonly<Record<string, 'read' | 'write' | 'admin'>>,
): HubRepository {
  return hubRepository(name, {
    isPrivate,
    lastUpdated: days === null ? null : calendar.moment(days),
    registeredAt: calendar.moment(-700),
    pullCount: name.length * 1_237,
    teams: Object.entries(permissions).map(([team, permission]) => ({ team, permission })),
  });
}

/** Whom the identity provider provisioned: employees with an account, and one who was switched off when she left. */
function scimUsers(people: readonly DemoPerson[], calendar: Calendar) {
  const provisioned = people.filter((one) => one.type === 'employee' && (one.username !== '' || one.id === 'E-1029'));
  return provisioned.map((one) => {
    const [givenName = '', ...family] = one.name.split(' ');
    return hubScimUser(workEmail(one), one.username === '' ? 'claraweiss' : one.username, {
      givenName,
      familyName: family.join(' '),
      active: !['E-1029', 'E-1045'].includes(one.id),
      groups: one.teams.split(' ').filter(Boolean),
      createdAt: calendar.second(-400),
      modifiedAt: calendar.second(-30),
    });
  });
}
