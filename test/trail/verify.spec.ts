import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashEntry, type TrailEntry } from '../../src/trail/hash-entry.js';
import { recordChange, recordChanges } from '../../src/trail/record-change.js';
import { verifyTrail } from '../../src/trail/verify-trail.query.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { runCommand, type CommandResult } from '../support/recorded-session.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

const query = <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  database.dataSource.query<Row[]>(sql, [...parameters]);
const record = (action: string, more: object = {}) =>
  database.dataSource.transaction((manager) =>
    recordChange(manager, { actor: 'terminal: jane', action, subject: 'thing/1', ...more }),
  );
const verify = (): Promise<CommandResult> => runCommand(['trail', 'verify'], { DATABASE_URL: database.url });
/** Whoever owns the database can do anything. */
async function tamper(sql: string): Promise<void> {
  await query(`alter table trail_entry disable trigger all; ${sql}; alter table trail_entry enable trigger all`);
}
async function evaluation(): Promise<void> {
  await query(
    `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy, trail_number, trail_hash)
     select gen_random_uuid(), now(), now(), now(), '{}', '1', '{}', number, hash
       from trail_entry order by number desc limit 1`,
  );
}

/** Of the entry, as if somebody else had done it. */
async function forgedHash(number: string): Promise<string> {
  const [row] = await query<TrailEntry & { previous_hash: string; at: Date }>(
    'select * from trail_entry where number = $1',
    [number],
  );
  if (row === undefined) throw new Error('There is no such entry.');
  const { action, subject, at, previous_hash: previousHash } = row;
  const nothing = { actorToken: null, before: null, after: null, reason: null };
  return hashEntry({ ...nothing, number, at: at.toISOString(), actor: 'somebody else', action, subject, previousHash });
}

