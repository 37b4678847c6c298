import { createHash } from 'node:crypto';
import type { RosterConfig } from '../config/configuration.js';

/** Grows when the same bytes under the same configuration come to mean something else. */
const reading = 3;

export interface Fingerprint {
  /** Of the bytes. */
  readonly content: string;
  /** Of the bytes and of everything that changes what they mean: equal fingerprints are the same roster. */
  readonly whole: string;
}

/** `content`: the digest of the bytes. */
export function fingerprintOf(content: string, config: RosterConfig): Fingerprint {
  const meaning = [
    reading,
    config.format,
    config.timeZone,
    config.dateFormat,
    sorted(config.columns),
    sorted(config.statuses),
    config.currentStaffOnly,
  ];
  return { content, whole: createHash('sha256').update(content).update(JSON.stringify(meaning)).digest('hex') };
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
}
