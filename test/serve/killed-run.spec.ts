import { afterAll, beforeAll, expect, test } from 'vitest';
import { CompanyAtWork } from './company-at-work.js';

let company: CompanyAtWork;

beforeAll(async () => {
  company = await CompanyAtWork.open('0 0 1 1 *', { hub: { latencyMs: 150 } });
});
afterAll(() => company.close());

test('a run whose process is killed is finished by the other one, as the same evaluation', async () => {
  const [first, second] = [await company.serve(), await company.serve()];
  const asked = await first.post('/api/v1/evaluations');
  expect(asked.status).toBe(202);
  await company.until('staged_observation', 5);
  const [run] = await company.query<{ id: string }>('select id from run');

  // Whichever of the two works on it: it is the one whose log says so.
  const worker = first.output.includes('Run started') ? first : second;
  const other = worker === first ? second : first;
  await worker.stop('SIGKILL');
  await company.until(`run where state = 'finished'`, 1);

  expect(await company.query('select id from evaluation')).toEqual([run]);
  expect(await company.query('select attempts from run')).toEqual([{ attempts: 2 }]);
  expect(await company.count('sync_run')).toBe(2);
  expect(await other.get(`/api/v1/evaluations/${run?.id}`)).toMatchObject({ state: 'finished', id: run?.id });
  expect(await other.stop()).toBe(0);
});
