import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** The bytes of a roster, which can be read from their beginning as often as it takes, a portion at a time. */
export interface Content {
  readonly size: number;
  /** A portion is only good until the next one is asked for. */
  portions(): AsyncIterable<Buffer>;
  /** Whether they are still those that they were at first. */
  unchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Its text, two bytes for a character, has to be a small object of the engine: large ones are collected late, and were most of the memory.
 */
const portion = 32 * 1024;

/** What somebody sent, which is small enough to have been taken in as a whole. */
export class MemoryContent implements Content {
  constructor(private readonly bytes: Buffer) {}

  get size(): number {
    return this.bytes.length;
  }

  async *portions(): AsyncIterable<Buffer> {
    for (let at = 0; at < this.bytes.length; at += portion) yield this.bytes.subarray(at, at + portion);
  }

  unchanged(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A file that stays where it is, held open: one that is replaced meanwhile is read to its end as it was. */
export class FileContent implements Content {
  readonly size: number;

  constructor(
    private readonly file: FileHandle,
    private readonly first: BigIntStats,
  ) {
    this.size = Number(first.size);
  }

  async *portions(): AsyncIterable<Buffer> {
    const buffer = Buffer.allocUnsafe(portion);
    // No further than it went at first: somebody may write faster than this reads.
    for (let at = 0; at < this.size;) {
      const { bytesRead } = await this.file.read(buffer, 0, Math.min(portion, this.size - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async unchanged(): Promise<boolean> {
    const now = await this.file.stat({ bigint: true });
    return now.size === this.first.size && now.mtimeNs === this.first.mtimeNs;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** SHA-256 in hexadecimal. */
export async function digestOf(content: Content): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of content.portions()) hash.update(bytes);
  return hash.digest('hex');
}

/** All of it at once, for what cannot be read in portions. */
export async function wholeOf(portions: AsyncIterable<Buffer>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const bytes of portions) copies.push(Buffer.from(bytes));
  return Buffer.concat(copies);
}
