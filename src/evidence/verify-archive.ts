import { createHash, type KeyObject, verify } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { extract, pack, type Pack } from 'tar-stream';
import { type Manifest, manifestName, readManifest, signatureName } from './manifest.js';
import { addEntry } from './seal-archive.js';
import { fingerprintOf } from './signing-key.js';

export type Verification =
  /** Every byte is as it was signed. */
  | { readonly outcome: 'verified'; readonly manifest: Manifest }
  /** One sentence for each part that is wrong, in the order of the archive. */
  | { readonly outcome: 'wrong'; readonly problems: readonly string[] }
  /** A folder, a pipe or a device: its bytes cannot be read twice. */
  | { readonly outcome: 'no file' };

/** Longer ones are no manifest of ours; the rest is read piece by piece, however large it is. */
const longestManifest = 64 * 1024 * 1024;

interface ReadEntry {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Reads an archive to its last byte. The signature covers the manifest, the manifest every file, and the space between the
 * files is compared with what the same files give when they are packed anew. Throws only what the file system throws.
 */
export async function verifyArchive(file: string, publicKey: KeyObject): Promise<Verification> {
  // Without waiting for somebody at the other end, where it is a pipe.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { size, isFile } = await sizeOf(handle);
    if (!isFile) return { outcome: 'no file' };
    const reading = new ArchiveReading(handle, size);
    const broken = await reading.read(file);
    if (broken !== null) return { outcome: 'wrong', problems: [broken] };
    const problems = [...reading.judge(publicKey)];
    if (problems.length > 0) return { outcome: 'wrong', problems };
    const manifest = readManifest(reading.kept.get(manifestName)?.toString('utf8') ?? '');
    return manifest === null
      ? { outcome: 'wrong', problems: [`${manifestName} is no manifest.`] }
      : { outcome: 'verified', manifest };
  } finally {
    await handle.close();
  }
}

/** The library says it in words that a reader of evidence can do nothing with. */
function whyUnread(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (said.startsWith('Invalid tar header'))
    return 'what follows is no header of a tar file, so that it was changed, or is no archive of evidence';
  if (said.startsWith('Unexpected end')) return 'it ends too early, or bytes were added to its end';
  return said.replace(/\.$/, '');
}

async function sizeOf(handle: FileHandle): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await handle.stat();
  return { size: found.size, isFile: found.isFile() };
}

class ArchiveReading {
  /** The manifest and its signature, whole. */
  readonly kept = new Map<string, Buffer>();
  readonly #entries: ReadEntry[] = [];
  readonly #odd: string[] = [];
  #firstDifference: number | null = null;
  #packed = 0;

  constructor(
    private readonly handle: FileHandle,
    private readonly size: number,
  ) {}

