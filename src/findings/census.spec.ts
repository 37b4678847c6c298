import { describe, expect, it } from 'vitest';
import type { CriticalSystem, HolderFacts } from '../checks/facts.js';
import { belongsTo, Census, matchesRepository } from './census.js';

const account = (over: Partial<HolderFacts>): HolderFacts => ({
  organization: 'acme',
  kind: 'account',
  id: 'a1',
  name: 'jane',
  presence: 'present',
  identity: { state: 'unlinked', suggestions: [] },
  role: 'Member',
  teams: [],
  teamRoles: [],
  invites: [],
  removalConfirmed: false,
  ...over,
});

const narrowed: CriticalSystem = {
  name: 'Production',
  organization: 'acme',
  repositories: ['prod-*'],
  owner: null,
  approvedOn: null,
  access: null,
  declared: true,
};

describe('matchesRepository', () => {
  it.each<[string, string, boolean]>([
    ['prod-*', 'prod-api', true],
    ['prod-*', 'prod-', true],
    ['prod-*', 'preprod-api', false],
    ['*', 'anything', true],
    ['a.c', 'abc', false],
    ['api', 'api-2', false],
    ['*-api-*', 'prod-api-eu', true],
  ])('%s and %s: %s', (pattern, repository, expected) => {
    expect(matchesRepository([pattern], repository)).toBe(expected);
  });
});

describe('belongsTo a system that is narrowed to some repositories', () => {
  const teams = new Set(['release']);
  it.each<[string, Partial<HolderFacts>, boolean]>([
    ['a member without teams does not', {}, false],
    ['a member of a team with a permission does', { teams: ['Release'] }, true],
    ['a member of another team does not', { teams: ['docs'] }, false],
    ['an owner does', { role: 'Owner' }, true],
    ['an editor does', { role: 'editor' }, true],
    ['a member whose team carries the editor role does', { teams: ['docs'], teamRoles: ['Editor'] }, true],
    ['a member of owners does', { teams: ['owners'] }, true],
    ['a custom role that equals editor does', { role: 'Publisher' }, true],
    ['a custom role that equals member does not', { role: 'Auditor' }, false],
    ['a custom role that nobody ranked may, so it does', { role: 'Mystery' }, true],
    ['one whose teams nobody said may, so it does', { teams: undefined }, true],
    ['one whose role nobody said may, so it does', { role: undefined }, true],
  ])('%s', (_, facts, expected) => {
    const vocabulary = { publisher: 'editor', auditor: 'member' } as const;
    expect(belongsTo(narrowed, account(facts), teams, vocabulary)).toBe(expected);
  });

  it('has every account where the system is the whole organization', () => {
    expect(belongsTo({ ...narrowed, repositories: null }, account({}), new Set(), {})).toBe(true);
  });
});

describe('Census', () => {
  it('counts each different set of roles once, apart for people and service accounts', () => {
    const census = new Census({});
    census.count(account({ teams: ['docs', 'web'] }));
    census.count(account({ teams: ['web'] }));
    census.count(account({ role: 'Owner', name: 'otto', teams: ['Owners'] }));
    census.count(
      account({
        identity: {
          state: 'service_account',
          declared: { username: 'ci', owner: null, reviewBy: null, roles: null, reason: null },
        },
      }),
    );
    expect(census.members).toBe(4);
    expect(census.owners()).toEqual(['otto']);
    expect(census.heldRoles()).toEqual([
      { role: 'Member', teams: [], teamRoles: [], human: true, accounts: 2 },
      { role: 'Owner', teams: ['Owners'], teamRoles: [], human: true, accounts: 1 },
      { role: 'Member', teams: [], teamRoles: [], human: false, accounts: 1 },
    ]);
  });

  it('keeps "nobody said" apart from "has none"', () => {
    const census = new Census({});
    census.count(account({}));
    census.count(account({ teams: undefined, teamRoles: undefined }));
    expect(census.heldRoles()).toHaveLength(2);
    expect(census.heldRoles()[1]).not.toHaveProperty('teams');
  });
});
