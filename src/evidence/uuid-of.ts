import { createHash } from 'node:crypto';

/** The names below it are Hubwarden's. */
const namespace = Buffer.from('7d1f0c0e5b7a4c55a0d7c35a6a7be2f4', 'hex');

/**
 * A UUID of version 5 (RFC 9562: by SHA-1 from a name, which OSCAL accepts, as it does not version 8) that is always the same for
 * the same text: two exports of one record name things alike.
 */
export function uuidOf(text: string): string {
  const bytes = createHash('sha1').update(namespace).update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
