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
import { checksDocument } from './docs.js';
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

  it('counts four checks as data trust, because the exit status depends on it', () => {
    expect(catalog.filter(({ dataTrust }) => dataTrust).map(({ id }) => id)).toEqual([
      'hr-roster-fresh',
      'hr-roster-plausible',
      'hub-sync-complete',
      'evaluation-on-time',
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
    expect(check.sla).toMatch(/^[1-9]\d*[hd]$/);
    expect(check.subjects.length).toBeGreaterThan(0);
    expect(subjectKinds).toEqual(expect.arrayContaining([...check.subjects]));
    const needed = check.needs.map((need) => (typeof need === 'string' ? need : need.dataset));
    expect(new Set(needed).size).toBe(needed.length);
    expect(datasets).toEqual(expect.arrayContaining([...needed, ...check.population]));
  });

  it('needs the listings that its subjects come from, unless it judges the data or Hubwarden itself', () => {
    expect(check.needs).toEqual(expect.arrayContaining([...check.population]));
    expect(check.needs.length === 0).toBe(judgesHubwarden(check));
  });

  it('claims controls of verified frameworks only', () => {
    const forms = {
      'SOC 2': /^CC6\.[123]$/,
      'ISO 27001:2022': /^A\.[5-8]\.\d{1,2}$/,
      HIPAA: /^164\.3\d\d\([a-z]\)\(\d\)/,
      'CIS Software Supply Chain': /^\d\.\d\.\d$/,
    } as const;
    for (const { framework, id } of check.controls) expect(id).toMatch(forms[framework]);
    expect(check.controls.length > 0 || judgesHubwarden(check)).toBe(true);
  });

  it('has defaults that its own policy accepts, each explained', () => {
    const policy = new check.policy();
    expect(Object.keys(check.settings)).toEqual(Object.keys(policy));
    expect(validateSync(policy, { forbidUnknownValues: false })).toEqual([]);
  });
});

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
  };

  it.each(catalog.map((check) => ({ id: check.id, check: check as Check<unknown> })))(
    '$id never passes over them',
    ({ id, check }) => {
      const given = { policy: new check.policy(), now };
      const rows = check.subjects.flatMap((kind) => poor[kind] ?? []);
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
