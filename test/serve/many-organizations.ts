import { addOwner, hubMember, hubOrganization, hubRepository, hubTeam } from '../../src/demo/build-world.js';
import type { Company } from '../../src/demo/company.js';
import type { HubOrganization } from '../../src/demo/world.js';

const header = 'employee_id,full_name,work_email,status,start_date,end_date';
const membersEach = 20;
const repositoriesEach = 60;
const secret = 'simulated-password-of-many';

/** A provider whose customers have an organization each; ten of them share an owner's login. One person of each has left. */
export function manyOrganizations(count: number): Company {
  const places = Array.from({ length: count }, (_, place) => place);
  const ownerOf = (place: number): string => `owner${Math.floor(place / 10)}`;
  const people = places.flatMap((place) =>
    Array.from({ length: membersEach }, (_, at) => {
      const end = at === 0 ? 'terminated,2022-02-01,2025-06-30' : 'active,2022-02-01,';
      return `P-${place}-${at},Person ${place} ${at},${nameOf(place, at)}@acme.example,${end}`;
    }),
  );
  return {
    now: new Date().toISOString(),
    world: { organizations: places.map((place) => organizationAt(place, ownerOf(place))) },
    roster: `${[header, ...people].join('\n')}\n`,
    configuration: () => `organizations:
${places.map((place) => `  - { name: customer-${place}, hub: { identifier: ${ownerOf(place)}, secret: ${secret} } }`).join('\n')}
roster: { source: people.csv, format: csv, timeZone: UTC }
identity: { corporateDomains: [acme.example] }
`,
  };
}

function organizationAt(place: number, owner: string): HubOrganization {
  const name = `customer-${place}`;
  const teams = ['owners', 'backend', 'release'].map((team, at) => hubTeam(name, team, { id: place * 10 + at + 1 }));
  const organization = hubOrganization(name, {
    teams,
    members: Array.from({ length: membersEach }, (_, at) =>
      hubMember(nameOf(place, at), { groups: [at % 2 === 0 ? 'backend' : 'release'] }),
    ),
    repositories: Array.from({ length: repositoriesEach }, (_, at) =>
      hubRepository(`service-${at}`, { teams: [{ team: 'backend', permission: 'write' }] }),
    ),
  });
  addOwner(organization, owner, secret);
  return organization;
}

function nameOf(place: number, at: number): string {
  return `user${place}x${at}`;
}
