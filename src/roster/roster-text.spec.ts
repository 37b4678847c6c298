import { describe, expect, it } from 'vitest';
import { MemoryContent } from './content.js';
import { RosterText } from './roster-text.js';

const lines = 20_000;
const text = Array.from({ length: lines }, (_, index) => `E${index},Zoë Müller 😀,é`).join('\r\n');

async function read(bytes: Buffer): Promise<string> {
  const opened = await RosterText.open(new MemoryContent(bytes));
  if (!(opened instanceof RosterText)) return `line ${opened.line}: ${opened.message}`;
  const parts: string[] = [];
  for await (const part of opened.parts()) {
    parts.push(part.toString('utf8'));
  }
  return parts.join('');
}

describe('the text of a large file', () => {
  it('is whole, though its characters and line ends lie across the portions in which it is read', async () => {
    for (const shift of ['', 'x', 'xy', 'xyz']) {
      expect(await read(Buffer.from(shift + text))).toBe(shift + text);
      expect(await read(Buffer.from(`\uFEFF${shift}${text}`, 'utf16le'))).toBe(shift + text);
    }
  });

  it.each([
    ['a Latin-1 byte', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\r\nE1,Zo\xeb', 'latin1')]), 'byte 0xEB'],
    ['a NUL', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\r\n\0')]), 'NUL character'],
    ['half a character', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\r\n😀').subarray(0, 4)]), 'byte 0xF0'],
  ])('is refused for %s on its last line', async (_, spoil, what) => {
    const came = await read(spoil(Buffer.from(text)));
    expect(came).toContain(`line ${lines + 1}: `);
    expect(came).toContain(what);
  });

  it('is refused for half a unit of UTF-16 at its end', async () => {
    const bytes = Buffer.concat([Buffer.from(`\uFEFF${text}\r\nE1`, 'utf16le'), Buffer.from([0x20])]);
    expect(await read(bytes)).toContain(`line ${lines + 1}: not valid UTF-16LE`);
  });
});
