import type {
  CriticalSystem,
  Employment,
  HolderFacts,
  Identity,
  NamedPerson,
  OrganizationFacts,
  PersonFacts,
  RosterFacts,
  ServiceAccountPolicy,
} from '../../src/checks/facts.js';

/** The clock of every check's spec. */
export const now = '2026-11-21T02:00:00.000Z';

export const employed: Employment = { state: 'employed', lastDay: null };
export const ended: Extract<Employment, { readonly state: 'ended' }> = {
  state: 'ended',
  lastDay: '2026-11-19',
  endedAt: '2026-11-19T23:00:00.000Z',
  inferred: false,
};
export const notStarted: Employment = { state: 'not_started', firstDay: '2026-12-01' };
export const vanished: Employment = { state: 'unknown', reason: 'LEFT_ROSTER' };
/** Every way in which HR can leave somebody's employment open. */
export const doubtfulEmployments: readonly Extract<Employment, { readonly state: 'unknown' }>[] = [
  { state: 'unknown', reason: 'ROSTER_ROW_REFUSED' },
  { state: 'unknown', reason: 'LEFT_ROSTER' },
  { state: 'unknown', reason: 'HR_STATUS_UNKNOWN' },
  { state: 'unknown', reason: 'IDENTITY_CHANGED' },
];

export function aPerson(overrides: Partial<PersonFacts> = {}): PersonFacts {
  return {
    id: 'E-1042',
    name: 'Jane Doe',
    department: 'Engineering',
    jobTitle: 'Developer',
    employmentType: 'employee',
    employment: employed,
    ...overrides,
  };
}

export function named(overrides: Partial<PersonFacts> = {}): NamedPerson {
  const person = aPerson(overrides);
  return { id: person.id, person };
}

/** A name in the policy that no accepted roster ever had. */
export const nobody: NamedPerson = { id: 'E-9999', person: null };

export function linkedTo(person: NamedPerson): Identity {
  return { state: 'linked', person, source: 'address', since: '2026-01-05T02:00:00.000Z' };
}

export const unlinked: Identity = { state: 'unlinked', suggestions: [] };
export const ambiguous: Identity = { state: 'ambiguous', candidates: ['E-1', 'E-2'] };

export function aServiceAccount(overrides: Partial<ServiceAccountPolicy> = {}): ServiceAccountPolicy {
  return {
    username: 'acme-ci',
    owner: named(),
    reviewBy: '2027-01-31',
    roles: ['member'],
    reason: 'release pipeline',
    ...overrides,
  };
}

export function declared(overrides: Partial<ServiceAccountPolicy> = {}): Identity {
  return { state: 'service_account', declared: aServiceAccount(overrides) };
}

export function anAccount(overrides: Partial<HolderFacts> = {}): HolderFacts {
  return {
    organization: 'acme',
    kind: 'account',
    id: '0ab7',
    name: 'jdoe99',
    presence: 'present',
    identity: linkedTo(named()),
    role: 'Member',
    teams: ['developers'],
    teamRoles: [],
    scimActive: null,
    invites: [],
    removalConfirmed: false,
    ...overrides,
  };
}

export function anInvite(overrides: Partial<HolderFacts> = {}): HolderFacts {
  return {
    organization: 'acme',
    kind: 'invite',
    id: '6c1f',
    name: 'jane.doe@acme.example',
    presence: 'present',
    identity: linkedTo(named()),
    role: 'member',
    teams: ['developers'],
    teamRoles: [],
    invites: [],
    removalConfirmed: false,
    invite: {
      inviter: 'olga',
      createdAt: '2026-11-18T10:00:00.000Z',
      inviterPerson: named({ id: 'E-1001', name: 'Olga Owner' }),
      vocabulary: {},
    },
    ...overrides,
  };
}

export function aSystem(overrides: Partial<CriticalSystem> = {}): CriticalSystem {
  return {
    name: 'Docker Hub acme',
    organization: 'acme',
    repositories: null,
    owner: named({ id: 'E-1001', name: 'Olga Owner' }),
    approvedOn: '2026-09-01',
    access: [{ roles: ['member'], who: 'everyone', until: null, untilInstant: null }],
    declared: true,
    ...overrides,
  };
}

export function anOrganization(overrides: Partial<OrganizationFacts> = {}): OrganizationFacts {
  return {
    organization: 'acme',
    datasets: [],
    needed: [],
    vocabulary: {},
    held: [],
    owners: [],
    members: 40,
    ...overrides,
  };
}

export function aRoster(overrides: Partial<RosterFacts> = {}): RosterFacts {
  return {
    inForce: {
      asOf: '2026-11-20T02:00:00.000Z',
      previousAsOf: '2026-11-13T02:00:00.000Z',
      people: 60,
      refusedRows: 0,
    },
    maxAge: '8d',
    maxAgeMs: 8 * 86_400_000,
    reading: { outcome: 'accepted', message: null },
    quarantined: null,
    ...overrides,
  };
}

/** The same facts as if the source had not said these fields. */
export function without<Facts extends object>(facts: Facts, ...fields: (keyof Facts)[]): Facts {
  const rest = { ...facts };
  for (const field of fields) delete rest[field];
  return rest;
}
