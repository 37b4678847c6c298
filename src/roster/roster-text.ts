import { isUtf8 } from 'node:buffer';
import { type Content, MemoryContent, wholeOf } from './content.js';
import { archive, countLines, encodingOf, firstInvalid, markup, type Encoding } from './decode.js';
import { mistakeAt, type RosterMistake } from './roster-source.js';

/** As much of the beginning as anybody looks at to tell what the rest is. */
const mostBytesOfTheHead = 512 * 1024;
const carriageReturn = 0x0d;

/**
 * The text of a roster as valid UTF-8 without a byte order mark. Never replaces a byte that it cannot read: an address
 * with a replacement character in it would quietly match nobody.
 */
export class RosterText {
  private constructor(
    private readonly content: Content,
    private readonly encoding: Encoding,
    readonly head: Buffer,
  ) {}

  /** Reads all of it once. */
  static async open(content: Content): Promise<RosterText | RosterMistake> {
    const encoding = encodingOf(await firstBytes(content));
    const packed = archive(await firstBytes(content));
    if (packed !== null) return mistakeAt(null, packed);
    const heads: Buffer[] = [];
    let headLength = 0;
    let zeroLine: number | null = null;
    let blank = true;
    try {
      for await (const part of textOf(content, encoding)) {
        if (encoding.label === 'utf-8' && !isUtf8(part)) return await unreadableByte(content, encoding);
        if (zeroLine === null && part.includes(0)) zeroLine = await lineOfZero(content, encoding);
        if (blank) blank = part.toString('utf8').trim() === '';
        if (headLength < mostBytesOfTheHead) {
          heads.push(Buffer.from(part));
          headLength += part.length;
        }
      }
    } catch (error) {
      if (encoding.label === 'utf-8' || !(error instanceof TypeError)) throw error;
      return await unreadableUnit(content, encoding);
    }
    if (zeroLine !== null) {
      return mistakeAt(
        zeroLine,
        'a NUL character, which no text has; expected UTF-8, or UTF-16 with a byte order mark.',
      );
    }
    if (blank) return mistakeAt(null, 'the file is empty; expected a list of people.');
    const head = Buffer.concat(heads);
    return markup(head) ?? new RosterText(content, encoding, head);
  }

  static of(bytes: Buffer): Promise<RosterText | RosterMistake> {
    return RosterText.open(new MemoryContent(bytes));
  }

  /** Parts that end between two characters, and never between the two of `\r\n`. Good until the next is asked for. */
  parts(): AsyncIterable<Buffer> {
    return textOf(this.content, this.encoding);
  }

  whole(): Promise<Buffer> {
    return wholeOf(this.parts());
  }
}

async function firstBytes(content: Content): Promise<Buffer> {
  for await (const bytes of content.portions()) return Buffer.from(bytes.subarray(0, 4));
  return Buffer.alloc(0);
}

function textOf(content: Content, encoding: Encoding): AsyncIterable<Buffer> {
  const bytes = withoutMark(content, encoding);
  return whole(encoding.label === 'utf-8' ? bytes : decoded(bytes, encoding, true));
}

async function* withoutMark(content: Content, { mark }: Encoding): AsyncIterable<Buffer> {
  let rest = mark;
  for await (const bytes of content.portions()) {
    yield rest === 0 ? bytes : bytes.subarray(rest);
    rest = 0;
  }
}

async function* decoded(bytes: AsyncIterable<Buffer>, { label }: Encoding, fatal: boolean): AsyncIterable<Buffer> {
  const decoder = new TextDecoder(label, { fatal, ignoreBOM: true });
  for await (const part of bytes) yield Buffer.from(decoder.decode(part, { stream: true }), 'utf8');
  yield Buffer.from(decoder.decode(), 'utf8');
}

/** Keeps back what the end of a part begins: the bytes of a character, or a carriage return. */
async function* whole(parts: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const part of parts) {
    const bytes = kept.length === 0 ? part : Buffer.concat([kept, part]);
    const end = safeEnd(bytes);
    if (end > 0) yield bytes.subarray(0, end);
    kept = Buffer.from(bytes.subarray(end));
  }
  if (kept.length > 0) yield kept;
}

function safeEnd(bytes: Buffer): number {
  const end = bytes.length;
  if (bytes[end - 1] === carriageReturn) return end - 1;
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? end - back : end;
    }
  }
  return end;
}

/** The line of the first byte for which `find` has a place, counting from 1. */
async function lineWhere(parts: AsyncIterable<Buffer>, find: (part: Buffer) => number): Promise<number> {
  let line = 1;
  for await (const part of parts) {
    const at = find(part);
    if (at !== -1) return line + countLines(part, 0, at);
    line += countLines(part, 0, part.length);
  }
  return line;
}

function lineOfZero(content: Content, encoding: Encoding): Promise<number> {
  return lineWhere(textOf(content, encoding), (part) => part.indexOf(0));
}

async function unreadableByte(content: Content, encoding: Encoding): Promise<RosterMistake> {
  let byte = 0;
  const line = await lineWhere(textOf(content, encoding), (part) => {
    if (isUtf8(part)) return -1;
    const at = firstInvalid(part);
    byte = part[at] ?? 0;
    return at;
  });
  const shown = byte.toString(16).toUpperCase().padStart(2, '0');
  return mistakeAt(
    line,
    `the byte 0x${shown} is not UTF-8 (is the file in Windows-1252 or Latin-1?); expected the file saved as UTF-8.`,
  );
}

async function unreadableUnit(content: Content, encoding: Encoding): Promise<RosterMistake> {
  const lenient = whole(decoded(withoutMark(content, encoding), encoding, false));
  const line = await lineWhere(lenient, (part) => part.indexOf('�'));
  return mistakeAt(line, `not valid ${encoding.label.toUpperCase()}; expected the file saved as UTF-8.`);
}
