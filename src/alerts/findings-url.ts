import type { Digest } from './digest.js';

/**
 * Where the findings of a digest are listed, in the API: those of its checks that are open, resolved or both, as it tells of
 * them. An address for people who have a token.
 */
export function findingsUrl(publicUrl: string, { kind, checks, counts, severity }: Digest): string {
  const status = [
    ...(counts.new + counts.overdue + (counts.expiring ?? 0) > 0 ? ['open'] : []),
    ...(counts.resolved > 0 ? ['resolved'] : []),
  ];
  const filters = {
    ...(status.length > 0 && { status }),
    ...(checks.length > 0 && { check: checks.map(({ id }) => id) }),
    ...(kind === 'changes' && { severity: [severity] }),
  };
  const query = Object.entries(filters).map(([name, values]) => `${name}=${values.map(encodeURIComponent).join(',')}`);
  return `${publicUrl}/api/v1/findings${query.length > 0 ? '?' : ''}${query.join('&')}`;
}
