import { afterAll, beforeAll, expect, test } from 'vitest';
import { CompanyAtWork } from './company-at-work.js';

const slots = 5;
let company: CompanyAtWork;

beforeAll(async () => {
  company = await CompanyAtWork.open('*/10 * * * * *');
});
afterAll(() => company.close());

test('two processes whose clocks are 20 seconds apart evaluate each slot once', async () => {
  const served = await Promise.all([company.serve(), company.serve({ skewMs: 20_000 })]);
  await company.until('schedule_slot', slots);
  await company.until(`run where state = 'finished'`, slots);
  await Promise.all(served.map((one) => one.stop()));

  const claimed = await company.query<{ slot: Date; run_id: string }>(
    'select slot, run_id from schedule_slot order by slot',
  );
  const gaps = claimed.slice(1).map(({ slot }, index) => slot.getTime() - (claimed[index]?.slot.getTime() ?? 0));
  expect(claimed.length).toBeGreaterThanOrEqual(slots);
  expect(gaps.every((gap) => gap >= 10_000 && gap % 10_000 === 0)).toBe(true);
  // On a slow machine a run outlasts its slot, and the next slot is then the same run's; no slot ever has two.
  expect(await company.count('run')).toBe(new Set(claimed.map(({ run_id }) => run_id)).size);
  expect(await company.count('evaluation')).toBe(await company.count(`run where state = 'finished'`));
  expect(await company.count(`run where state = 'failed'`)).toBe(0);
}, 400_000);
