import { totalOf, type Digest, type DigestCheck, type DigestItem } from '../../src/alerts/digest.js';
import type { Delivery } from '../../src/alerts/notifier.js';

/** A new finding of 02:00 on 21 November 2026, due a day later. */
export function item(given: Partial<DigestItem> = {}): DigestItem {
  return {
    change: 'new',
    again: false,
    finding: '1',
    check: 'user-identified',
    severity: 'high',
    organization: 'acme',
    subject: { kind: 'account', name: 'jdoe99' },
    reason: 'IDENTITY_UNLINKED',
    message: 'Nobody has this address.',
    since: '2026-11-20T02:00:00.000Z',
    dueAt: '2026-11-22T02:00:00.000Z',
    acknowledged: false,
    ...given,
  };
}

/** Of these items and `more` like the first one; of more than 200 items the rest is counted only. */
export function digestOf(items: readonly DigestItem[], more = 0): Digest {
  const checks = new Map<string, DigestCheck>();
  const counts = { new: 0, overdue: 0, expiring: 0, resolved: 0 };
  const count = ({ check, severity, change }: DigestItem, times: number): void => {
    const before = checks.get(check)?.counts ?? { new: 0, overdue: 0, expiring: 0, resolved: 0 };
    const after = { ...before, [change]: (before[change] ?? 0) + times };
    checks.set(check, { id: check, title: `Title of ${check}`, severity, counts: after });
    counts[change] += times;
  };
  for (const one of items) count(one, 1);
  const [first] = items;
  if (first !== undefined && more > 0) count(first, more);
  const listed = items.slice(0, 200);
  return {
    schema: 'hubwarden.alert/1',
    kind: 'changes',
    evaluation: { id: '99999999-2222-4333-8444-555555555555', at: '2026-11-21T02:00:00.000Z' },
    since: '2026-11-20T02:00:00.000Z',
    severity: 'high',
    counts,
    checks: [...checks.values()],
    items: listed,
    more: totalOf(counts) - listed.length,
    sources: [],
  };
}

export function delivery(digest: Digest, publicUrl: string | null = 'https://hubwarden.acme.com'): Delivery {
  return { id: '11111111-2222-4333-8444-555555555555', digest, publicUrl };
}
