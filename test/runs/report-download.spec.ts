import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportJson } from '../../src/findings/report-json.js';
import { readReport } from '../../src/findings/report.query.js';
import { sealReports } from '../../src/findings/seal-reports.js';
import { Problem } from '../../src/http/problem.js';
import { ReportDownloads } from '../../src/runs/report-downloads.js';
import { countingRows } from '../support/counting-rows.js';
import { type Gateway, openGateway } from '../support/gateway.js';
import { EvaluationsApi } from './evaluations-api.js';
import { eventually, type Instance, RunsRig } from './rig.js';

/** The results of the company as they are, and as many times more subjects as make a report of more than ten megabytes. */
const copies = 25;

let rig: RunsRig;
let gateway: Gateway;
let one: Instance;
let api: EvaluationsApi;
let headers: { authorization: string };
let whole: string;
let number: string;
let id: string;

beforeAll(async () => {
  rig = await RunsRig.start();
  gateway = await openGateway(rig.database.url);
  one = await rig.instance(gateway.url);
  api = await EvaluationsApi.start(one);
  headers = { authorization: api.authorization() };
  const worker = one.worker();
  ({ id } = await one.queue.request('ci'));
  worker.start();
  await eventually(
    'it is finished',
    () => api.json<{ state: string }>(`/${id}`),
    ({ state }) => state === 'finished',
  );
  await worker.stop();
  const { manager } = rig.database.dataSource;
  await manager.query(
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, outcome, reason, message,
                          facts, since, first_evaluation)
     select check_id, organization_id, subject_kind, subject_key || '/' || copy, subject_name || ' ü ' || copy, subject_system,
            outcome, reason, message, facts, since, first_evaluation
       from verdict, generate_series(1, ${copies}) as copy`,
  );
  await manager.query('update evaluation set report_hash = null');
  const [row]: { number: string }[] = await manager.query('select number from evaluation');
  number = row?.number ?? '';
  whole = [...reportJson(await readReport(manager, number))].join('');
});
afterAll(async () => {
  await api.stop();
  await gateway.close();
  await rig.stop();
});

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** How many transactions the routes have open. */
async function open(): Promise<number> {
  const [row]: { count: number }[] = await rig.database.dataSource.query(
    `select count(*)::integer as count from pg_stat_activity
      where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`,
  );
  return row?.count ?? 0;
}

async function download(more: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
  const asking = request(`${api.url}/api/v1/evaluations/${id}/report`, { headers: { ...headers, ...more } });
  asking.end();
  const [answer]: unknown[] = await once(asking, 'response');
  return answer as IncomingMessage;
}

/** Null: it broke off. */
async function bodyOf(answer: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
  } catch {
    return null;
  }
  return answer.complete ? Buffer.concat(pieces) : null;
}

test('a report is the bytes that its hash is of, packed or not, and is not sent again to whoever has it', async () => {
  const before = await download();
  expect(before.statusCode).toBe(200);
  expect(before.headers.etag).toBeUndefined();
  expect(before.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(String(await bodyOf(before))).toBe(whole);

  await sealReports(one.dataSource);
  const packed = await download({ 'accept-encoding': 'gzip' });
  expect(packed.headers['content-encoding']).toBe('gzip');
  const body = gunzipSync((await bodyOf(packed)) ?? Buffer.alloc(0));
  expect(packed.headers.etag).toBe(`W/"${sha256(body)}"`);
  expect(sha256(body)).toBe(sha256(whole));

  const again = await download({ 'if-none-match': packed.headers.etag ?? '' });
  expect(again.statusCode).toBe(304);
  expect(await bodyOf(again)).toHaveLength(0);
  const other = await download({ 'if-none-match': 'W/"other"' });
  expect(other.statusCode).toBe(200);
  expect(sha256((await bodyOf(other)) ?? '')).toBe(sha256(whole));
  await expect.poll(open).toBe(0);
});

test.each(['identity', 'gzip'])('a caller who hangs up in the middle leaves nothing behind (%s)', async (encoding) => {
  // More often than there are connections.
  for (let turn = 0; turn < 11; turn++) {
    const answer = await download({ 'accept-encoding': encoding });
    answer.on('error', () => undefined);
    await once(answer, 'readable');
    answer.read();
    answer.destroy();
  }
  await expect.poll(open).toBe(0);
  expect(sha256((await bodyOf(await download())) ?? '')).toBe(sha256(whole));
});

test('nor does one who hangs up before the answer begins', async () => {
  const holder = rig.database.dataSource.createQueryRunner();
  await holder.startTransaction();
  try {
    await holder.query('lock table verdict in access exclusive mode');
    const asking = request(`${api.url}/api/v1/evaluations/${id}/report`, { headers });
    asking.on('error', () => undefined);
    asking.end();
    await expect.poll(open).toBe(2);
    asking.destroy();
  } finally {
    await holder.rollbackTransaction();
    await holder.release();
  }
  await expect.poll(open).toBe(0);
});

test.each(['identity', 'gzip'])(
  'where the database fails in the middle, nothing looks whole (%s)',
  async (encoding) => {
    const answer = await download({ 'accept-encoding': encoding });
    answer.pause();
    await expect.poll(open).toBe(1);
    gateway.off();
    expect(await bodyOf(answer)).toBeNull();
    gateway.on();
    await expect.poll(async () => (await api.ask('')).status).toBe(200);
    expect(sha256((await bodyOf(await download())) ?? '')).toBe(sha256(whole));
  },
);

test('a caller who takes nothing is hung up on, and whoever waits has their turn', async () => {
  const downloads = new ReportDownloads(one.dataSource, { stallMs: 500 });
  const idle = await Promise.all([downloads.open(number), downloads.open(number)]);
  const third = await downloads.open(number);
  for (const stream of idle) await expect.poll(() => stream.destroyed).toBe(true);
  expect(await textOf(third)).toBe(whole);
  await expect.poll(open).toBe(0);
});

test('a caller who takes little is hung up on in the end', async () => {
  const stream = await new ReportDownloads(one.dataSource, { wholeMs: 300 }).open(number);
  const taking = async (): Promise<void> => {
    for await (const _ of stream) await new Promise((done) => setTimeout(done, 20));
  };
  await expect(taking()).rejects.toThrow('The caller takes too long');
  await expect.poll(open).toBe(0);
});

test('a third one is refused after a while', async () => {
  const downloads = new ReportDownloads(one.dataSource, { turnMs: 100 });
  const two = await Promise.all([downloads.open(number), downloads.open(number)]);
  await expect(downloads.open(number)).rejects.toThrow(Problem);
  for (const stream of two) stream.destroy();
  const next = await downloads.open(number);
  next.destroy();
  await expect.poll(open).toBe(0);
});

test('rows are read as they are taken, however many there are', async () => {
  const [counted, rows] = countingRows(one.dataSource);
  const stream = await new ReportDownloads(counted).open(number);
  let taken = 0;
  let most = 0;
  for await (const piece of stream as AsyncIterable<Buffer | string>) {
    taken += String(piece).split('\n{"check":').length - 1;
    most = Math.max(most, rows.fetched - taken);
    await new Promise(setImmediate);
  }
  expect(rows.fetched).toBeGreaterThan(20_000);
  expect(taken).toBe(rows.fetched);
  expect(most).toBeLessThan(2_000);
});

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(String(piece));
  return pieces.join('');
}
