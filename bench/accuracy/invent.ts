import type { Random } from './random.js';
import type { Trail, TrueAccount, TrueCompany, TruePerson, TrueRole, TrueService } from './truth.js';

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
] as const;
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
] as const;

/** What happens to people, and how often among a hundred. */
const fates = {
  stays: 62,
  'is on leave': 2,
  'left long ago': 8,
  'left yesterday': 4,
  'has the last day today': 3,
  'leaves soon': 4,
  'starts soon': 3,
  'left and came back': 3,
  'left and came back under a new id': 2,
  'comes back later': 1,
  'left, and the status says active': 2,
  'left, and nobody says when': 2,
  'left, and HR hears of it a night later': 3,
  vanishes: 1,
} as const;

const trails: Readonly<Record<Exclude<Trail, 'stranger'>, number>> = {
  'work address': 64,
  'work address in capitals': 5,
  'plus address': 6,
  'alias domain': 4,
  'other address': 5,
  'docker username': 6,
  'docker username, address hidden': 1,
  'declared link': 2,
  'mailbox that moves on': 1,
  'private address': 2,
  'address hidden': 1,
  'address of two people': 1,
  'look-alike domain': 1,
  namesake: 1,
};

const roles: Readonly<Record<TrueRole, number>> = {
  Member: 74,
  Editor: 12,
  Owner: 9,
  'registry-auditor': 4,
  sorcerer: 1,
};

export function inventTruth(random: Random, company: string): TrueCompany {
  const people = Array.from({ length: random.between(5, 12) }, (_, place) => inventPerson(random, company, place));
  const accounts: TrueAccount[] = [];
  people.forEach((person, place) => accounts.push(...inventAccounts(random, company, people, person, place)));
  if (random.chance(0.06)) accounts.push(account(random, `${company}-stranger`, { trail: 'stranger' }));
  if (random.chance(0.35)) {
    accounts.push(account(random, `${company}-ci`, { trail: 'stranger', service: inventService(random, people) }));
  }
  if (random.chance(0.08))
    accounts.push({ ...account(random, `${company}-guest@elsewhere.example`, { trail: 'stranger' }), kind: 'invite' });
  return {
    name: company,
    people,
    accounts,
    system: {
      owner: random.chance(0.95) ? pick(random, people) : null,
      approvedOn: random.weighted({ '2026-09-01': 90, '2025-10-01': 7, never: 3 }).replace('never', '') || null,
      hasRules: random.chance(0.96),
    },
  };
}

function inventPerson(random: Random, company: string, place: number): TruePerson {
  const fate = random.weighted(fates);
  const start = `20${random.between(15, 25)}-0${random.between(1, 9)}-1${random.between(0, 9)}`;
  const ends: Partial<Record<keyof typeof fates, string>> = {
    'left long ago': `2026-0${random.between(1, 9)}-2${random.between(0, 8)}`,
    'left yesterday': '2026-11-20',
    'has the last day today': '2026-11-21',
    'leaves soon': `2026-12-1${random.between(0, 9)}`,
    'left, and the status says active': '2026-10-31',
    'left, and HR hears of it a night later': '2026-11-18',
  };
  const returns = ['left and came back', 'left and came back under a new id', 'comes back later'].includes(fate);
  const back = fate === 'comes back later' ? '2026-12-01' : '2026-03-01';
  return {
    id: `${company.toUpperCase()}-${String(place + 1).padStart(2, '0')}`,
    name: `${random.one(firstNames)} ${random.one(lastNames)} ${company}${place}`,
    department: random.chance(0.04) ? null : random.weighted({ Engineering: 50, Platform: 20, Data: 20, Sales: 10 }),
    jobTitle: random.weighted({ Engineer: 80, 'Head of Platform': 12, Analyst: 8 }),
    type: random.chance(0.12) ? 'contractor' : 'employee',
    spells: returns
      ? [
          { start, end: '2025-12-31' },
          { start: back, end: null },
        ]
      : [{ start: fate === 'starts soon' ? '2026-12-15' : start, end: ends[fate] ?? null }],
    vanishesAt: fate === 'vanishes' ? 1 : null,
    endKnownFrom: fate === 'left, and HR hears of it a night later' ? 1 : 0,
    undatedEnd: fate === 'left, and nobody says when',
    appearsAt: 0,
    newIdOnReturn: fate === 'left and came back under a new id',
    statusLies: fate === 'left, and the status says active',
    onLeave: fate === 'is on leave',
  };
}

function inventAccounts(
  random: Random,
  company: string,
  people: TruePerson[],
  person: TruePerson,
  place: number,
): TrueAccount[] {
  const count = random.weighted({ one: 80, two: 6, none: 9, invited: 5 });
  if (count === 'none') return [];
  if (count === 'invited') {
    const address = `${person.id.toLowerCase()}@${company}.example`;
    const [trail, name] = random.chance(0.3)
      ? (['plus address', address.replace('@', '+hub@')] as const)
      : (['work address', address] as const);
    return [{ ...account(random, name, { person, trail }), kind: 'invite' }];
  }
  const trail = trailFor(random, people, place);
  const first = account(random, `${company}-u${place}`, {
    person,
    trail,
    ...(trail === 'mailbox that moves on' && { heir: addHeir(people, person) }),
  });
  const second = account(random, `${company}-u${place}b`, { person, trail: 'plus address' });
  return count === 'two' ? [first, second] : [first];
}

/** Two people share an address only if there is another one, whose row comes before. */
function trailFor(random: Random, people: readonly TruePerson[], place: number): Trail {
  const trail = random.weighted(trails);
  const before = people[place - 1];
  if (trail === 'address of two people' && (before === undefined || before.vanishesAt !== null)) return 'work address';
  // Whoever vanishes from HR cannot hand a mailbox over there.
  if (trail === 'mailbox that moves on' && people[place]?.vanishesAt !== null) return 'work address';
  return trail;
}

/** Somebody new gets the address of somebody else's account. */
function addHeir(people: TruePerson[], person: TruePerson): TruePerson {
  const heir: TruePerson = {
    ...person,
    id: `${person.id}H`,
    name: `Heir of ${person.name}`,
    spells: [{ start: '2026-11-01', end: null }],
    vanishesAt: null,
    endKnownFrom: 0,
    undatedEnd: false,
    appearsAt: 1,
    newIdOnReturn: false,
    statusLies: false,
    onLeave: false,
  };
  people.push(heir);
  return heir;
}

function inventService(random: Random, people: readonly TruePerson[]): TrueService {
  return {
    owner: random.chance(0.93) ? pick(random, people) : null,
    roles: [random.weighted({ member: 60, editor: 35, owner: 5 })],
  };
}

function account(
  random: Random,
  name: string,
  parts: { person?: TruePerson; trail: Trail; service?: TrueService; heir?: TruePerson },
): TrueAccount {
  return {
    kind: 'account',
    name,
    person: parts.person ?? null,
    trail: parts.trail,
    role: random.weighted(roles),
    teamRole: random.chance(0.06) ? 'editor' : null,
    service: parts.service ?? null,
    goneFrom: random.chance(0.08) ? 1 : null,
    heir: parts.heir ?? null,
  };
}

/** One of those whom HR has had from the start. */
function pick(random: Random, people: readonly TruePerson[]): TruePerson | null {
  const known = people.filter(({ appearsAt }) => appearsAt === 0);
  return known[random.between(0, known.length - 1)] ?? null;
}
