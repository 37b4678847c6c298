import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidenceSchema } from './manifest.js';
import { sealArchive } from './seal-archive.js';
import { fingerprintOf, publicKeyOf, signingKey } from './signing-key.js';
import { verifyArchive } from './verify-archive.js';

const key = signingKey(Buffer.alloc(32, 7));
const publicKey = publicKeyOf(key);
const head = {
  schema: evidenceSchema,
  signedBy: fingerprintOf(publicKey),
  createdAt: '2026-11-21T02:00:00.000Z',
  about: { from: '2026-01-01', to: '2026-06-30' },
} as const;

let folder: string;
let archive: string;
let whole: Buffer;

async function write(name: string, content: string | Buffer): Promise<void> {
  await mkdir(join(folder, 'content', name, '..'), { recursive: true });
  await writeFile(join(folder, 'content', name), content);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-archive-'));
  archive = join(folder, 'evidence.tar');
  await write('README.txt', 'What this is.\n');
  await write('findings.csv', 'id,check\n1,owner-count\n');
  await write('raw/acme/members.jsonl', '{"id":"0ab7"}\n');
  await write('empty.json', '');
  await sealArchive(join(folder, 'content'), head, key, archive);
  whole = await readFile(archive);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The sentences about an archive of these bytes; none: it is verified. */
async function problemsOf(bytes: Buffer): Promise<readonly string[]> {
  const file = join(folder, 'tampered.tar');
  await writeFile(file, bytes);
  const verification = await verifyArchive(file, publicKey);
  return verification.outcome === 'wrong' ? verification.problems : [];
}

function placeOf(text: string): number {
  const place = whole.lastIndexOf(text);
  expect(place).toBeGreaterThan(0);
  return place;
}

describe('an archive', () => {
  it('is verified with the public key alone', async () => {
    const verification = await verifyArchive(archive, publicKey);
    expect(verification).toMatchObject({ outcome: 'verified', manifest: { about: head.about } });
  });

  it('is the same for the same files', async () => {
    const again = join(folder, 'again.tar');
    await sealArchive(join(folder, 'content'), head, key, again);
    expect((await readFile(again)).equals(whole)).toBe(true);
  });

  it('is not one where any single bit was flipped', async () => {
    const missed: number[] = [];
    for (let place = 0; place < whole.length; place += 1) {
      // All of the first headers and the texts, and one byte in eleven of the long runs of nothing.
      if (whole[place] === 0 && place % 11 !== 0) continue;
      const bytes = Buffer.from(whole);
      bytes.writeUInt8((whole[place] ?? 0) ^ (1 << (place % 8)), place);
      if ((await problemsOf(bytes)).length === 0) missed.push(place);
    }
    expect(missed).toEqual([]);
  });

  it('says which file was changed', async () => {
    const bytes = Buffer.from(whole);
    bytes.write('9', placeOf('1,owner-count'));
    expect(await problemsOf(bytes)).toEqual([expect.stringMatching(/^findings\.csv was changed: its SHA-256 is /)]);
  });

  it('says where something stands that no file is', async () => {
    const bytes = Buffer.from(whole);
    bytes.write('hidden', placeOf('What this is.\n') + 100);
    expect(await problemsOf(bytes)).toEqual([expect.stringMatching(/^The bytes around README\.txt were changed/)]);
  });

  it('says that something was added behind its end, or is missing there', async () => {
    expect(await problemsOf(Buffer.concat([whole, Buffer.alloc(512)]))).toEqual([
      '512 bytes were added behind the end of the archive.',
    ]);
    expect(await problemsOf(Buffer.concat([whole, Buffer.from('more')]))).not.toEqual([]);
    expect(await problemsOf(whole.subarray(0, whole.length - 512))).not.toEqual([]);
    expect(await problemsOf(whole.subarray(0, 700))).toEqual([
      'The archive cannot be read at all: it ends too early, or bytes were added to its end.',
    ]);
    expect(await problemsOf(Buffer.alloc(0))).not.toEqual([]);
    expect(await problemsOf(randomBytes(2_048))).toEqual([
      'The archive cannot be read at all: what follows is no header of a tar file, so that it was changed, or is no archive of evidence.',
    ]);
  });

  it('says which file is missing, and which was added', async () => {
    const other = join(folder, 'other.tar');
    const extra = await mkdtemp(join(folder, 'extra-'));
    await writeFile(join(extra, 'README.txt'), 'What this is.\n');
    await writeFile(join(extra, 'more.txt'), 'x');
    await sealArchive(extra, head, key, other);
    const foreign = await readFile(other);
    // The manifest and the signature of the one, before the files of the other.
    const ends = (bytes: Buffer): number => bytes.indexOf('README.txt\0');
    const bytes = Buffer.concat([whole.subarray(0, ends(whole)), foreign.subarray(ends(foreign))]);
    expect(await problemsOf(bytes)).toEqual([
      'empty.json is missing.',
      'findings.csv is missing.',
      'raw/acme/members.jsonl is missing.',
      'more.txt was added: the manifest does not name it.',
    ]);
  });

  it('names both keys where it is verified with another one', async () => {
    const stranger = generateKeyPairSync('ed25519').publicKey;
    const verification = await verifyArchive(archive, stranger);
    expect(verification).toEqual({
      outcome: 'wrong',
      problems: [
        `It says that it was signed with the key ${fingerprintOf(publicKey)}, and it is verified with the key ${fingerprintOf(stranger)}.`,
      ],
    });
  });
});
