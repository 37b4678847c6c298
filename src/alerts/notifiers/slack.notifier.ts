import type { Attempt, Delivery, Hook, Notifier } from '../notifier.js';
import { type Answer, gone, judgeStatus, unanswered } from './judge-answer.js';
import { post } from './post.js';
import { slackMessage } from './slack-message.js';

/** Words by which Slack says that the hook, its app or its channel is no more, whatever the status beside them. */
const goneWords: readonly string[] = [
  'account_inactive',
  'action_prohibited',
  'channel_is_archived',
  'channel_not_found',
  'invalid_auth',
  'invalid_token',
  'is_archived',
  'no_active_hooks',
  'no_permission',
  'no_service',
  'no_service_id',
  'no_team',
  'not_authed',
  'posting_to_general_channel_denied',
  'team_access_not_granted',
  'team_disabled',
  'team_not_found',
  'token_expired',
  'token_revoked',
  'user_not_found',
];

/** Words by which it refuses this one message. */
const refusedWords: readonly string[] = [
  'invalid_attachments',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_payload',
  'invalid_payload_format',
  'missing_text_or_fallback_or_attachments',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'too_many_attachments',
];

/** Words by which it asks for patience. */
const temporaryWords: readonly string[] = [
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'rollup_error',
];

/** A message to a channel of Slack through an incoming webhook, which can post and nothing else. */
export class SlackNotifier implements Notifier {
  readonly id = 'slack';

  async send(hook: Hook, delivery: Delivery, signal: AbortSignal): Promise<Attempt> {
    const posted = await post({ url: hook.url, headers: {}, body: JSON.stringify(slackMessage(delivery)) }, signal);
    return posted.outcome === 'answer' ? judge(posted) : unanswered(posted);
  }
}

function judge(answer: Answer): Attempt {
  const { status, body } = answer;
  const isTaken = status >= 200 && status < 300;
  // Where the body broke off, the status has said that the message was taken.
  if (isTaken && (body === null || /^(ok)?$/i.test(body.trim()))) return { outcome: 'sent' };
  const word = wordOf(body ?? '');
  if (word !== null && status !== 429 && status < 500) {
    const because = `Slack answered ${status} (${word}).`;
    if (goneWords.includes(word)) return gone(because);
    if (refusedWords.includes(word)) return { outcome: 'refused', because };
    return { outcome: 'retry', afterMs: answer.retryAfterMs, ambiguous: false, because };
  }
  // A page of somebody else, or Slack's API: silence would hide that nobody is told, and trying again could fill a channel.
  if (isTaken)
    return gone(`The receiver answered ${status}, and not with “ok” as Slack does; expected an incoming webhook.`);
  return judgeStatus(answer, word);
}

/** A word that is known here, out of `no_service`, `{"ok":false,"error":"no_service"}` and the like: no others are repeated. */
function wordOf(body: string): string | null {
  const words: readonly string[] = body.toLowerCase().match(/[a-z_]+/g) ?? [];
  return [...goneWords, ...refusedWords, ...temporaryWords].find((word) => words.includes(word)) ?? null;
}
