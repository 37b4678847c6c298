import { createHmac } from 'node:crypto';
import { findingsUrl } from '../findings-url.js';
import type { Attempt, Delivery, Hook, Notifier } from '../notifier.js';
import { judgeStatus, unanswered } from './judge-answer.js';
import { post } from './post.js';

/**
 * The digest as JSON for a program. The body is the same in every attempt of a delivery, whose id is the idempotency key; what
 * differs, the time and the signature over it, stands in headers.
 */
export class WebhookNotifier implements Notifier {
  readonly id = 'webhook';

  /** `now`: the machine's clock, in milliseconds. */
  constructor(private readonly now: () => number = Date.now) {}

  async send(hook: Hook, delivery: Delivery, signal: AbortSignal): Promise<Attempt> {
    const body = bodyOf(delivery);
    const timestamp = String(Math.floor(this.now() / 1_000));
    const headers = {
      'Idempotency-Key': delivery.id,
      'X-Hubwarden-Timestamp': timestamp,
      ...(hook.secret !== null && { 'X-Hubwarden-Signature': `v1=${signature(hook.secret, timestamp, body)}` }),
    };
    const posted = await post({ url: hook.url, headers, body }, signal);
    if (posted.outcome === 'no answer') return unanswered(posted);
    return posted.status >= 200 && posted.status < 300 ? { outcome: 'sent' } : judgeStatus(posted, null);
  }
}

/** HMAC-SHA256 over the timestamp, a dot and the body as sent, in hexadecimal. */
function signature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`, 'utf8').digest('hex');
}

function bodyOf({ id, digest, publicUrl }: Delivery): string {
  const { schema, kind, evaluation, since, severity, counts, checks, items, more, sources } = digest;
  return JSON.stringify({
    schema,
    delivery: id,
    kind,
    evaluation,
    since,
    severity,
    counts,
    checks,
    items,
    more,
    sources,
    link: publicUrl === null ? null : findingsUrl(publicUrl, digest),
  });
}
