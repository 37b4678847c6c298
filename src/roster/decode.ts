import { isUtf8 } from 'node:buffer';
import { mistakeAt, type RosterMistake } from './roster-source.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The bytes of a roster as UTF-8 without a byte order mark, or why they are no text. Never replaces a byte that it
 * cannot read: an address with a replacement character in it would quietly match nobody.
 */
export function decode(bytes: Buffer): Buffer | RosterMistake {
  const other = archive(bytes);
  if (other !== null) return mistakeAt(null, other);
  const text = unicode(bytes);
  if (!Buffer.isBuffer(text)) return text;
  const zero = text.indexOf(0);
  if (zero !== -1) {
    return mistakeAt(
      lineAt(text, zero),
      'a NUL character, which no text has; expected UTF-8, or UTF-16 with a byte order mark.',
    );
  }
  const start = text.subarray(0, 2_000).toString('utf8').trimStart();
  if (start === '' && text.toString('utf8').trim() === '') {
    return mistakeAt(null, 'the file is empty; expected a list of people.');
  }
  if (/^<(!doctype\s+html|html|head|body|script|!--)/i.test(start)) {
    return mistakeAt(1, 'a web page (HTML), perhaps a sign-in page, instead of a list of people.');
  }
  if (start.startsWith('<')) return mistakeAt(1, 'XML instead of a list of people; expected CSV or JSON.');
  return text;
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

function archive(bytes: Buffer): string | null {
  const start = bytes.subarray(0, 4).toString('latin1');
  if (start.startsWith('PK')) return 'a zip archive or an Excel workbook; expected text: save the sheet as CSV.';
  if (start === '\xd0\xcf\x11\xe0') return 'an old Excel workbook; expected text: save the sheet as CSV.';
  if (start.startsWith('\x1f\x8b')) return 'a gzip archive; expected text: unpack it first.';
  if (start === '%PDF') return 'a PDF document; expected a list of people as CSV or JSON.';
  return null;
}

function unicode(bytes: Buffer): Buffer | RosterMistake {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16(bytes.subarray(2), 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16(bytes.subarray(2), 'utf-16be');
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = marked ? bytes.subarray(3) : bytes;
  if (isUtf8(text)) return text;
  const at = firstInvalid(text);
  const byte = (text[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return mistakeAt(
    lineAt(text, at),
    `the byte 0x${byte} is not UTF-8 (is the file in Windows-1252 or Latin-1?); expected the file saved as UTF-8.`,
  );
}

function utf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): Buffer | RosterMistake {
  try {
    return Buffer.from(new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes), 'utf8');
  } catch {
    const lenient = Buffer.from(new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes), 'utf8');
    const at = Math.max(0, lenient.indexOf('�'));
    return mistakeAt(lineAt(lenient, at), `not valid ${encoding.toUpperCase()}; expected the file saved as UTF-8.`);
  }
}

function firstInvalid(text: Buffer): number {
  let at = 0;
  while (at < text.length) {
    const lead = text[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length > 1 && !isUtf8(text.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}
