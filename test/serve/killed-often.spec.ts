import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeWorld } from '../../src/demo/change-world.js';
import { CompanyAtWork, deliveryOf } from './company-at-work.js';

/** `KILLS=50 npx vitest run test/serve/killed-often.spec.ts` takes some minutes. */
const kills = Number(process.env['KILLS'] ?? 6);
let company: CompanyAtWork;

beforeAll(async () => {
  company = await CompanyAtWork.open('*/2 * * * * *', { hub: { latencyMs: 10 }, receiver: { usualDelayMs: 400 } });
});
afterAll(() => company.close());

test('killed at any moment of run and delivery, it tells every transition, and repeats no more than what was in the air', async () => {
  const { receiver } = company;
  let inTheAir = 0;
  for (let kill = 0; kill < kills; kill++) {
    // One stranger is invited and the one before is not any more, so that nearly every run has something to tell.
    const invitee = (of: number): string => `stranger${of}@elsewhere.example`;
    const invited = changeWorld(company.hub.world, {
      organization: 'acme',
      op: 'add invite',
      invite: { invitee: invitee(kill) },
    });
    const withdrawn =
      kill === 0
        ? null
        : changeWorld(company.hub.world, { organization: 'acme', op: 'remove invite', invitee: invitee(kill - 1) });
    expect([invited, withdrawn]).toEqual([null, null]);
    const served = await company.serve();
    await wait(Math.random() * 7_000);
    await served.stop('SIGKILL');
    inTheAir += await company.count(`alert_message where state = 'sending'`);
  }
  const last = await company.serve();
  await company.until(`run where state = 'finished' and requested_at > now() - interval '10 seconds'`, 2);
  await company.until(
    `(select 1 where not exists (select from alert_message where state in ('waiting', 'sending'))) as done`,
    1,
  );
  await wait(2_500);
  expect(await last.stop()).toBe(0);

  const deliveries = receiver.taken.map(deliveryOf);
  const copies = deliveries.length - new Set(deliveries).size;
  const [told] = await company.query<{ transitions: string; lost: string; twice: string }>(
    `select count(*) as transitions,
            count(*) filter (where not exists (
              select from alert_item join alert_message on alert_message.id = alert_item.message_id
                left join alert_message as telling on telling.id = alert_message.told_in
               where alert_item.transition_id = finding_transition.id
                 and (alert_message.state = 'sent' or telling.state = 'sent'))) as lost,
            (select count(*) from (select from alert_item where transition_id is not null
                                    group by channel_id, transition_id having count(*) > 1) as doubled) as twice
       from finding_transition where kind in ('opened', 'reopened', 'overdue', 'resolved')`,
  );
  console.log(
    `${kills} kills: ${told?.transitions} transitions, ${deliveries.length} messages taken, ${copies} of them copies; ${inTheAir} kills found a message in the air`,
  );
  expect(told).toMatchObject({ lost: '0', twice: '0' });
  const sent = await company.query<{ id: string }>(`select id from alert_message where state = 'sent'`);
  expect(new Set(deliveries)).toEqual(new Set(sent.map(({ id }) => id)));
  expect(copies).toBeLessThanOrEqual(inTheAir);
  // A second copy exists only of a message whose first attempt ended without a record.
  const ambiguous = await company.query<{ id: string }>(`select id from alert_message where attempts > 1`);
  const repeated = deliveries.filter((id, index) => deliveries.indexOf(id) !== index);
  expect(repeated.filter((id) => !ambiguous.some((message) => message.id === id))).toEqual([]);
  expect(await company.count('schedule_slot')).toBe(
    Number(
      (await company.query<{ slots: string }>('select count(distinct slot) as slots from schedule_slot'))[0]?.slots,
    ),
  );
  expect(await company.count(`run where state = 'failed'`)).toBe(0);
}, 900_000);
