import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, refusing, smallWorld, unreachable, type Fault } from './array-hub.js';
import { contentOf, keysOf, readingOf, sealedSync, unverifiedIn, type Sealed } from './snapshots.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function read(organization: string, ...faults: Fault[]): Promise<Sealed> {
  const hub = new ArrayHub(smallWorld());
  hub.faults = faults;
  return sealedSync(database.dataSource, hub, {}, organization);
}

/** Changes the first permission of the repository `site`, which is that of the team 3, `frontend`. */
function firstOfSite(change: { key?: string; team?: unknown }): Fault {
  return (asked, honest) => {
    const [first, ...rest] = honest.rows;
    if (asked.dataset !== 'repository_teams' || asked.scope !== 'site' || first === undefined) return undefined;
    const { key = first.key, team } = change;
    const { team: _team, ...data } = first.data;
    return { ...honest, rows: [{ key, data: team === undefined ? data : { ...data, team } }, ...rest] };
  };
}

describe('a permission', () => {
  test.each([
    ['no team', undefined],
    ['null for a team', null],
    ['a blank team', ''],
  ])('with %s is called by the name that the id has, and is no witness that there is no other', async (what, team) => {
    await read(what);
    const run = await read(what, firstOfSite({ team }));
    expect(readingOf(run, 'repository_teams')).toMatchObject({
      status: 'partial',
      reason: 'FIELD_NOT_EXPOSED',
      message: 'Of 1 of 4 permissions Docker Hub did not say which team holds it, one on site among them.',
      received: 4,
      reported: 4,
    });
    expect(await contentOf(database.dataSource, run.runId, 'repository_teams')).toContain(
      'repository_teams site/3 {"team": "frontend", "permission": "admin", "repository": "site"}',
    );
  });

  test('of a team that the listing of teams lacks makes them partial, and closes nothing', async () => {
    await read('unlisted');
    const run = await read('unlisted', firstOfSite({ key: '99', team: 'ops' }));
    expect(readingOf(run, 'repository_teams')).toMatchObject({
      status: 'partial',
      reason: 'TEAM_NOT_LISTED',
      message: 'Teams hold permissions that the listing of teams does not have: ops.',
    });
    expect(await keysOf(database.dataSource, run.runId, 'repository_teams')).toContain('site/99');
    expect(await unverifiedIn(database.dataSource, run.runId)).toEqual(['repository_teams site/3']);
  });

  test('with neither a name nor a listed id says what was not said', async () => {
    const run = await read('neither', firstOfSite({ key: '99' }));
    expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'partial', reason: 'FIELD_NOT_EXPOSED' });
    expect(await contentOf(database.dataSource, run.runId, 'repository_teams')).toContain(
      'repository_teams site/99 {"permission": "admin", "repository": "site"}',
    );
  });

  test('of a team that was renamed meanwhile goes by the name in the listing of teams', async () => {
    await read('renamed');
    const run = await read('renamed', firstOfSite({ team: 'web' }));
    expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'complete', reason: null });
    expect(await contentOf(database.dataSource, run.runId, 'repository_teams')).toContain(
      'repository_teams site/3 {"team": "frontend", "permission": "admin", "repository": "site"}',
    );
    const begun: unknown[] = await database.dataSource.query('select key from observation where first_snapshot = $1', [
      run.runId,
    ]);
    expect(begun).toEqual([]);
  });

  test('needs no listed team where there is no whole listing of teams to hold it against', async () => {
    const run = await read('no teams', refusing('teams', unreachable), firstOfSite({ key: '99', team: 'ops' }));
    expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'complete', reason: null });
    expect(await contentOf(database.dataSource, run.runId, 'repository_teams')).toContain(
      'repository_teams site/99 {"team": "ops", "permission": "admin", "repository": "site"}',
    );
  });

  test('is judged after what could not be read at all', async () => {
    const run = await read('worse', firstOfSite({}), refusing('repository_teams', unreachable, 1, 'api'));
    expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'partial', reason: 'SOURCE_UNREACHABLE' });
  });
});
