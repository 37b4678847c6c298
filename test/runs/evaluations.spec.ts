import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EvaluationsApi } from './evaluations-api.js';
import { eventually, type Instance, RunsRig } from './rig.js';

interface Item {
  readonly id: string;
  readonly at: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly state: string;
  readonly cause: string | null;
  readonly message: string | null;
}
interface List {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

let rig: RunsRig;
let one: Instance;
let api: EvaluationsApi;

beforeAll(async () => {
  rig = await RunsRig.start();
  one = await rig.instance();
  api = await EvaluationsApi.start(one);
});
afterAll(async () => {
  await api.stop();
  await rig.stop();
});
beforeEach(() => rig.forget());
afterEach(() => {
  if (api.undescribed.length > 0) throw new Error(api.undescribed.splice(0).join('\n'));
});

test('one that is asked for with conditions is refused: it would not heed them', async () => {
  const asked = await api.ask('?organization=acme', {
    method: 'POST',
    body: JSON.stringify({ checks: ['owner-count'] }),
  });
  expect(asked.status).toBe(422);
  expect(await asked.json()).toMatchObject({ errors: [{ field: 'organization' }, { field: 'checks' }] });
  expect((await api.json<List>('')).items).toEqual([]);
});

test('one is asked for, followed and read', async () => {
  const worker = one.worker();
  const asked = await api.ask('', { method: 'POST' });
  expect(asked.status).toBe(202);
  const { id, ...rest } = (await asked.json()) as Item;
  expect(asked.headers.get('location')).toBe(`/api/v1/evaluations/${id}`);
  expect(rest).toMatchObject({
    state: 'waiting',
    cause: 'request',
    requestedBy: 'the operator',
    finishedAt: null,
    message: null,
    progress: [],
  });
  expect(await api.ask(`/${id}/report`)).toHaveProperty('status', 404);
  worker.start();
  const evaluation = await eventually(
    'it is finished',
    () => api.json<Item & { progress: { stage: string; finished: boolean }[] }>(`/${id}`),
    ({ state }) => state === 'finished',
  );
  await worker.stop();
  expect(evaluation.progress.every(({ finished }) => finished)).toBe(true);
  const report = await api.json<{ evaluation: Item; results: unknown[] }>(`/${id}/report`);
  const { at, startedAt, finishedAt } = evaluation;
  expect(report.evaluation).toEqual({ id, at, startedAt, finishedAt });
  expect(report.results.length).toBeGreaterThan(100);
});

test('a second one is refused, with the way to the first', async () => {
  const { id } = await one.queue.request('ci');
  const asked = await api.ask('', { method: 'POST' });
  expect(asked.status).toBe(409);
  expect(asked.headers.get('location')).toBe(`/api/v1/evaluations/${id}`);
  expect(asked.headers.get('content-type')).toContain('application/problem+json');
  expect(await asked.json()).toMatchObject({
    status: 409,
    detail: `An evaluation waits or runs already: /api/v1/evaluations/${id}.`,
  });

  await one.dataSource.query(`update run set state = 'failed'`);
  await one.records.alone(async () => {
    const terminal = await one.records.begin(new Date().toISOString());
    const refused = await api.ask('', { method: 'POST' });
    expect(refused.status).toBe(409);
    expect(refused.headers.get('location')).toBe(`/api/v1/evaluations/${terminal.id}`);
    expect(await api.json(`/${terminal.id}`)).toMatchObject({ state: 'running', cause: 'command' });
  });
});

test('an auditor reads and starts none', async () => {
  expect(await api.ask('', { method: 'POST', as: 'auditor' })).toHaveProperty('status', 403);
  expect(await api.ask('', { as: 'auditor' })).toHaveProperty('status', 200);
  expect(await rig.runs()).toEqual([]);
});

test.each(['/1', '/00000000-0000-0000-0000-000000000000', "/'; drop table run", '/%00'])('%s is none', async (path) => {
  for (const below of ['', '/report', '/events']) expect((await api.ask(`${path}${below}`)).status).toBe(404);
});

async function history(): Promise<string[]> {
  const { dataSource } = one;
  // The oldest is from before runs were kept; a night in between has failed; the newest is still to come.
  const rows: { id: string }[] = await dataSource.query(
    `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
     select gen_random_uuid(), day, day, day + interval '1 minute', '{}', '1', '{}'
       from generate_series(now() - interval '4 days', now() - interval '1 day', '1 day') as day returning id`,
  );
  const ids = rows.map(({ id }) => id);
  await dataSource.query(
    `insert into run (id, cause, state, requested_at, at, started_at, finished_at)
     select id, 'schedule', 'finished', at, at, at, finished_at from evaluation where id <> $1 order by number`,
    [ids[0]],
  );
  const [failed]: { id: string }[] = await dataSource.query(
    `insert into run (id, cause, state, requested_at, finished_at, message)
     values (gen_random_uuid(), 'schedule', 'failed', now() - interval '60 hours', now() - interval '60 hours', 'no')
     returning id`,
  );
  const { id: open } = await one.queue.request('ci');
  return [open, ids[3], ids[2], failed?.id, ids[1], ids[0]].map(String);
}

test('they are listed with the newest first, behind the open one, page after page', async () => {
  const [open, ...before] = await history();
  const failed = before[2];
  const everything = '?state=waiting,running,finished,failed';
  expect((await api.json<List>(everything)).items.map(({ id }) => id)).toEqual([open, ...before]);
  const usual = (await api.json<List>('')).items;
  expect(usual.map(({ id }) => id)).toEqual([open, ...before.filter((id) => id !== failed)]);
  expect(usual.map(({ cause }) => cause)).toEqual(['request', 'schedule', 'schedule', 'schedule', null]);
  expect(usual.map(({ finishedAt }) => finishedAt === null)).toEqual([true, false, false, false, false]);

  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: List = await api.json<List>(
      `${everything}&limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    // What is new stands before the first page, and what was open has its place there too.
    await one.dataSource.query(`update run set state = 'failed', finished_at = now() where state = 'waiting'`);
    await one.queue.request('ci');
  }
  expect(paged).toEqual([open, ...before]);
});

test('they are filtered', async () => {
  const [open, newest, ...before] = await history();
  const idsOf = async (query: string): Promise<string[]> => (await api.json<List>(query)).items.map(({ id }) => id);
  expect(await idsOf('?state=failed')).toEqual([before[1]]);
  expect(await idsOf('?cause=request')).toEqual([open]);
  const since = new Date(Date.now() - 36 * 3_600_000).toISOString();
  expect(await idsOf(`?since=${since}`)).toEqual([open, newest]);
  expect(await idsOf(`?until=${since}`)).toEqual([before[0], ...before.slice(2)]);
  for (const wrong of ['?state=done', '?since=today', '?limit=0', '?who=me', '?cursor=abc.def'])
    expect([400, 422]).toContain((await api.ask(wrong)).status);
});

test('as a table', async () => {
  await history();
  const csv = await (await api.ask('', { accept: 'text/csv' })).text();
  const [heading, ...lines] = csv.trim().split(/\r?\n/);
  expect(heading).toContain('startedAt,finishedAt,state,cause');
  expect(lines).toHaveLength(5);
});
