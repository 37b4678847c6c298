import type { Instant } from '../findings/report.js';
import type { Digest, DigestItem } from './digest.js';

const hourMs = 3_600_000;

/** What a channel is shown to try it out: one of each change, none of which happened. */
export function sampleDigest(now: Instant): Digest {
  const at = (hours: number): Instant => new Date(Date.parse(now) + hours * hourMs).toISOString();
  const items: readonly DigestItem[] = [
    {
      change: 'new',
      again: false,
      finding: '0',
      check: 'offboarded-access-removed',
      severity: 'critical',
      organization: 'sample',
      subject: { kind: 'account', name: 'sample-leaver' },
      reason: 'STILL_MEMBER',
      message: 'Sample Leaver has left, and the account is still a member.',
      since: now,
      dueAt: at(24),
      acknowledged: false,
    },
    {
      change: 'overdue',
      again: true,
      finding: '0',
      check: 'user-identified',
      severity: 'high',
      organization: 'sample',
      subject: { kind: 'account', name: 'sample-stranger' },
      reason: 'IDENTITY_UNLINKED',
      message: 'Nobody in the roster has the address or the username of this account.',
      since: at(-96),
      dueAt: at(-24),
      acknowledged: true,
    },
    {
      change: 'resolved',
      again: false,
      finding: '0',
      check: 'user-identified',
      severity: 'high',
      organization: 'sample',
      subject: { kind: 'account', name: 'sample-colleague' },
      reason: 'LINKED',
      message: 'The account is linked to a person of the roster.',
      since: at(-48),
      dueAt: at(24),
      acknowledged: false,
    },
  ];
  return {
    schema: 'hubwarden.alert/1',
    kind: 'sample',
    evaluation: null,
    since: now,
    severity: 'critical',
    counts: { new: 1, overdue: 1, resolved: 1 },
    checks: [
      {
        id: 'offboarded-access-removed',
        title: 'Whoever has left the company has no access to Docker Hub any more',
        severity: 'critical',
        counts: { new: 1, overdue: 0, resolved: 0 },
      },
      {
        id: 'user-identified',
        title: 'Every account and invite belongs to one known person or to an owned service account',
        severity: 'high',
        counts: { new: 0, overdue: 1, resolved: 1 },
      },
    ],
    items,
    more: 0,
    sources: [],
  };
}
