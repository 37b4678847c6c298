import { finished } from 'node:stream/promises';
import type { Client } from 'pg';
import { from } from 'pg-copy-streams';
import type { QueryRunner } from 'typeorm';

const firstCapacity = 64 * 1024;

/**
 * Rows in the text format of COPY, each ended by a line feed. Kept as bytes: what they were made of can be forgotten at once. Two buffers
 * take turns, because new ones for every portion are garbage that is collected late.
 */
export class CopyRows {
  private buffer = Buffer.alloc(0);
  private other = Buffer.alloc(0);
  private length = 0;
  private count = 0;

  get rows(): number {
    return this.count;
  }

  /** Null stands for the database's null. Texts may hold anything but NUL. */
  add(...cells: readonly (string | number | null)[]): void {
    let line = '';
    for (const [index, cell] of cells.entries()) {
      if (index > 0) line += '\t';
      line += cell === null ? String.raw`\N` : typeof cell === 'number' ? String(cell) : copyText(cell);
    }
    this.addLine(line);
  }

  /** The same of cells that `copyText` and `copyJson` made, with tabs between them. */
  addLine(cells: string): void {
    const line = `${cells}\n`;
    this.makeRoom(line.length * 3);
    this.length += this.buffer.write(line, this.length, 'utf8');
    this.count += 1;
  }

  /** Everything added so far, once. It is good until it is asked for again. */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.length);
    [this.buffer, this.other] = [this.other, this.buffer];
    this.length = 0;
    this.count = 0;
    return taken;
  }

  private makeRoom(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(firstCapacity, needed, this.other.length, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

const special = /[\\\t\n\r]/;

/** A value as the text of JSON, in which of all that is special only backslashes stand. */
export function copyJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
}

export function copyText(text: string): string {
  if (!special.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** A value of a column as text; null is the database's null. */
export type CopiedRow = readonly (string | null)[];

/**
 * `copy <into> from stdin` of rows as `CopyRows` makes them, in the runner's transaction: what a million rows cost least by.
 * `into` is a table with its columns in brackets, and no text of a caller. All of `rows` is sent at once, so whoever has many
 * sends them in portions.
 */
export async function copyIn(runner: QueryRunner, into: string, rows: Buffer): Promise<void> {
  if (!runner.isTransactionActive) throw new Error(`There is no transaction in which to copy into ${into}.`);
  const client: Client = await runner.connect();
  const copy = client.query(from(`copy ${into} from stdin`));
  copy.end(rows);
  await finished(copy);
}

/** The same of rows that are in memory. */
export async function copyRows(runner: QueryRunner, into: string, rows: readonly CopiedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const lines = new CopyRows();
  for (const row of rows) lines.add(...row);
  await copyIn(runner, into, lines.take());
}
