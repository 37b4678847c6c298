import { nearest } from './nearest.js';
import type { Path } from './path.js';

/**
 * Whether the mapping at this path holds secrets. A value that stands there without its key (`{ identifier: acme, s3cret }`)
 * is a key to YAML, so that a key which nobody knows may be a secret.
 */
export function holdsSecrets([top, ...inner]: Path): boolean {
  if (top === 'organizations') return inner.some((step) => step === 'hub' || step === 'owner' || step === 'scim');
  return top === 'alerts' || (top === 'roster' && inner[0] === 'headers');
}

/** Names of headers that people give to a roster's address. */
export const usualHeaders = ['authorization', 'accept', 'cookie', 'api-key', 'x-api-key', 'x-auth-token'] as const;

/** Whether a sentence may name this key: anywhere but among secrets, and there where it is near enough to a known one. */
export function mayBeNamed(path: Path, known: readonly string[]): boolean {
  return !holdsSecrets(path.slice(0, -1)) || nearest(String(path.at(-1)), known) !== null;
}
