import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationInForce } from '../../src/config/configuration-in-force.js';
import { HistoryKeeper } from '../../src/runs/history-keeper.js';
import { pruneHistory, type Pruned } from '../../src/runs/prune-history.js';
import { ConfigurationFile } from '../support/configuration-file.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/database-process.js';

const day = 86_400_000;
const newest = Date.parse('2030-01-01T00:00:00.000Z');
/** So many days before the newest evaluation. */
const ago = (days: number): string => new Date(newest - days * day).toISOString();

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
  await sql(`insert into organization (name) values ('acme')`);
});
afterEach(() => database.drop());

const sql = <Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  database.dataSource.query<Row[]>(text, [...parameters]);

async function evaluated(...days: readonly number[]): Promise<void> {
  await sql(
    `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
     select gen_random_uuid(), at, at, at, '{}', '1', '{}' from unnest($1::timestamptz[]) with ordinality as at (at, place) order by place`,
    [days.map(ago)],
  );
}

/** A finding that was resolved so many days ago; null: it is open. Answers its id. */
async function finding(check: string, key: string, resolved: number | null, more = ''): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `insert into finding (check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message, first_seen_at,
                          due_at, resolved_at ${more === '' ? '' : ', recurrence_of'})
     values ($1, 1, 'account', $2, $2, 'high', 'X', 'x', $3, $3, $4 ${more === '' ? '' : `, ${more}`}) returning id`,
    [check, key, ago(2000), resolved === null ? null : ago(resolved)],
  );
  const id = row?.id ?? '';
  await sql(`insert into finding_transition (finding_id, evaluation_number, at, kind) values ($1, 1, $2, 'opened')`, [
    id,
    ago(2000),
  ]);
  return id;
}

async function message(created: number, state: string, findings: readonly string[]): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `insert into alert_message (id, channel_id, evaluation_number, severity, state, digest, created_at)
     values (gen_random_uuid(), 1, 1, 'high', $1, '{}', $2) returning id`,
    [state, ago(created)],
  );
  const id = row?.id ?? '';
  await sql(
    `insert into alert_item (message_id, channel_id, finding_id, at) select $1, 1, finding, $2 from unnest($3::bigint[]) as finding`,
    [id, ago(created), findings],
  );
  return id;
}

function prune(): Promise<Pruned> {
  const { signal } = new AbortController();
  return pruneHistory(database.dataSource, { historyMs: 400 * day, by: 'hubwarden', signal });
}

async function left(table: 'finding' | 'alert_message'): Promise<string[]> {
  const rows = await sql<{ id: string }>(`select id from ${table} order by ${table === 'finding' ? 'id' : 'number'}`);
  return rows.map(({ id }) => id);
}

describe('findings', () => {
  beforeEach(() => evaluated(2000, 900, 410, 300, 0));

  it('go once they were resolved before what an evaluation that is kept looks back on', async () => {
    await finding('user-identified', 'a', 811);
    const young = await finding('user-identified', 'b', 809);
    const open = await finding('user-identified', 'c', null);
    expect(await prune()).toMatchObject({
      outcome: 'removed',
      beginsAt: ago(410),
      rows: { finding: 1, evaluation: 2 },
    });
    expect(await left('finding')).toEqual([young, open]);
    // And nothing of them is kept in another place.
    expect(await sql('select from past_row')).toEqual([]);
  });

  it('stay that somebody decided about, that another one follows, or that say since when access of a leaver was known', async () => {
    const decided = await finding('user-identified', 'a', 1000);
    await sql(
      `insert into exception (finding_id, check_id, organization_id, subject, reason, state, requested_at, requested_by, expires_at)
       values ($1, 'user-identified', 1, 'a', 'x', 'expired', now(), 'jane', now())`,
      [decided],
    );
    const followed = await finding('owner-count', 'b', 1000);
    const follower = await finding('owner-count', 'b', null, followed);
    await sql(`insert into link (organization_id, subject_kind, subject_key, employee_id, source, evidence, linked_at)
               values (1, 'account', 'c', 'E-1', 'manual', '{}', now())`);
    const leaver = await finding('offboarded-access-removed', 'c', 1000);
    await finding('offboarded-access-removed', 'd', 1000);
    expect(await prune()).toMatchObject({ rows: { finding: 1 } });
    expect(await left('finding')).toEqual([decided, followed, follower, leaver]);
  });
});

