import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { betweenChanges } from '../../src/database/between-changes.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.dataSource.query(`insert into organization (name) values ('acme')`);
});
afterAll(() => database.drop());

const addLink = `insert into link (organization_id, subject_kind, subject_key, employee_id, source, evidence, linked_at)
  values (1, 'account', $1, 'E-1', 'manual', '{}', now())`;

async function recordedBefore(moment: string): Promise<string[]> {
  const rows: { subject_key: string }[] = await database.dataSource.query(
    'select subject_key from link where recorded_at < $1 order by id',
    [moment],
  );
  return rows.map((row) => row.subject_key);
}

it('waits for whoever is in the middle of a change, and lets others go first', async () => {
  const { dataSource } = database;
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  await runner.query(addLink, ['slow']);
  let seen: unknown = null;
  const moment = betweenChanges(dataSource, async () => {
    seen = await dataSource.query('select subject_key from link order by id');
  });
  await wait(100);
  expect(seen).toBeNull();
  await dataSource.query(addLink, ['quick']);
  await runner.commitTransaction();
  await runner.release();
  const at = await moment;
  await dataSource.query(addLink, ['late']);
  expect(seen).toEqual([{ subject_key: 'slow' }, { subject_key: 'quick' }]);
  expect(await recordedBefore(at)).toEqual(['slow', 'quick']);
});

it('keeps what a row was, and since when it is as it is', async () => {
  const { dataSource } = database;
  const before = await betweenChanges(dataSource);
  await dataSource.query(`update link set ended_at = now(), ended_because = 'TAKEN_BACK' where subject_key = 'slow'`);
  await dataSource.query(`delete from link where subject_key = 'quick'`);
  const past: { row: { subject_key: string; ended_at: string | null }; known: boolean }[] = await dataSource.query(
    `select row, recorded_at < $1 and replaced_at > $1 as known from past_row where table_name = 'link' order by id`,
    [before],
  );
  expect(past.map(({ row, known }) => [row.subject_key, row.ended_at, known])).toEqual([
    ['slow', null, true],
    ['quick', null, true],
  ]);
  expect(await recordedBefore(before)).toEqual(['late']);
});
