import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServedProcess } from '../support/served-process.js';
import { CompanyAtWork, deliveryOf } from './company-at-work.js';
import { manyOrganizations } from './many-organizations.js';

/** `ORGANIZATIONS=50 KILL_EVERY_MS=10000 KILLS=100 LATENCY_MS=800 npx vitest run test/serve/many-workers.spec.ts` takes some minutes. */
const organizations = Number(process.env['ORGANIZATIONS'] ?? 12);
const killEveryMs = Number(process.env['KILL_EVERY_MS'] ?? 2_000);
/** On a slow machine a run would never end where whoever works on it is killed for ever. */
const mostKills = Number(process.env['KILLS'] ?? 5);
const latencyMs = Number(process.env['LATENCY_MS'] ?? 150);
/** The queue in Redis instead of the database, where there is one. */
const redisUrl = process.env['TEST_REDIS_URL'];
const queueVariables: Readonly<Record<string, string>> = redisUrl === undefined ? {} : { REDIS_URL: redisUrl };
const patienceMs = 120_000 + organizations * 10_000;
let company: CompanyAtWork;

beforeAll(async () => {
  company = await CompanyAtWork.open('0 0 1 1 *', {
    company: manyOrganizations(organizations),
    hub: { latencyMs, tokenLifeSeconds: 3_600 },
    receiver: { usualDelayMs: 400 },
  });
});
afterAll(() => company.close());

/** What was read once is all that has to be read; whoever reads it anew has lost it on its way. */
function pagesAsked(): { readonly all: number; readonly different: number } {
  const pages = company.hub.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
  return { all: pages.length, different: new Set(pages).size };
}

async function pagesKept(): Promise<number> {
  const [row] = await company.query<{ pages: string }>('select coalesce(sum(pages), 0) as pages from sync_run');
  return Number(row?.pages);
}

test('three workers of which one is killed again and again read every organization once, and tell everything once', async () => {
  const worker = (): Promise<ServedProcess> => company.launch({ role: 'worker', variables: queueVariables });
  /** Those that are ready, the oldest first: on a slow machine they start more slowly than they are killed. */
  const workers: ServedProcess[] = [];
  const replace = async (): Promise<void> => {
    const started = await worker();
    await started.ready();
    workers.push(started);
  };
  await Promise.all([replace(), replace(), replace()]);
  const [api, other] = [await company.serve({ role: 'api' }), await company.serve({ role: 'api' })];
  expect((await api.post('/api/v1/evaluations')).status).toBe(202);
  await company.until('sync_run', 1);

  const replacements: Promise<void>[] = [];
  let kills = 0;
  let pagesInTheAir = 0;
  let messagesInTheAir = 0;
  const isOver = async (): Promise<boolean> =>
    (await company.count(`run where state = 'finished'`)) === 1 &&
    (await company.count('alert_message')) > 0 &&
    (await company.count(`alert_message where state in ('waiting', 'sending')`)) === 0;
  const until = Date.now() + patienceMs;
  for (let due = Date.now() + killEveryMs; !(await isOver()); await wait(50)) {
    if (Date.now() > until)
      throw new Error(
        `Not over: ${JSON.stringify(await company.query('select state, attempts, message, progress from run'))} ${workers.map(({ output }) => output.slice(-2_000)).join('\n')}`,
      );
    if (Date.now() < due || workers.length < 2 || kills >= mostKills) continue;
    const [victim] = workers.splice(kills % workers.length, 1);
    await victim?.stop('SIGKILL');
    const kept = await pagesKept();
    // What it had sent may not have arrived yet.
    await wait(200);
    pagesInTheAir += Math.max(0, pagesAsked().different - kept);
    messagesInTheAir += await company.count(`alert_message where state = 'sending'`);
    replacements.push(replace());
    kills += 1;
    due = Date.now() + killEveryMs;
  }

  await Promise.all(replacements);
  const { all, different } = pagesAsked();
  const deliveries = company.receiver.taken.map(deliveryOf);
  const copies = deliveries.length - new Set(deliveries).size;
  const [run] = await company.query<{ id: string; attempts: number; failures: number; seconds: number }>(
    `select id, attempts, failures, extract(epoch from finished_at - started_at)::float8 as seconds from run`,
  );
  console.log(
    `${organizations} organizations in ${run?.seconds.toFixed(1)} s, ${kills} kills, ${run?.attempts} attempts; ` +
      `${different} pages, ${all - different} asked for again, at most ${pagesInTheAir} in the air; ` +
      `${company.hub.count(/login|auth/)} sign-ins; ${deliveries.length} messages, ${copies} of them copies`,
  );
  expect(kills).toBeGreaterThan(0);
  expect(run?.failures).toBe(0);
  expect(
    await company.query(
      `select count(*)::int as organizations, max(sealed) as most from (
         select count(*)::int as sealed from sync_run where state = 'sealed' group by organization_id) as each`,
    ),
  ).toEqual([{ organizations, most: 1 }]);
  expect(await company.count('sync_run')).toBe(organizations);
  expect(await company.count(`dataset_reading where status in ('partial', 'failed')`)).toBe(0);
  expect(all - different).toBeLessThanOrEqual(pagesInTheAir);

  expect(await company.query('select id from evaluation')).toEqual([{ id: run?.id }]);
  expect(await company.count('evaluated_snapshot')).toBe(organizations);
  for (const one of [api, other])
    expect(await one.get(`/api/v1/evaluations/${run?.id}`)).toMatchObject({ state: 'finished' });
  expect(await company.count('finding')).toBeGreaterThanOrEqual(organizations);
  expect(copies).toBeLessThanOrEqual(messagesInTheAir);
  const sent = await company.query<{ id: string }>(`select id from alert_message where state = 'sent'`);
  expect(new Set(deliveries)).toEqual(new Set(sent.map(({ id }) => id)));
}, 900_000);
