import {
  addOwner,
  hexId,
  hubInvite,
  hubMember,
  hubOrganization,
  hubRepository,
  hubTeam,
  hubToken,
  readingScopes,
} from './build-world.js';
import { Calendar } from './company-calendar.js';
import type { Company } from './company.js';
import type { RosterLine } from './roster-file.js';
import { rosterCsv } from './roster-file.js';
import type { HubMember, HubOrganization } from './world.js';

export interface LargeWorldSize {
  readonly members: number;
  /** `owners` among them, so at least 2. */
  readonly teams: number;
  readonly repositories: number;
  readonly seed: number;
  /** The clock of the company's files; the machine's where absent. */
  readonly now?: string;
}

export const largeSecrets = {
  reader: 'simulated-token-of-large',
  owner: { username: 'user00001', password: 'simulated-password-of-large' },
};

const firstNames = [
  'Alma',
  'Bruno',
  'Carla',
  'Dario',
  'Elena',
  'Felix',
  'Greta',
  'Hugo',
  'Irene',
  'Jakob',
  'Karin',
  'Leon',
];
const lastNames = [
  'Abel',
  'Brandt',
  'Costa',
  'Duarte',
  'Engel',
  'Ferrer',
  'Grant',
  'Hansen',
  'Ivanov',
  'Jung',
  'Keller',
];
const departments = ['Engineering', 'Data', 'Platform', 'Release', 'Security', 'Product', 'Support'];

/**
 * The organization `large`, for measurements: everybody is in one to four teams, every repository has one to three teams.
 * Three owners; one person in a hundred has left and still has access. The same numbers give the same world.
 */
export function largeWorld(size: LargeWorldSize): Company {
  const pick = randomNumbers(size.seed);
  const organization = hubOrganization('large');
  const { teams } = organization;
  for (let place = 1; place < size.teams; place += 1) {
    teams.push(hubTeam('large', `team-${padded(place, 3)}`, { id: 1 + place }));
  }
  const lines: RosterLine[] = [];
  for (let place = 1; place <= size.members; place += 1) {
    const member = memberAt(
      place,
      size.seed,
      teams.slice(1).map((one) => one.name),
      pick,
    );
    organization.members.push(member);
    lines.push(lineFor(member, place));
  }
  for (let place = 1; place <= size.repositories; place += 1) {
    organization.repositories.push(
      hubRepository(`${place % 5 === 0 ? 'prod' : 'service'}-${padded(place, 4)}`, {
        isPrivate: place % 10 !== 0,
        teams: some(teams.slice(1), 1 + pick(3), pick).map((one) => ({
          team: one.name,
          permission: (['read', 'write', 'admin'] as const)[pick(3)] ?? 'read',
        })),
      }),
    );
  }
  for (let place = 1; place <= 20; place += 1) {
    const to = organization.members[place * 7]?.email.replace('user', 'invited') ?? `invited${place}@large.example`;
    organization.invites.push(hubInvite(to, { inviter: largeSecrets.owner.username, team: teams[1]?.name ?? '' }));
  }
  addTokens(organization);
  const now = size.now ?? new Date().toISOString();
  const approvedOn = new Calendar(now, 'UTC').day(-60);
  return {
    now,
    world: { organizations: [organization] },
    roster: rosterCsv(lines),
    configuration: (hubUrl) => policy(hubUrl, approvedOn),
  };
}

function memberAt(place: number, seed: number, teams: readonly string[], pick: (below: number) => number): HubMember {
  const isOwner = place <= 3;
  const name = `${firstNames[pick(firstNames.length)] ?? ''} ${lastNames[pick(lastNames.length)] ?? ''}`;
  return hubMember(`user${padded(place, 5)}`, {
    id: hexId(`${seed}/${place}`),
    fullName: name,
    email: `user${padded(place, 5)}@large.example`,
    role: isOwner ? 'Owner' : place % 50 === 0 ? 'Editor' : 'Member',
    groups: [...(isOwner ? ['owners'] : []), ...some(teams, 1 + pick(isOwner ? 3 : 4), pick)],
  });
}

function lineFor(member: HubMember, place: number): RosterLine {
  const hasLeft = place % 100 === 0;
  return {
    employee_id: `L-${padded(place, 5)}`,
    full_name: member.fullName,
    work_email: member.email,
    other_emails: '',
    status: hasLeft ? 'terminated' : 'active',
    start_date: '2022-02-01',
    end_date: hasLeft ? '2025-06-30' : '',
    department: departments[place % departments.length] ?? '',
    job_title: place <= 3 ? 'Head of Platform' : 'Software Engineer',
    manager_email: place === 1 ? '' : 'user00001@large.example',
    employment_type: 'employee',
    docker_username: '',
  };
}

function addTokens(organization: HubOrganization): void {
  const reader = hubToken('large', 'hubwarden', readingScopes);
  organization.tokens.push(reader);
  organization.credentials.push({ kind: 'oat', token: reader.id, secret: largeSecrets.reader });
  for (let place = 1; place <= 24; place += 1) {
    organization.tokens.push(hubToken('large', `ci-${padded(place, 2)}`, ['scope-image-push']));
  }
  addOwner(organization, largeSecrets.owner.username, largeSecrets.owner.password);
}

function policy(hubUrl: string, approvedOn: string): string {
  return `# The large organization of the simulated Docker Hub at ${hubUrl}.
organizations:
  - name: large
    hub: { identifier: large, secret: ${largeSecrets.reader} }
    owner: { identifier: ${largeSecrets.owner.username}, secret: ${largeSecrets.owner.password} }
roster:
  source: people.csv
  format: csv
  timeZone: UTC
identity:
  corporateDomains: [large.example]
criticalSystems:
  - name: Docker Hub large
    organization: large
    owner: L-00001
    approvedOn: ${approvedOn}
    access:
      - { roles: [owner], who: { jobTitles: [Head of Platform] } }
      - { roles: [editor, member], who: everyone }
  - name: Production images
    organization: large
    repositories: ["prod-*"]
    owner: L-00002
    approvedOn: ${approvedOn}
    access:
      - { roles: [owner, editor], who: everyone }
      - { roles: [member], who: { departments: [Engineering, Data, Platform, Release] } }
`;
}

/** So many different ones of the list, or all of it. */
function some<T>(list: readonly T[], count: number, pick: (below: number) => number): T[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, list.length)) chosen.add(pick(list.length));
  return [...chosen].flatMap((place) => list.slice(place, place + 1));
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

/** Whole numbers below a bound, from a linear congruential sequence: the same seed gives the same ones everywhere. */
function randomNumbers(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
