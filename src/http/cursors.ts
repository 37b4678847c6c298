import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Problem } from './problem.js';

type Position = readonly (string | number | null)[];

/**
 * Cursors that only we can write, and that only lead on in the list that they come from. `bound` is everything that has to be
 * the same on the next page (filters, order); a cursor of another list, of other filters or of somebody's own making is a 400.
 * Processes that share the encryption key read each other's.
 */
export class Cursors {
  readonly #key: Buffer;

  constructor(encryptionKey: Buffer) {
    this.#key = Buffer.from(hkdfSync('sha256', encryptionKey, '', 'hubwarden cursors', 32));
  }

  issue(list: string, bound: object, position: Position): string {
    const text = Buffer.from(JSON.stringify(position)).toString('base64url');
    return `${text}.${this.#sign(list, bound, text).toString('base64url')}`;
  }

  /** @throws {Problem} 400 that names the field `cursor`. */
  read(list: string, bound: object, cursor: string): Position {
    const [text = '', signature = ''] = cursor.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#sign(list, bound, text);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      const message = 'is no cursor of this list with these filters; expected `nextCursor` of the page before';
      throw new Problem(400, `cursor ${message}`, { errors: [{ field: 'cursor', message }] });
    }
    const position: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!isPosition(position)) throw new Error('A cursor that we signed has no position.');
    return position;
  }

  #sign(list: string, bound: object, text: string): Buffer {
    const canonical = JSON.stringify(
      Object.entries(bound)
        .filter(([, value]) => value !== undefined)
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    );
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([list, canonical, text]))
      .digest()
      .subarray(0, 16);
  }
}

function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.every((part) => part === null || ['string', 'number'].includes(typeof part));
}
