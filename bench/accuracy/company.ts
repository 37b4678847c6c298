import { addOrganizationToken, hubInvite, hubMember, hubOrganization, hubTeam } from '../../src/demo/build-world.js';
import type { RosterLine } from '../../src/demo/roster-file.js';
import type { HubInvite, HubMember, HubOrganization } from '../../src/demo/world.js';
import { inventTruth } from './invent.js';
import type { Random } from './random.js';
import { isThere, nights, type TrueAccount, type TrueCompany, type TruePerson } from './truth.js';

/** A company as Docker Hub and HR show it. */
export interface SyntheticCompany {
  readonly truth: TrueCompany;
  readonly secret: string;
  /** As it stands in a night; the same object every time, changed. */
  organizationAt(night: number): HubOrganization;
  rosterAt(night: number): RosterLine[];
  /** Its part of hubwarden.yaml. */
  readonly links: readonly { username: string; person: string }[];
  readonly serviceAccounts: readonly object[];
  readonly criticalSystem: object;
  /** The id under which Docker Hub lists an account or invite. */
  idOf(account: TrueAccount): string;
}

export function syntheticCompany(random: Random, index: number): SyntheticCompany {
  const name = `c${String(index).padStart(5, '0')}`;
  const truth = inventTruth(random, name);
  const secret = `simulated-token-of-${name}`;
  const organization = hubOrganization(name);
  organization.teams.push(hubTeam(name, 'leads', { role: 'editor' }));
  addOrganizationToken(organization, secret);
  const members = new Map<TrueAccount, HubMember>();
  const invites = new Map<TrueAccount, HubInvite>();
  for (const account of truth.accounts) {
    if (account.kind === 'invite') invites.set(account, hubInvite(account.name, { inviter: name }));
    else members.set(account, memberOf(account, name));
  }
  const { system } = truth;
  return {
    truth,
    secret,
    organizationAt: (night) => {
      organization.members = [...members].flatMap(([account, member]) => (isThere(account, night) ? [member] : []));
      organization.invites = [...invites].flatMap(([account, invite]) => (isThere(account, night) ? [invite] : []));
      return organization;
    },
    rosterAt: (night) => truth.people.flatMap((person) => linesOf(person, truth, night)),
    links: truth.accounts.flatMap(({ trail, name: username, person }) =>
      trail === 'declared link' && person !== null ? [{ username, person: person.id }] : [],
    ),
    serviceAccounts: truth.accounts.flatMap(({ name: username, service }) =>
      service === null
        ? []
        : [
            {
              username,
              owner: service.owner?.id ?? `${name}-nobody`,
              reviewBy: '2027-06-30',
              roles: service.roles,
              reason: 'pipeline',
            },
          ],
    ),
    criticalSystem: {
      name: `Docker Hub ${name}`,
      organization: name,
      ...(system.owner !== null && { owner: system.owner.id }),
      ...(system.approvedOn !== null && { approvedOn: system.approvedOn }),
      access: system.hasRules
        ? [
            { roles: ['owner'], who: { jobTitles: ['Head of Platform'] } },
            { roles: ['editor'], who: { departments: ['Platform'] } },
            { roles: ['member'], who: 'everyone' },
          ]
        : [],
    },
    idOf: (account) => members.get(account)?.id ?? invites.get(account)?.id ?? '',
  };
}

const workAddress = (person: TruePerson, company: string): string => `${person.id.toLowerCase()}@${company}.example`;
const otherAddress = (person: TruePerson): string => `${person.id.toLowerCase()}@mail.example`;
const sharedAddress = (account: TrueAccount, company: string): string => `shared-${account.name}@${company}.example`;

function memberOf(account: TrueAccount, company: string): HubMember {
  const { name, person, trail, role, teamRole } = account;
  const groups = [...(role === 'Owner' ? ['owners'] : []), ...(teamRole === null ? [] : ['leads'])];
  const member = hubMember(name, { role, groups, email: `${name}@private.example` });
  if (person === null) return member;
  const work = workAddress(person, company);
  switch (trail) {
    case 'work address':
    case 'mailbox that moves on':
      return { ...member, email: work };
    case 'work address in capitals':
      return { ...member, email: ` ${work.toUpperCase()}` };
    case 'plus address':
      return { ...member, email: work.replace('@', '+docker@') };
    case 'alias domain':
      return { ...member, email: work.replace('.example', '.test') };
    case 'other address':
      return { ...member, email: otherAddress(person) };
    case 'address of two people':
      return { ...member, email: sharedAddress(account, company) };
    case 'look-alike domain':
      // A Cyrillic letter that looks like the Latin one.
      return { ...member, email: work.replace('.example', '.ехample') };
    case 'namesake':
      return { ...member, fullName: person.name };
    case 'docker username, address hidden':
    case 'address hidden':
      return { ...member, wire: { email: undefined } };
    case 'declared link':
    case 'docker username':
    case 'private address':
    case 'stranger':
      return member;
  }
}

/** What HR says of somebody in one night: a line for each id and spell. */
function linesOf(person: TruePerson, { name: company, accounts, people }: TrueCompany, night: number): RosterLine[] {
  if (person.vanishesAt !== null && night >= person.vanishesAt) return [];
  if (person.appearsAt > night) return [];
  const own = accounts.filter((one) => one.person === person);
  const moved = night > 0 && own.some(({ trail }) => trail === 'mailbox that moves on');
  const work = moved ? `${person.id.toLowerCase()}.new@${company}.example` : workAddress(person, company);
  const inherited = accounts.find((one) => one.trail === 'mailbox that moves on' && one.heir === person);
  const shared = accounts.filter(
    (one) =>
      one.trail === 'address of two people' &&
      (one.person === person || (one.person !== null && neighbour(one.person, people) === person)),
  );
  const username = own.find(({ trail }) => trail.startsWith('docker username'))?.name ?? '';
  return person.spells.map((spell, place) => {
    const isLast = place === person.spells.length - 1;
    const end = isLast && night < person.endKnownFrom ? null : spell.end;
    const today = nights[night] ?? '';
    return {
      employee_id: person.newIdOnReturn && isLast ? `${person.id}B` : person.id,
      full_name: person.name,
      work_email: inherited?.person && night > 0 ? workAddress(inherited.person, company) : work,
      other_emails: [otherAddress(person), ...shared.map((one) => sharedAddress(one, company))].join(';'),
      status: person.undatedEnd ? 'terminated' : statusOf(person, spell.start, end, today),
      start_date: spell.start,
      end_date: person.undatedEnd ? '' : (end ?? ''),
      department: person.department ?? '',
      job_title: person.jobTitle,
      manager_email: '',
      employment_type: person.type,
      docker_username: username,
    };
  });
}

function statusOf(person: TruePerson, start: string, end: string | null, today: string): string {
  if (end !== null && end < today) return person.statusLies ? 'active' : 'terminated';
  if (start > today) return 'pending';
  return person.onLeave ? 'on_leave' : 'active';
}

/** The one before in the list: who shares an address with whom. */
function neighbour(person: TruePerson, people: readonly TruePerson[]): TruePerson | null {
  return people[people.indexOf(person) - 1] ?? null;
}
