import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import {
  ambiguous,
  anAccount,
  aSystem,
  declared,
  ended,
  linkedTo,
  named,
  nobody,
  now,
  unlinked,
} from '../../test/support/check-facts.js';
import { catalog, catalogueVersion } from './catalog.js';
import { datasets, severities, subjectKinds, type Check } from './check.js';
import { controlTitle } from './control-catalogue.js';
import { checksDocument } from './docs.js';
import { isTerm } from './duration.js';
import type { HolderFacts, Identity } from './facts.js';
import { asSentence } from './wording.js';

const folder = join(import.meta.dirname, 'catalog');
const files = readdirSync(folder).filter((file) => file.endsWith('.check.ts'));

describe('the catalogue', () => {
  it('lists every check file once, by its id', () => {
    expect(catalog.map(({ id }) => `${id}.check.ts`).toSorted()).toEqual(files.toSorted());
  });

  it.each(files)('has a spec beside %s', (file) => {
    expect(existsSync(join(folder, file.replace(/\.ts$/, '.spec.ts')))).toBe(true);
  });

  it('begins with the four checks of the product', () => {
    expect(catalog.slice(0, 4).map(({ id }) => id)).toEqual([
      'user-identified',
      'offboarded-access-removed',
      'critical-system-access-configured',
      'critical-system-access-valid',
    ]);
  });

  it('gives each check a title of its own', () => {
    expect(new Set(catalog.map(({ title }) => title)).size).toBe(catalog.length);
  });

  it('counts five checks as data trust, because the exit status depends on it', () => {
    expect(catalog.filter(({ dataTrust }) => dataTrust).map(({ id }) => id)).toEqual([
      'hr-roster-fresh',
      'hr-roster-plausible',
      'hub-sync-complete',
      'evaluation-on-time',
      'connector-capability',
    ]);
  });

  it('follows only the access of leavers after it is gone', () => {
    expect(catalog.filter(({ remembers }) => remembers).map(({ id }) => id)).toEqual(['offboarded-access-removed']);
  });

  it('has a version', () => {
    expect(catalogueVersion).toMatch(/^\d+$/);
  });
});

describe.each(catalog.map((check) => ({ id: check.id, check })))('$id', ({ check }) => {
  it('explains itself', () => {
    expect(check.title).toMatch(/^[A-Z].*[^.]$/);
    // "Not", "no longer" and the like would describe the failure.
    expect(check.title).not.toMatch(/\b(fails?|missing|wrong|stale|without an?)\b/i);
    for (const sentence of [check.why, check.remedy]) expect(sentence).toMatch(/^[A-Z].*\.$/s);
    for (const meanings of Object.values(check.reasons)) {
      for (const [reason, meaning] of Object.entries(meanings)) {
        expect(reason).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
        expect(meaning).toMatch(/^\S.*[^.]$/);
      }
    }
  });

  it('names what exists', () => {
    expect(severities).toContain(check.severity);
    expect(isTerm(check.sla)).toBe(true);
    expect(check.subjects.length).toBeGreaterThan(0);
    expect(subjectKinds).toEqual(expect.arrayContaining([...check.subjects]));
    const needed = check.needs.map((need) => (typeof need === 'string' ? need : need.dataset));
    expect(new Set(needed).size).toBe(needed.length);
    expect(datasets).toEqual(expect.arrayContaining([...needed, ...check.population]));
  });

  it('needs the listings that its subjects come from, unless it judges the data or Hubwarden itself', () => {
    expect(check.needs).toEqual(expect.arrayContaining([...check.population]));
    expect(check.needs.length === 0).toBe(judgesHubwarden(check) || restsOnAWord(check));
  });

  it('claims requirements of the catalogue only, each once', () => {
    const unknown = check.controls.filter((control) => controlTitle(control) === undefined);
    expect(unknown).toEqual([]);
    expect(new Set(check.controls.map(({ framework, id }) => `${framework} ${id}`)).size).toBe(check.controls.length);
    expect(check.controls.length > 0 || judgesHubwarden(check)).toBe(true);
  });

  it('has defaults that its own policy accepts, each explained', () => {
    const policy = new check.policy();
    expect(Object.keys(check.settings)).toEqual(Object.keys(policy));
    expect(validateSync(policy, { forbidUnknownValues: false })).toEqual([]);
  });
});

/** What rests on nothing but somebody's word needs no listing either. */
function restsOnAWord({ id, attestable }: Pick<Check<never>, 'id' | 'attestable'>): boolean {
  return attestable === true && id === 'pat-governance';
}

function judgesHubwarden({ id, dataTrust }: Pick<Check<never>, 'id' | 'dataTrust'>): boolean {
  return dataTrust === true || id === 'alert-channels-working';
}

/** Nothing optional was said. */
function bare(kind: HolderFacts['kind'], identity: Identity): HolderFacts {
  const {
    role: _role,
    teams: _teams,
    teamRoles: _teamRoles,
    scimActive: _scim,
    ...rest
  } = anAccount({ kind, identity });
  return rest;
}

