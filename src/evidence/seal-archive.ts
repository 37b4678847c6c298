import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import {
  type Manifest,
  type ManifestHead,
  manifestName,
  manifestText,
  type SealedFile,
  signatureName,
} from './manifest.js';

/**
 * Everything that a tar header could say beside name and size is the same in every archive, so that whoever verifies one can
 * write it anew from its files and must get the same bytes: nothing can hide between them.
 */
export function entryHeader(name: string, size: number): { name: string; size: number; mode: number; mtime: Date } {
  return { name, size, mode: 0o644, mtime: new Date(0) };
}

/**
 * Writes every file below the folder into one signed archive, in place of whatever stood at `output`, and only once it is
 * whole. Returns what it says of itself.
 */
export async function sealArchive(
  folder: string,
  head: ManifestHead,
  key: KeyObject,
  output: string,
): Promise<Manifest> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();
  const files: SealedFile[] = [];
  for (const name of names) files.push(await describeFile(folder, name));
  const manifest: Manifest = { ...head, files };
  const text = Buffer.from(manifestText(manifest));
  const signature = Buffer.from(`${sign(null, text, key).toString('base64')}\n`);

  // A name of its own: two that write in the same place at once must not write into each other.
  const draft = `${output}.${randomBytes(6).toString('hex')}.partial`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    const archive = pack();
    await Promise.all([drain(archive, handle), fill(archive, folder, files, { text, signature })]);
    await handle.sync();
    await handle.close();
    await rename(draft, output);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
  return manifest;
}

async function drain(archive: Pack, handle: FileHandle): Promise<void> {
  for await (const piece of archive as AsyncIterable<unknown>) {
    if (Buffer.isBuffer(piece)) await handle.writeFile(piece);
  }
}

async function fill(
  archive: Pack,
  folder: string,
  files: readonly SealedFile[],
  { text, signature }: { readonly text: Buffer; readonly signature: Buffer },
): Promise<void> {
  try {
    await addEntry(archive, manifestName, text.length, [text]);
    await addEntry(archive, signatureName, signature.length, [signature]);
    for (const { name, bytes } of files) {
      await addEntry(archive, name, bytes, createReadStream(join(folder, name)));
    }
    archive.finalize();
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** Puts one file into an archive, piece by piece. */
export async function addEntry(
  archive: Pack,
  name: string,
  size: number,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  let settle: (error?: Error | null) => void = () => undefined;
  const written = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  // Where the content breaks off, its own error tells more than this one would.
  written.catch(() => undefined);
  const entry = archive.entry(entryHeader(name, size), settle);
  for await (const piece of content) {
    if (!entry.write(piece)) await Promise.race([once(entry, 'drain'), written]);
  }
  entry.end(undefined);
  await written;
}

async function describeFile(folder: string, name: string): Promise<SealedFile> {
  const hash = createHash('sha256');
  const path = join(folder, name);
  await pipeline(createReadStream(path), hash);
  return { name, bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}
