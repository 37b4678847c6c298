import { catalog } from '../../src/checks/catalog.js';
import type { Check } from '../../src/checks/check.js';

/** The policy without the checks that need what only the login of an owner reads: the tokens and the image access settings. */
export function withoutOwnersData(policy: string): string {
  const dear = catalog.filter(({ needs }: Check<never>) => needs.includes('tokens') || needs.includes('image_access'));
  const off = dear
    .map(({ id }: Check<never>) => `  ${id}: { enabled: false, reason: no login of an owner }\n`)
    .join('');
  return /^checks:\n/m.test(policy) ? policy.replace(/^checks:\n/m, `checks:\n${off}`) : `${policy}\nchecks:\n${off}`;
}