describe('facts about which the sources said nothing optional', () => {
  const held = [{ accounts: 3, human: true }];
  const systems = [
    aSystem(),
    aSystem({ access: null }),
    aSystem({ owner: null, approvedOn: null, access: null, declared: false }),
  ];
  const identities = [
    unlinked,
    ambiguous,
    linkedTo(nobody),
    declared(),
    declared({ owner: null, roles: null, reviewBy: null }),
  ];
  const people = [
    linkedTo(named()),
    linkedTo(named({ employment: ended })),
    linkedTo({ id: 'E-1', person: { id: 'E-1', name: null, employment: { state: 'employed', lastDay: null } } }),
  ];
  const organization = {
    organization: 'acme',
    datasets: [],
    needed: ['members'],
    vocabulary: {},
    held,
    owners: [],
    members: 3,
  };
  const holders = (kind: HolderFacts['kind']) => [...identities, ...people].map((identity) => bare(kind, identity));

  /** Facts of every kind of subject, as poor as the contract allows. */
  const poor: Readonly<Record<string, readonly unknown[]>> = {
    account: holders('account'),
    invite: holders('invite'),
    service_account: identities.flatMap((identity) =>
      identity.state === 'service_account'
        ? [{ account: bare('account', identity), declared: identity.declared, vocabulary: {} }]
        : [],
    ),
    critical_system: systems.map((system) => ({ system, vocabulary: {}, held })),
    critical_system_account: systems.flatMap((system) =>
      holders('account').map((account) => ({ system, vocabulary: {}, account })),
    ),
    organization: [organization, { ...organization, held: [], members: 0 }],
    repositories: [{ organization: 'acme', name: 'api' }],
    'critical-repositories': (['gone', 'never'] as const).map((presence) => ({
      organization: 'acme',
      name: 'api',
      systems: [],
      presence,
    })),
    'critical-repository-writers': identities.map((identity) => ({
      organization: 'acme',
      name: 'api',
      systems: [],
      teams: [],
      writers: [{ account: 'jane', byRole: false, teams: [], identity }],
    })),
    token: [
      { state: 'linked', person: named(), present: true },
      { state: 'unlinked', present: true },
      { state: 'unseen' },
    ].map((creator) => ({ organization: 'acme', id: 't-1', name: 't-1', creator, owner: named() })),
    'leaver-artefacts': [
      { person: { ...named().person, employment: ended }, artefacts: [{ kind: 'token', id: 't-1', name: 't-1' }] },
    ].map((leaver) => ({ organization: 'acme', account: 'x', leavers: [leaver], unnamed: [], unread: ['tokens'] })),
    removals: [null, now].map((firstAbsentAt) => ({
      organization: 'acme',
      kind: 'account',
      id: 'x',
      name: 'x',
      person: { id: 'E-1', name: null },
      lastDay: null,
      leftAt: '2026-11-19T23:00:00.000Z',
      inferred: true,
      knownToHrAt: null,
      detectedAt: null,
      lastSeenAt: '2026-11-20T02:00:00.000Z',
      firstAbsentAt,
      confirmed: false,
      removedAt: null,
    })),
    'leaver-activity': people.flatMap((identity) =>
      identity.state === 'linked' && identity.person.person !== null
        ? [
            {
              organization: 'acme',
              kind: 'account',
              name: 'x',
              person: identity.person.person,
              acts: true,
              activity: null,
              archive: { coveredSince: null },
            },
          ]
        : [],
    ),
    'critical-repository-pushes': [[], [{ pushes: 1, lastAt: now, who: { state: 'unlinked' } }]].map((pushes) => ({
      organization: 'acme',
      name: 'api',
      systems: [],
      pushes,
      archive: { coveredSince: null },
    })),
    roster: [
      {
        inForce: null,
        maxAge: '8d',
        maxAgeMs: 691_200_000,
        reading: { outcome: 'unreachable', message: null },
        quarantined: null,
      },
    ],
  };

  // Whom an account belongs to and whether they work here is known without any optional field.
  const mayPass: Readonly<Record<string, readonly string[]>> = {
    'user-identified': ['LINKED', 'SERVICE_ACCOUNT_OWNED'],
    'offboarded-access-removed': ['EMPLOYED'],
    'no-access-before-start': ['STARTED'],
    'no-return-of-leaver': ['EMPLOYED'],
    // Other checks ask about what is not known here.
    'leaver-artefacts-cleared': ['CLEARED'],
  };

  it.each(catalog.map((check) => ({ id: check.id, check: check as Check<unknown> })))(
    '$id never passes over them',
    ({ id, check }) => {
      const given = { policy: new check.policy(), now };
      const rows = poor[check.source ?? ''] ?? check.subjects.flatMap((kind) => poor[kind] ?? []);
      expect(rows.length).toBeGreaterThan(0);
      const verdicts = rows.map((facts) => check.judge(facts, given));
      const passes = verdicts.flatMap((verdict) => (verdict.outcome === 'pass' ? [verdict.because] : []));
      expect(passes.filter((reason) => !(mayPass[id] ?? []).includes(reason))).toEqual([]);
      for (const { message } of verdicts) expect(message).not.toMatch(/undefined|null|NaN|\[object/);
    },
  );
});

describe('docs/checks.md', () => {
  it('is current; `npm run docs:checks` writes it', () => {
    expect(readFileSync(join(import.meta.dirname, '../../docs/checks.md'), 'utf8')).toBe(checksDocument());
  });

  it('has a section for every check and every reason', () => {
    const text = checksDocument();
    for (const check of catalog) {
      expect(text).toContain(`\n## ${check.id}\n`);
      for (const reason of Object.values(check.reasons).flatMap((meanings) => Object.keys(meanings))) {
        expect(text).toContain(`\`${reason}\``);
      }
    }
  });
});

describe('what another part said', () => {
  it.each([
    { said: 'Docker Hub answered 500', sentence: 'Docker Hub answered 500.' },
    { said: ' Is it there? ', sentence: 'Is it there?' },
    { said: '', sentence: 'No reason was given.' },
    { said: null, sentence: 'No reason was given.' },
  ])('$said becomes a sentence', ({ said, sentence }) => {
    expect(asSentence(said)).toBe(sentence);
  });
});
