import { isUtf8 } from 'node:buffer';
import { mistakeAt, type RosterMistake } from './roster-source.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface Encoding {
  readonly label: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** How many bytes at the beginning say so. */
  readonly mark: number;
}

export function encodingOf(start: Buffer): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) return { label: 'utf-16le', mark: 2 };
  if (start[0] === 0xfe && start[1] === 0xff) return { label: 'utf-16be', mark: 2 };
  const marked = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
  return { label: 'utf-8', mark: marked ? 3 : 0 };
}

/** The line of an offset, counting from 1. `\r\n`, `\n` and `\r` each end one line. */
export function lineAt(text: Buffer, offset: number): number {
  return 1 + countLines(text, 0, offset);
}

/** How many lines end in [from, to). A `\r\n` ends where its `\n` stands. */
export function countLines(text: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) {
    const byte = text[at];
    if (byte === lineFeed || (byte === carriageReturn && text[at + 1] !== lineFeed)) lines++;
  }
  return lines;
}

/** What the bytes are instead of text; null where they may be text. */
export function archive(bytes: Buffer): string | null {
  const start = bytes.subarray(0, 4).toString('latin1');
  if (start.startsWith('PK')) return 'a zip archive or an Excel workbook; expected text: save the sheet as CSV.';
  if (start === '\xd0\xcf\x11\xe0') return 'an old Excel workbook; expected text: save the sheet as CSV.';
  if (start.startsWith('\x1f\x8b')) return 'a gzip archive; expected text: unpack it first.';
  if (start === '%PDF') return 'a PDF document; expected a list of people as CSV or JSON.';
  return null;
}

/** Text that is a page or a document; null where it may be a roster. */
export function markup(text: Buffer): RosterMistake | null {
  const start = text.subarray(0, 2_000).toString('utf8').trimStart();
  if (/^<(!doctype\s+html|html|head|body|script|!--)/i.test(start)) {
    return mistakeAt(1, 'a web page (HTML), perhaps a sign-in page, instead of a list of people.');
  }
  if (start.startsWith('<')) return mistakeAt(1, 'XML instead of a list of people; expected CSV or JSON.');
  return null;
}

/** Of bytes that are not UTF-8: the first that does not fit. */
export function firstInvalid(text: Buffer): number {
  let at = 0;
  while (at < text.length) {
    const lead = text[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length > 1 && !isUtf8(text.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}