it('past rows go that no evaluation that is kept has known', async () => {
  await evaluated(900, 410, 0);
  const replaced = [ago(1200), ago(412), ago(410), ago(5)];
  await sql(
    `insert into past_row (table_name, row, recorded_at, replaced_at)
     select 'link', '{}', $1::timestamptz, replaced from unnest($2::timestamptz[]) as replaced`,
    [ago(2000), replaced],
  );
  expect(await prune()).toMatchObject({ rows: { past_row: 2 } });
  expect(await sql('select replaced_at from past_row order by replaced_at')).toEqual(
    replaced.slice(2).map((at) => ({ replaced_at: new Date(at) })),
  );
});

describe('messages', () => {
  beforeEach(async () => {
    await evaluated(2000, 410, 0);
    await sql(
      `insert into alert_channel (kind, fingerprint, label, planned_through, first_seen_at, last_seen_at)
       values ('slack', 'f', 'slack', 1000, $1, $2)`,
      [ago(2000), ago(0)],
    );
  });

  it('go with the findings that they told of, and not while one of these is open, or somebody waits for them', async () => {
    const [open, gone, young] = [
      await finding('owner-count', 'a', null),
      await finding('owner-count', 'b', 1000),
      await finding('owner-count', 'c', 500),
    ];
    await message(900, 'sent', [gone]);
    await message(900, 'refused', [young]);
    const ofOpen = await message(900, 'sent', [open, gone]);
    const fresh = await message(409, 'sent', [young]);
    const waiting = await message(900, 'waiting', [young]);
    expect(await prune()).toMatchObject({ rows: { alert_message: 2, alert_item: 2, finding: 1 } });
    expect(await left('alert_message')).toEqual([ofOpen, fresh, waiting]);
    expect(await left('finding')).toEqual([open, young]);
  });

  it('that nobody has made yet keep what they are to tell', async () => {
    await sql('update alert_channel set planned_through = 0');
    const untold = await finding('owner-count', 'a', 1000);
    await prune();
    expect(await left('finding')).toEqual([untold]);
  });
});

describe('the keeper', () => {
  let file: ConfigurationFile;
  beforeEach(async () => {
    file = await ConfigurationFile.create();
  });
  afterEach(() => file.remove());

  async function keeper(history: string): Promise<HistoryKeeper> {
    const load = () =>
      file.load(
        `organizations:\n  - name: acme\n    hub: { identifier: acme, secret: s }\nroster:\n  source: people.csv\nretention: { history: ${history} }\n`,
      );
    const loaded = await load();
    if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
    return new HistoryKeeper(database.dataSource, new ConfigurationInForce(loaded.configuration, load));
  }

  const horizon = (): Promise<object[]> => sql('select evaluation_number as number, state from history_horizon');

  async function kept(history: string): Promise<object[]> {
    const one = await keeper(history);
    one.start();
    one.poke();
    await one.stop();
    return horizon();
  }

  it('waits until a week can go at once', async () => {
    await evaluated(409, 405, 396, 0);
    expect(await kept('400d')).toEqual([]);
    await evaluated(-1);
    expect(await kept('400d')).toEqual([]);
    await evaluated(-9);
    const one = await keeper('400d');
    one.start();
    await until(
      async () => (await horizon()).length > 0 && JSON.stringify(await horizon()).includes('removed'),
      'removed',
    );
    await one.stop();
    expect(await horizon()).toEqual([{ number: '3', state: 'removed' }]);
  });

  it('removes nothing that is kept for ever', async () => {
    await evaluated(3000, 2000, 0);
    expect(await kept('forever')).toEqual([]);
  });
});
