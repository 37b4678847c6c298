import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { AccessWorld, everything, lineOf, type ShownOrganization } from './access-world.js';

let database: TestDatabase;
let world: AccessWorld;

beforeAll(async () => {
  database = await testDatabase();
  world = new AccessWorld(database.dataSource);
});
afterAll(() => database.drop());

const people = ['a', 'b', 'c', 'd', 'e'];
const teamNames = ['owners', 'Ops', 'qa', 'data'];
const repositoryNames = ['api', 'web', 'site', 'box'];
const vocabulary = { lead: 'editor', chief: 'owner', clerk: 'member' } as const;
const ranking: Readonly<Record<string, string>> = { owner: 'owner', editor: 'editor', ...vocabulary };

const role = fc.constantFrom('Owner', 'Editor', 'Member', 'member', 'Lead', 'CHIEF', 'clerk', 'wizard', null);
const organization: fc.Arbitrary<Omit<ShownOrganization, 'name'>> = fc.record({
  members: fc
    .tuple(fc.subarray(people), fc.array(role, { minLength: 5, maxLength: 5 }))
    .map(([ids, roles]) => ids.map((id, place) => ({ id, username: `U-${id}`, role: roles[place] ?? null }))),
  teams: fc
    .tuple(fc.subarray(teamNames), fc.array(fc.tuple(role, fc.subarray(people)), { minLength: 4, maxLength: 4 }))
    .map(([names, parts]) =>
      names.map((name, place) => ({ name, role: parts[place]?.[0] ?? null, members: parts[place]?.[1] ?? [] })),
    ),
  repositories: fc
    .tuple(
      fc.subarray(repositoryNames),
      fc.array(
        fc.dictionary(fc.constantFrom(...teamNames), fc.constantFrom('read', 'write', 'admin', 'Admin', 'deploy')),
        {
          minLength: 4,
          maxLength: 4,
        },
      ),
    )
    .map(([names, holders]) => names.map((name, place) => ({ name, isPrivate: true, teams: holders[place] ?? {} }))),
});

/** The same rule in plain loops, by somebody who has not read the SQL. */
function oracle({ name, members, teams = [], repositories }: ShownOrganization): string[] {
  const lines: string[] = [];
  const heights = ['read', 'write', 'admin'];
  const everybody = new Set([...members.map(({ id }) => id), ...teams.flatMap((team) => team.members)]);
  for (const repository of repositories.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    for (const id of everybody) {
      const member = members.find((one) => one.id === id);
      const best = new Set<string>();
      const mine = teams.filter((team) => team.members.includes(id));
      const roles = [member?.role ?? '', ...mine.map((team) => team.role ?? '')].map(
        (word) => ranking[word.toLowerCase()],
      );
      if (
        roles.includes('owner') ||
        roles.includes('editor') ||
        mine.some((team) => team.name.toLowerCase() === 'owners')
      ) {
        best.add('admin');
      }
      for (const [team, permission] of Object.entries(repository.teams ?? {})) {
        if (mine.some((one) => one.name === team)) best.add(String(permission).toLowerCase());
      }
      const permission = heights.findLast((height) => best.has(height));
      if (permission !== undefined) lines.push(`${name}/${repository.name} ${member?.username ?? id} ${permission}`);
    }
  }
  return lines.toSorted();
}

it('agrees with plain loops about any organization, in pages of any size', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(organization, fc.integer({ min: 1, max: 9 }), async (parts, limit) => {
      round += 1;
      const shown: ShownOrganization = { name: `org-${round}`, ...parts };
      const scopes = await world.scopes([await world.show(shown)], vocabulary);
      const items = await world.items(scopes, everything, limit);
      expect(items.map((item) => lineOf(item).replace(/:.*/, '')).toSorted()).toEqual(oracle(shown));
      for (const { permission, paths } of items) expect(paths[0]?.permission).toBe(permission);
    }),
    { numRuns: 150 },
  );
});
