import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LinkDecisions } from '../../src/identity/link-decisions.js';
import type { TestDatabase } from '../support/database.js';
import { Nights, policy } from './nights.js';

let database: TestDatabase;
let nights: Nights;
let count = 0;

beforeAll(async () => {
  database = await Nights.openDatabase();
});
beforeEach(async () => {
  await database.dataSource.query('truncate person, roster cascade');
  count += 1;
  nights = await Nights.begin(database, `acme-${count}`);
  await nights.employ({
    'E-1': { fullName: 'Jane Doe', workEmail: 'jane@acme.com', dockerUsername: 'jdoe' },
    'E-2': { fullName: 'Joe Roe', workEmail: 'joe@acme.com' },
  });
  await nights.observe({ u1: { username: 'jdoe', email: 'joe@acme.com' } }, {});
});
afterAll(() => database.drop());

/** Whose it was, one after the other, and whether each began no earlier than the one before it ended. */
async function history(): Promise<{ person: string; inOrder: boolean }[]> {
  return nights.db.query(
    `select employee_id as person,
            linked_at >= coalesce(lag(ended_at) over (order by id), '-infinity') and coalesce(ended_at >= linked_at, true)
              as "inOrder"
       from link where organization_id = $1 order by id`,
    [nights.organization],
  );
}

/** A run that was parked goes on with the clock that it began with: what people decided meanwhile is later. */
describe('what matching decides at a clock before that of a decision by hand', () => {
  const decisions = (): LinkDecisions => new LinkDecisions(nights.db);
  const tie = (person: string): Promise<unknown> =>
    decisions().tie(
      { organization: `acme-${count}`, kind: 'account', account: 'u1', person, reason: 'asked' },
      'ops',
      policy,
    );
  const later = (): Promise<void> =>
    nights.db.query(
      `update link set linked_at = linked_at + interval '20 years', ended_at = ended_at + interval '20 years'`,
    );

  it('ends a link no earlier than it began', async () => {
    await tie('E-1');
    await later();
    await nights.match({ links: [{ username: 'jdoe', person: 'E-2' }] });
    expect(await history()).toEqual([
      { person: 'E-1', inOrder: true },
      { person: 'E-2', inOrder: true },
    ]);
  });

  it('begins a link no earlier than the one before it ended', async () => {
    await tie('E-1');
    const [link]: { id: string }[] = await nights.db.query('select id from link where organization_id = $1', [
      nights.organization,
    ]);
    await decisions().takeBack(link?.id ?? '', 'not hers', 'ops', policy);
    await later();
    await nights.match();
    expect(await history()).toEqual([
      { person: 'E-1', inOrder: true },
      { person: 'E-2', inOrder: true },
    ]);
  });
});
