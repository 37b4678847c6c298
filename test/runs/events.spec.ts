import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Gateway, openGateway } from '../support/gateway.js';
import { EvaluationsApi } from './evaluations-api.js';
import { eventually, type Instance, RunsRig } from './rig.js';

interface Told {
  readonly event: string;
  readonly data: {
    readonly id: string;
    readonly state: string;
    readonly message: string | null;
    readonly progress: readonly { readonly stage: string; readonly done: number; readonly finished: boolean }[];
  };
}

let rig: RunsRig;
let gateway: Gateway;
let watching: Instance;
let working: Instance;
let api: EvaluationsApi;

// Who works on the run and who tells of it are two processes.
beforeAll(async () => {
  rig = await RunsRig.start();
  gateway = await openGateway(rig.database.url);
  [watching, working] = [await rig.instance(gateway.url), await rig.instance()];
  api = await EvaluationsApi.start(watching);
});
afterAll(async () => {
  await api.stop();
  await rig.stop();
  await gateway.close();
});
beforeEach(() => rig.forget());

function read(text: string): Told[] {
  return text
    .split('\n\n')
    .map((block) => block.trimStart())
    .filter((block) => block.startsWith('event: '))
    .map((block) => {
      const [event = '', ...data] = block.split('\n');
      return {
        event: event.slice('event: '.length),
        data: JSON.parse(data.map((line) => line.slice('data: '.length)).join('\n')) as Told['data'],
      };
    });
}

test('each change is told, and the end', async () => {
  const { id } = await working.queue.request('ci');
  const stream = await api.ask(`/${id}/events`);
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const text = stream.text();
  await wait(700);
  rig.hub.options.latencyMs = 250;
  const worker = working.worker();
  worker.start();
  const told = read(await text);
  rig.hub.options.latencyMs = 0;
  await worker.stop();

  expect(told.every(({ data }) => data.id === id)).toBe(true);
  expect(told[0]).toMatchObject({ event: 'progress', data: { state: 'waiting', progress: [] } });
  expect(told.filter(({ data }) => data.state === 'running').length).toBeGreaterThan(1);
  const pages = told.map(({ data }) => data.progress.find(({ stage }) => stage === 'read acme')?.done ?? 0);
  expect(pages).toEqual(pages.toSorted((less, more) => less - more));
  expect(new Set(pages).size).toBeGreaterThan(2);
  expect(told.slice(-2).map(({ event, data }) => [event, data.state])).toEqual([
    ['progress', 'finished'],
    ['finished', 'finished'],
  ]);
  expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(told.length);
});

test('who comes late is told the end at once', async () => {
  const { id } = await working.queue.request('ci');
  await working.dataSource.query(`update run set state = 'failed', message = 'why', finished_at = now()`);
  const told = read(await (await api.ask(`/${id}/events`)).text());
  expect(told).toMatchObject([
    { event: 'progress', data: { state: 'failed' } },
    { event: 'failed', data: { state: 'failed', message: 'why' } },
  ]);
});

test('many watch, one goes, and the database goes for a moment', async () => {
  const { id } = await working.queue.request('ci');
  const leave = new AbortController();
  const leaving = await api.ask(`/${id}/events`, { signal: leave.signal });
  const streams = await Promise.all([1, 2, 3].map(() => api.ask(`/${id}/events`)));
  const all = streams.map((stream) => stream.text());
  await wait(600);
  leave.abort();
  await leaving.text().catch(() => undefined);
  gateway.off();
  await wait(800);
  await working.dataSource.query(`update run set state = 'failed', finished_at = now()`);
  gateway.on();
  for (const text of await Promise.all(all)) expect(read(text).at(-1)).toMatchObject({ event: 'failed' });
});

test('a server that stops ends the streams', async () => {
  const other = await EvaluationsApi.start(await rig.instance(), 'another');
  const { id } = await working.queue.request('ci');
  const text = (await other.ask(`/${id}/events`)).text();
  await wait(700);
  const stopping = Date.now();
  await other.stop();
  expect(Date.now() - stopping).toBeLessThan(15_000);
  expect(read(await text)).toMatchObject([{ event: 'progress', data: { state: 'waiting' } }]);
});

test('nobody who watches is left behind in the database', async () => {
  const { id } = await working.queue.request('ci');
  const leave = new AbortController();
  const stream = await api.ask(`/${id}/events`, { signal: leave.signal });
  await wait(600);
  leave.abort();
  await stream.text().catch(() => undefined);
  const asked = async (): Promise<string> => {
    const [row]: { at: string }[] = await rig.database.dataSource.query(
      `select max(query_start)::text as at from pg_stat_activity
        where datname = current_database() and query like '%run_position%' and pid <> pg_backend_pid()`,
    );
    return String(row?.at);
  };
  await wait(700);
  const last = await asked();
  await wait(1_500);
  expect(await asked()).toBe(last);
  await eventually(
    'the run is still there',
    () => rig.run(id),
    ({ state }) => state === 'waiting',
  );
});
