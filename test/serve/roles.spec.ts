import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServedProcess } from '../support/served-process.js';
import { CompanyAtWork } from './company-at-work.js';

let company: CompanyAtWork;
let api: ServedProcess;

beforeAll(async () => {
  // Never while this test lasts.
  company = await CompanyAtWork.open('0 0 0 1 1 *');
  api = await company.serve({ role: 'api' });
});
afterAll(() => company.close());

const partsOf = async (served: ServedProcess): Promise<string[]> => {
  const answer = await fetch(`${served.url}/health/ready`);
  return Object.keys(JSON.parse(await answer.text()).parts);
};

test('a process that only serves takes a run, and a worker does it', async () => {
  expect(await partsOf(api)).toEqual(['database', 'migrations']);
  expect((await api.post('/api/v1/evaluations')).status).toBe(202);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(await company.query('select state from run')).toEqual([{ state: 'waiting' }]);

  const worker = await company.serve({ role: 'worker' });
  expect(await partsOf(worker)).toEqual(['database', 'migrations', 'scheduler', 'delivery']);
  await company.until(`run where state = 'finished'`, 1);
  await company.until(`alert_message where state = 'sent'`, 1);
  expect(await worker.stop()).toBe(0);
});

test('a worker has no route of the API', async () => {
  const worker = await company.serve({ role: 'worker' });
  for (const path of ['/api/v1/overview', '/api/v1/tokens', '/api/v1/evaluations']) {
    const answer = await fetch(`${worker.url}${path}`, { headers: { authorization: 'Bearer nobody' } });
    expect(answer.status, path).toBe(404);
  }
  expect((await fetch(`${worker.url}/metrics`)).status).toBe(200);
});
