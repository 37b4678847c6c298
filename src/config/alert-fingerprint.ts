import { createHmac } from 'node:crypto';
import type { AlertConfig } from './configuration.js';

/**
 * By what a hook is known again: its URL is a secret, so the database keeps this in its place. Two entries of the
 * configuration with the same kind and URL are one hook. 64 hexadecimal digits.
 */
export function alertFingerprint(encryptionKey: Buffer, { kind, url }: Pick<AlertConfig, 'kind' | 'url'>): string {
  return createHmac('sha256', encryptionKey).update(`${kind}\n${url}`).digest('hex');
}

/** For people, without anything secret: kind and host, with its port where it has one. */
export function alertLabel({ kind, url }: Pick<AlertConfig, 'kind' | 'url'>): string {
  return `${kind} ${new URL(url).host}`;
}