  /** What keeps it from being read at all; null: it was read. */
  async read(file: string): Promise<string | null> {
    const anew = pack();
    const comparing = this.#compare(anew).then(
      () => null,
      (error: unknown) => error,
    );
    const entries = extract();
    const source = createReadStream(file).on('error', (error) => entries.destroy(error));
    source.pipe(entries);
    let broken: string | null = null;
    try {
      // By hand, because what is left early by `for await` waits for the rest all the same.
      const each = entries[Symbol.asyncIterator]();
      for (let at = 0; !(await this.#endsAt(at));) {
        const { value: entry, done } = await each.next();
        if (done === true) break;
        const { name, size, type } = entry.header;
        if (type !== 'file') this.#odd.push(`${name} is not a file; an archive holds nothing else.`);
        await addEntry(anew, name, size, this.#read(name, size, entry));
        at += lengthOf(size);
      }
      anew.finalize();
    } catch (error) {
      const last = this.#entries.at(-1)?.name;
      broken = `The archive cannot be read ${last === undefined ? 'at all' : `behind ${last}`}: ${whyUnread(error)}.`;
      anew.destroy();
    }
    source.destroy();
    entries.destroy();
    const uncompared = await comparing;
    // Whatever was not compared is not known to be what was signed.
    if (broken === null && uncompared !== null) throw uncompared;
    return broken;
  }

  /** Whatever stands behind the end was never packed, and may be as long as a disk: its length tells enough. */
  async #endsAt(position: number): Promise<boolean> {
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(512), 0, 512, position);
    return bytesRead === 512 && buffer.every((byte) => byte === 0);
  }

  async *#read(name: string, size: number, content: AsyncIterable<unknown>): AsyncIterable<Buffer> {
    const hash = createHash('sha256');
    const keep = (name === manifestName || name === signatureName) && size <= longestManifest && !this.kept.has(name);
    const pieces: Buffer[] = [];
    for await (const piece of content) {
      if (!Buffer.isBuffer(piece)) continue;
      hash.update(piece);
      if (keep) pieces.push(piece);
      yield piece;
    }
    if (keep) this.kept.set(name, Buffer.concat(pieces));
    this.#entries.push({ name, bytes: size, sha256: hash.digest('hex') });
  }

  async #compare(anew: Pack): Promise<void> {
    for await (const piece of anew as AsyncIterable<unknown>) {
      if (!Buffer.isBuffer(piece)) continue;
      const { buffer } = await this.handle.read(Buffer.alloc(piece.length), 0, piece.length, this.#packed);
      if (this.#firstDifference === null && !buffer.equals(piece)) {
        const at = piece.findIndex((byte, place) => byte !== buffer[place]);
        this.#firstDifference = this.#packed + Math.max(at, 0);
      }
      this.#packed += piece.length;
    }
  }

  *judge(publicKey: KeyObject): Iterable<string> {
    yield* this.#odd;
    const text = this.kept.get(manifestName);
    const signature = this.kept.get(signatureName);
    if (text === undefined) yield `${manifestName} is missing: this is no archive of evidence, or not a whole one.`;
    if (signature === undefined) yield `${signatureName} is missing: nothing says who made this.`;
    if (text === undefined || signature === undefined) return;

    const manifest = readManifest(text.toString('utf8'));
    const wrongSignature = this.#judgeSignature(text, signature, manifest, publicKey);
    if (wrongSignature !== null) yield wrongSignature;
    if (manifest === null) return;
    yield* this.#judgeFiles(manifest);
    yield* this.#judgeFraming();
  }

  #judgeSignature(text: Buffer, signature: Buffer, manifest: Manifest | null, publicKey: KeyObject): string | null {
    const said = signature.toString('utf8');
    const bytes = Buffer.from(said.trim(), 'base64');
    const isPlain = said === `${bytes.toString('base64')}\n` && bytes.length === 64;
    if (isPlain && verify(null, text, publicKey, bytes)) return null;
    const key = fingerprintOf(publicKey);
    if (manifest !== null && manifest.signedBy !== key) {
      return `It says that it was signed with the key ${manifest.signedBy}, and it is verified with the key ${key}.`;
    }
    return `${manifestName} or ${signatureName} was changed: the signature does not fit the key ${key}.`;
  }

  *#judgeFiles({ files }: Manifest): Iterable<string> {
    const found = new Map<string, ReadEntry>();
    for (const entry of this.#entries) {
      if (found.has(entry.name)) yield `${entry.name} is in the archive twice.`;
      found.set(entry.name, entry);
    }
    const named = new Set(files.map(({ name }) => name));
    for (const { name, sha256 } of files) {
      const entry = found.get(name);
      if (entry === undefined) yield `${name} is missing.`;
      else if (entry.sha256 !== sha256)
        yield `${name} was changed: its SHA-256 is ${entry.sha256}, and ${sha256} was signed.`;
    }
    for (const { name } of this.#entries) {
      if (name !== manifestName && name !== signatureName && !named.has(name)) {
        yield `${name} was added: the manifest does not name it.`;
      }
    }
    const order = [manifestName, signatureName, ...files.map(({ name }) => name)];
    const present = this.#entries.map(({ name }) => name).filter((name) => order.includes(name));
    const expected = order.filter((name) => found.has(name));
    if (present.length === expected.length && present.some((name, place) => name !== expected[place])) {
      yield 'The files stand in another order than they were signed in.';
    }
  }

  /** What stands between the files: names and sizes were checked with them, so this is everything else. */
  *#judgeFraming(): Iterable<string> {
    if (this.#firstDifference !== null) {
      yield `The bytes around ${this.#entryAt(this.#firstDifference)} were changed, at ${this.#firstDifference} of the archive.`;
    }
    if (this.size < this.#packed) yield 'The end of the archive is missing.';
    if (this.size > this.#packed) yield `${this.size - this.#packed} bytes were added behind the end of the archive.`;
  }

  #entryAt(position: number): string {
    let start = 0;
    for (const { name, bytes } of this.#entries) {
      const end = start + lengthOf(bytes);
      if (position < end) return name;
      start = end;
    }
    return 'its end';
  }
}

/** Of an entry with its header, in the archive. */
function lengthOf(bytes: number): number {
  return 512 + Math.ceil(bytes / 512) * 512;
}
