import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeWorld } from '../../src/demo/change-world.js';
import { CompanyAtWork, deliveryOf } from './company-at-work.js';

const evaluated = 'evaluation where finished_at is not null';
let company: CompanyAtWork;

beforeAll(async () => {
  company = await CompanyAtWork.open('*/5 * * * * *', {
    receiver: {
      answers: [
        { status: 429, body: 'rate_limited', headers: { 'retry-after': '1' } },
        { status: 429, body: 'rate_limited', headers: { 'retry-after': '1' } },
        { status: 500, body: 'server_error' },
      ],
      mostOnePerSecond: true,
    },
  });
});
afterAll(() => company.close());

test('the first night is told in one message, however often Slack turns it away, and a repair in one more', async () => {
  const { receiver } = company;
  const served = await company.serve();
  await receiver.until(({ taken }) => taken.length > 0, 60_000);
  const attempts = receiver.requests.slice(0, 4);
  expect(attempts.map(({ status }) => status)).toEqual([429, 429, 500, 200]);
  expect(new Set(attempts.map(deliveryOf)).size).toBe(1);
  expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
  expect(await company.count('alert_message')).toBe(1);

  await company.until(evaluated, (await company.count(evaluated)) + 2);
  expect(receiver.requests).toHaveLength(4);

  const [wrong] = await company.query<{ subject_name: string; finding: string }>(
    `select subject_name, id as finding from finding
      where resolved_at is null and check_id = 'critical-system-access-valid' and subject_system = 'Docker Hub acme'
        and subject_name in (select data->>'username' from observation where dataset = 'members')
      order by id limit 1`,
  );
  const name = String(wrong?.subject_name);
  const change = { organization: 'acme', op: 'remove member', username: name } as const;
  expect(changeWorld(company.hub.world, change)).toBeNull();
  await company.until(`finding where resolved_at is not null and id = ${wrong?.finding}`, 1);
  await receiver.until(({ taken }) => taken.length > 1, 20_000);
  const [, told] = receiver.taken;
  expect(told?.body).toMatch(/resolved/i);
  expect(told?.body).toContain(name);

  await company.until(evaluated, (await company.count(evaluated)) + 2);
  const about = receiver.taken.filter(({ body }) => /resolved/i.test(body));
  expect(about.map(deliveryOf)).toHaveLength(new Set(about.map(deliveryOf)).size);
  expect(await company.count(`finding_transition where finding_id = ${wrong?.finding} and kind = 'resolved'`)).toBe(1);
  expect(
    await company.count(`alert_item join finding_transition on finding_transition.id = alert_item.transition_id
                          where finding_transition.finding_id = ${wrong?.finding} and finding_transition.kind = 'resolved'`),
  ).toBe(1);
  expect(await served.stop()).toBe(0);
}, 400_000);