describe('the trail', () => {
  it('is whole where nothing was ever changed', async () => {
    expect(await verify()).toMatchObject({ status: 0, out: 'The trail is empty: nothing has been changed yet.\n' });
  });

  it('counts its entries from 1, each chained to the one before', async () => {
    const heads = [
      await record('a'),
      await record('b', { before: { x: 1 }, after: { x: [2, 'é\0\ud800'] }, reason: 'why' }),
    ];
    expect(heads.map(({ number }) => number)).toEqual(['1', '2']);
    const [first, second] = await query<Omit<TrailEntry, 'at'> & { at: Date; previous_hash: string }>(
      'select * from trail_entry order by number',
    );
    expect(first?.previous_hash).toBe('0'.repeat(64));
    expect(second).toMatchObject({
      actor: 'terminal: jane',
      actor_token: null,
      before: { x: 1 },
      after: { x: [2, 'é\uFFFD\uFFFD'] },
      reason: 'why',
      previous_hash: first?.hash,
      hash: heads[1]?.hash,
    });
    const { status, out } = await verify();
    expect([status, out]).toEqual([0, expect.stringContaining('The trail is whole: 2 entries, the last one of 20')]);
    expect(out).toContain(heads[1]?.hash);
  });

  it('never forks, however many write at once, and forgets what is rolled back', async () => {
    const writers = Array.from({ length: 30 }, async (_, place) => {
      await database.dataSource
        .transaction(async (manager) => {
          const change = {
            actor: { name: `n${place}`, tokenId: crypto.randomUUID() },
            action: 'a',
            subject: `thing/${place}`,
          };
          await recordChanges(manager, [change, { ...change, action: 'b' }]);
          if (place % 5 === 0) throw new Error('undone');
        })
        .catch(() => undefined);
    });
    await Promise.all(writers);
    expect(await verifyTrail(database.dataSource)).toMatchObject({ outcome: 'whole', entries: 48 });
    const numbers = await query<{ number: string }>('select number from trail_entry order by number');
    expect(numbers.map(({ number }) => Number(number))).toEqual(Array.from({ length: 48 }, (_, place) => place + 1));
  });

  it.each([
    'update trail_entry set reason = $$x$$',
    'delete from trail_entry where number = 2',
    'truncate trail_entry',
  ])('refuses to be changed: %s', async (sql) => {
    for (const action of ['a', 'b']) await record(action);
    await expect(query(sql)).rejects.toThrow(
      /^The trail is append-only: (update|delete|truncate) of trail_entry is refused\.$/,
    );
    expect(await verifyTrail(database.dataSource)).toMatchObject({ outcome: 'whole', entries: 2 });
  });

  it.each<[string, string, string]>([
    ['an edited reason', `update trail_entry set reason = 'harmless' where number = 3`, 'Entry 3 was edited'],
    ['an edited time', `update trail_entry set at = at - interval '1 day' where number = 3`, 'Entry 3 was edited'],
    ['an edited actor', `update trail_entry set actor = 'nobody' where number = 1`, 'Entry 1 was edited'],
    ['an edited payload', `update trail_entry set after = '{"a":2}' where number = 4`, 'Entry 4 was edited'],
    [
      'one that is gone',
      'delete from trail_entry where number = 3',
      'Entry 3 is missing: the trail goes on with entry 4.',
    ],
    [
      'two that are gone',
      'delete from trail_entry where number in (2, 3)',
      'Entries 2 to 3 are missing: the trail goes on',
    ],
    [
      'a beginning that is gone',
      'delete from trail_entry where number = 1',
      'Entry 1 is missing: the trail goes on with entry 2.',
    ],
    [
      'one that is gone and the others moved up',
      'delete from trail_entry where number = 3; update trail_entry set number = 3 where number = 4; update trail_entry set number = 4 where number = 5',
      'Entry 3 was edited',
    ],
    [
      'an end that is gone',
      'delete from trail_entry where number >= 4',
      'Entries 4 to 5 are missing at the end: the trail had 5 entries when evaluation ',
    ],
    ['everything gone', 'delete from trail_entry', 'Entries 1 to 5 are missing at the end'],
    [
      'two that changed places',
      `update trail_entry set number = 0 where number = 2; update trail_entry set number = 2 where number = 3;
       update trail_entry set number = 3 where number = 0`,
      'Entry 2 was edited',
    ],
    [
      'one that was put in between',
      `update trail_entry set number = -number where number >= 3; update trail_entry set number = 1 - number where number < 0;
       insert into trail_entry select 3, at, 'nobody', null, action, subject, before, after, reason, previous_hash, hash
         from trail_entry where number = 2`,
      'Entry 3 was edited',
    ],
    [
      'one that was put before the first',
      `insert into trail_entry select 0, at, actor, null, action, subject, before, after, reason, previous_hash, hash
         from trail_entry where number = 1`,
      'Entry 0 was added: a trail begins with entry 1.',
    ],
  ])('shows %s', async (_, sql, said) => {
    for (const action of ['a', 'b', 'c', 'd', 'e']) await record(action, { after: { a: 1 }, reason: 'because' });
    await evaluation();
    expect((await verify()).status).toBe(0);
    await tamper(sql);
    const { status, out, err } = await verify();
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`hubwarden: the trail is broken. ${said}`);
  });

  it.each<[string, string, string]>([
    [
      'an end that is gone',
      'delete from trail_entry where number >= 2',
      'Entries 2 to 3 are missing at the end: the last one that was written has the number 3.',
    ],
    [
      'a last entry that is gone',
      'delete from trail_entry where number = 3',
      'Entry 3 is missing at the end: the last one that was written has the number 3.',
    ],
    ['an end that is not known any more', 'delete from trail_head', 'Nothing tells where it ended: '],
    [
      'a last entry that is another one, and fits',
      `update trail_entry set actor = 'somebody else', hash = $forged$ where number = 3`,
      'Entry 3 is another one than was written',
    ],
    [
      'an entry that nobody wrote here, and fits',
      `update trail_head set number = 2, hash = (select hash from trail_entry where number = 2)`,
      'Entry 3 was added by other means: the last one that was written has the number 2.',
    ],
  ])('shows %s also where no evaluation has seen it', async (_, sql, said) => {
    for (const action of ['a', 'b', 'c']) await record(action);
    expect((await verify()).status).toBe(0);
    await tamper(sql.replace('$forged$', `'${await forgedHash('3')}'`));
    const { status, err } = await verify();
    expect([status, err]).toEqual([2, expect.stringContaining(`hubwarden: the trail is broken. ${said}`)]);
    // Also once others have written behind it.
    await record('d');
    expect((await verify()).status).toBe(2);
  });

  it.each<[string, string, string]>([
    ['without an entry', 'null', 'Exception 1 was approved by bob, and the trail has nothing of it.'],
    ['with an entry that is not there', '77', 'Exception 1 was approved by bob, and the trail has nothing of it.'],
    ['with the entry of something else', '2', 'Exception 1 was approved by bob, and the trail has nothing of it.'],
    ['with the entry of somebody else', '3', 'Exception 1 was approved by bob, and entry 3 says otherwise.'],
  ])('shows an exception that somebody approved in the database, %s', async (_, entry, said) => {
    await record('exception.requested', { subject: 'exception/1' });
    await record('exception.approved', { subject: 'exception/2' });
    await record('exception.approved', { subject: 'exception/1', after: { requestedBy: 'ann' } });
    const approve = (by: string, number: string): Promise<unknown> =>
      query(
        `insert into exception (check_id, organization_id, subject, reason, state, requested_at, requested_by, expires_at,
                                decided_at, decided_by, approved_entry)
         values ('owner-count', 1, '*', 'x', 'approved', now(), 'ann', now(), now(), $1, ${number})`,
        [by],
      );
    await approve('bob', entry);
    const { status, err } = await verify();
    expect([status, err]).toEqual([2, expect.stringContaining(said)]);
    await query('truncate exception restart identity cascade');
    await approve('terminal: jane', '3');
    expect(await verify()).toMatchObject({ status: 0 });
  });

  it('shows an entry that was replaced by somebody who knows how hashes are made', async () => {
    for (const action of ['a', 'b', 'c']) await record(action);
    await evaluation();
    await tamper(`update trail_entry set actor = 'somebody else', hash = '${await forgedHash('2')}' where number = 2`);
    expect(await verifyTrail(database.dataSource)).toMatchObject({
      outcome: 'broken',
      number: '2',
      message: expect.stringMatching(
        /^Entry 2 was replaced: entry 3 follows another one \(.*somebody else, b, thing\/1\)\.$/,
      ),
    });
  });

  it('shows an end that was replaced, by what the evaluations remember', async () => {
    for (const action of ['a', 'b', 'c']) await record(action);
    await evaluation();
    await tamper(`delete from trail_entry where number = 3;
      update trail_head set number = 2, hash = (select hash from trail_entry where number = 2)`);
    await record('d');
    expect(await verifyTrail(database.dataSource)).toMatchObject({
      outcome: 'broken',
      number: '3',
      message: expect.stringMatching(/^Entry 3 is another one than when evaluation [\w-]{36} was recorded\.$/),
    });
  });
});
