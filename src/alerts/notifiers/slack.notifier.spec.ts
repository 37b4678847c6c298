import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { blockKitMistakes } from '../../../test/support/block-kit.js';
import { Receiver, type ReceiverAnswer } from '../../../test/support/receiver.js';
import { delivery, digestOf, item } from '../../../test/support/sample-delivery.js';
import type { Attempt } from '../notifier.js';
import { slackMessage } from './slack-message.js';
import { SlackNotifier } from './slack.notifier.js';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.start();
});
afterAll(() => receiver.stop());
afterEach(() => {
  receiver.requests.length = 0;
});

const message = delivery(digestOf([item(), item({ change: 'resolved' })]));

async function answered(...answers: readonly ReceiverAnswer[]): Promise<Attempt> {
  receiver.answer(...answers);
  const attempt = await new SlackNotifier().send(
    { url: receiver.slackUrl, secret: null },
    message,
    new AbortController().signal,
  );
  expect(JSON.stringify(attempt)).not.toContain('verysecretpart');
  return attempt;
}

test('posts the message once, as JSON', async () => {
  expect(await answered()).toEqual({ outcome: 'sent' });
  expect(receiver.requests).toHaveLength(1);
  const [request] = receiver.requests;
  expect(request).toMatchObject({ method: 'POST', path: '/services/T0001/B0001/verysecretpart' });
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'hubwarden',
  });
  expect(blockKitMistakes(request?.body ?? '')).toEqual([]);
  expect(JSON.parse(request?.body ?? '')).toEqual(slackMessage(message));
});

describe('an answer', () => {
  const html = '<html>Sign in</html>';
  test.each<[number, string, Attempt['outcome']]>([
    [200, 'ok', 'sent'],
    [200, 'OK\n', 'sent'],
    [204, '', 'sent'],
    [200, html, 'gone'],
    [200, '{"ok":false,"error":"not_authed"}', 'gone'],
    [200, '{"ok":false,"error":"ratelimited"}', 'retry'],
    [302, '', 'gone'],
    [308, '', 'gone'],
    [400, 'invalid_payload', 'refused'],
    [400, 'invalid_blocks', 'refused'],
    [400, 'msg_blocks_too_long', 'refused'],
    [400, 'too_many_attachments', 'refused'],
    [400, 'user_not_found', 'gone'],
    [400, 'something_new', 'refused'],
    [400, html, 'refused'],
    [401, '', 'gone'],
    [403, 'action_prohibited', 'gone'],
    [403, 'invalid_token', 'gone'],
    [403, html, 'gone'],
    [404, 'no_service', 'gone'],
    [404, 'channel_not_found', 'gone'],
    [404, 'no_team', 'gone'],
    [404, html, 'gone'],
    [405, '', 'gone'],
    [408, '', 'retry'],
    [410, 'channel_is_archived', 'gone'],
    [413, '', 'refused'],
    [418, '', 'refused'],
    [429, 'rate_limited', 'retry'],
    [500, 'rollup_error', 'retry'],
    [500, '', 'retry'],
    [502, html, 'retry'],
    [503, '', 'retry'],
    [504, '', 'retry'],
  ])('%d %j is %s', async (status, body, outcome) => {
    const attempt = await answered({ status, body, headers: { location: 'https://elsewhere.example/' } });
    expect(attempt.outcome).toBe(outcome);
    expect('because' in attempt ? attempt.because : 'Slack answered 200.').toMatch(
      /^(Slack|The receiver) answered \d{3}\b.*\.$/,
    );
    expect(JSON.stringify(attempt)).not.toMatch(/html|something_new|elsewhere/);
    expect('ambiguous' in attempt && attempt.ambiguous).toBe(status === 502 || status === 504);
    expect(receiver.requests).toHaveLength(1);
  });

  test('names the word that Slack says, where it is a known one', async () => {
    expect(await answered({ status: 410, body: 'channel_is_archived' })).toEqual({
      outcome: 'gone',
      because: 'Slack answered 410 (channel_is_archived).',
    });
    expect(await answered({ status: 400, body: 'something_new' })).toEqual({
      outcome: 'refused',
      because: 'The receiver answered 400.',
    });
  });

  test('says how long to wait', async () => {
    const slow: ReceiverAnswer = { status: 429, body: 'rate_limited', headers: { 'retry-after': '30' } };
    expect(await answered(slow)).toEqual({
      outcome: 'retry',
      afterMs: 30_000,
      ambiguous: false,
      because: 'The receiver answered 429 (rate_limited).',
    });
  });

  test('which breaks off after its status counts', async () => {
    expect(await answered('cut off')).toEqual({ outcome: 'sent' });
  });
});

test('what Slack would take is what it takes', async () => {
  const names = ['<!channel>', '*bold*', '\u202E', '漢字'.repeat(99)];
  const items = Array.from({ length: 300 }, (_, number) =>
    item({ subject: { kind: 'account', name: names[number % names.length] ?? '' } }),
  );
  const { signal } = new AbortController();
  const sent = await new SlackNotifier().send(
    { url: receiver.slackUrl, secret: null },
    delivery(digestOf(items)),
    signal,
  );
  expect(sent).toEqual({ outcome: 'sent' });
});
