import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Receiver, type ReceiverAnswer } from '../../../test/support/receiver.js';
import { delivery, digestOf, item } from '../../../test/support/sample-delivery.js';
import type { Attempt, Hook } from '../notifier.js';
import { WebhookNotifier } from './webhook.notifier.js';

const now = Date.parse('2026-11-21T02:00:07.900Z');
let receiver: Receiver;
let hook: Hook;
beforeAll(async () => {
  receiver = await Receiver.start();
  hook = { url: `${receiver.url}/hook?token=verysecret`, secret: 'signing secret ü' };
});
afterAll(() => receiver.stop());
afterEach(() => {
  receiver.requests.length = 0;
});

const message = delivery(digestOf([item({ subject: { kind: 'account', name: 'Zoë <!channel>' } })]));

function send(to = hook, at = now): Promise<Attempt> {
  return new WebhookNotifier(() => at).send(to, message, new AbortController().signal);
}

test('posts the whole digest, with its delivery and a link', async () => {
  expect(await send()).toEqual({ outcome: 'sent' });
  const [request] = receiver.requests;
  expect(request).toMatchObject({ method: 'POST', path: '/hook?token=verysecret' });
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'hubwarden',
    'idempotency-key': message.id,
    'x-hubwarden-timestamp': String(Date.parse('2026-11-21T02:00:07Z') / 1_000),
  });
  expect(JSON.parse(request?.body ?? '')).toEqual({
    ...message.digest,
    delivery: message.id,
    link: 'https://hubwarden.acme.com/api/v1/findings?status=open&check=user-identified&severity=high',
  });
});

test('signs the timestamp and the body as they are sent', async () => {
  await send();
  const [request] = receiver.requests;
  const signed = `${String(request?.headers['x-hubwarden-timestamp'])}.${request?.body}`;
  const expected = createHmac('sha256', 'signing secret ü').update(signed, 'utf8').digest('hex');
  expect(request?.headers['x-hubwarden-signature']).toBe(`v1=${expected}`);
});

test('without a secret signs nothing', async () => {
  await send({ ...hook, secret: null });
  const [request] = receiver.requests;
  expect(request?.headers).toHaveProperty('x-hubwarden-timestamp');
  expect(request?.headers).not.toHaveProperty('x-hubwarden-signature');
});

test('another attempt is the same body under another signature', async () => {
  receiver.answer({ status: 503 });
  await send();
  await send(hook, now + 60_000);
  const [first, second] = receiver.requests;
  expect(second?.body).toBe(first?.body);
  expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
  expect(second?.headers['x-hubwarden-signature']).not.toBe(first?.headers['x-hubwarden-signature']);
});

describe('an answer', () => {
  test.each<[number, Attempt['outcome']]>([
    [200, 'sent'],
    [201, 'sent'],
    [202, 'sent'],
    [204, 'sent'],
    [301, 'gone'],
    [400, 'refused'],
    [401, 'gone'],
    [403, 'gone'],
    [404, 'gone'],
    [405, 'gone'],
    [408, 'retry'],
    [409, 'refused'],
    [410, 'gone'],
    [413, 'refused'],
    [415, 'refused'],
    [422, 'refused'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [599, 'retry'],
  ])('%d is %s', async (status, outcome) => {
    receiver.answer({ status, body: 'signing secret ü, channel_not_found' });
    const attempt = await send();
    expect(attempt.outcome).toBe(outcome);
    expect(JSON.stringify(attempt)).not.toMatch(/secret|channel_not_found|127\.0\.0\.1/);
  });

  test.each<[ReceiverAnswer, number]>([
    [{ status: 429, headers: { 'retry-after': '7' } }, 7_000],
    [{ status: 503, headers: { 'retry-after': '120' } }, 120_000],
  ])('%j says how long to wait', async (answer, afterMs) => {
    receiver.answer(answer);
    expect(await send()).toMatchObject({ outcome: 'retry', afterMs, ambiguous: false });
  });
});

test('a redirect is not followed, so that nobody else gets the message', async () => {
  const other = await Receiver.start();
  try {
    for (const status of [301, 302, 303, 307, 308]) receiver.answer({ status, headers: { location: other.slackUrl } });
    for (let tries = 0; tries < 5; tries++) expect((await send()).outcome).toBe('gone');
    expect(other.requests).toEqual([]);
  } finally {
    await other.stop();
  }
});
