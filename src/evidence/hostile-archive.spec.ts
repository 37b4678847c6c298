import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidenceSchema, manifestName, signatureName } from './manifest.js';
import { entryHeader, sealArchive } from './seal-archive.js';
import { fingerprintOf, publicKeyOf, signingKey } from './signing-key.js';
import { type Verification, verifyArchive } from './verify-archive.js';

const key = signingKey(Buffer.alloc(32, 7));
const publicKey = publicKeyOf(key);
const text = 'who,when\n';

let folder: string;
let manifest: string;
let signature: string;

interface Entry {
  readonly header: Parameters<ReturnType<typeof pack>['entry']>[0];
  readonly content: string;
}

const file = (name: string, content: string): Entry => ({
  header: entryHeader(name, Buffer.byteLength(content)),
  content,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-hostile-'));
  const content = await mkdtemp(join(folder, 'content-'));
  await writeFile(join(content, 'findings.csv'), text);
  const whole = join(folder, 'whole.tar');
  const head = { schema: evidenceSchema, signedBy: fingerprintOf(publicKey), createdAt: '', about: {} } as const;
  await sealArchive(content, head, key, whole);
  await promisify(execFile)('tar', ['-xf', whole, '-C', folder]);
  manifest = await readFile(join(folder, manifestName), 'utf8');
  signature = await readFile(join(folder, signatureName), 'utf8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function verified(entries: readonly Entry[]): Promise<Verification> {
  const archive = pack();
  for (const { header, content } of entries) archive.entry(header, content);
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive as AsyncIterable<Buffer>) pieces.push(piece);
  const path = join(folder, 'hostile.tar');
  await writeFile(path, Buffer.concat(pieces));
  return verifyArchive(path, publicKey);
}

const signed = (): Entry[] => [file(manifestName, manifest), file(signatureName, signature)];

describe('an archive that somebody made from a signed one', () => {
  it('is verified while nothing was done to it', async () => {
    expect(await verified([...signed(), file('findings.csv', text)])).toMatchObject({ outcome: 'verified' });
  });

  const evil = createHash('sha256').update('evil').digest('hex');
  it.each([
    ['a file twice, the second one other', () => [file('findings.csv', text), file('findings.csv', 'evil')]],
    ['a file twice, the first one other', () => [file('findings.csv', 'evil'), file('findings.csv', text)]],
    ['the same file twice', () => [file('findings.csv', text), file('findings.csv', text)]],
    ['a file outside of it', () => [file('findings.csv', text), file('../findings.csv', text)]],
    ['a file of an absolute path', () => [file('findings.csv', text), file('/etc/cron.d/evil', text)]],
    ['a second manifest', () => [file('findings.csv', text), file(manifestName, manifest)]],
    [
      'a second manifest that names another file',
      () => [
        file('findings.csv', text),
        file(manifestName, manifest.replace(/"sha256": "\w+"/, `"sha256": "${evil}"`)),
        file('evil.csv', 'evil'),
      ],
    ],
    ['a second signature', () => [file('findings.csv', text), file(signatureName, signature)]],
    [
      'a link in place of a file',
      () => [{ header: { ...entryHeader('findings.csv', 0), type: 'symlink', linkname: '/etc/passwd' }, content: '' }],
    ],
    [
      'a link beside the files',
      () => [
        file('findings.csv', text),
        { header: { ...entryHeader('latest', 0), type: 'symlink', linkname: 'findings.csv' }, content: '' },
      ],
    ],
    [
      'a folder',
      () => [{ header: { ...entryHeader('raw', 0), type: 'directory' }, content: '' }, file('findings.csv', text)],
    ],
    [
      'a name that an extended header gives',
      () => [{ header: { ...entryHeader('findings.csv', text.length), pax: { path: 'findings.csv' } }, content: text }],
    ],
    [
      'a comment in an extended header',
      () => [{ header: { ...entryHeader('findings.csv', text.length), pax: { comment: 'evil' } }, content: text }],
    ],
    ['another owner', () => [{ header: { ...entryHeader('findings.csv', text.length), uid: 7 }, content: text }]],
    [
      'a file with rights of its own',
      () => [{ header: { ...entryHeader('findings.csv', text.length), mode: 0o4755 }, content: text }],
    ],
    ['a file named like what objects have', () => [file('findings.csv', text), file('__proto__', '{}')]],
  ] satisfies [string, () => Entry[]][])('is not verified with %s', async (_, added) => {
    expect(await verified([...signed(), ...added()])).toMatchObject({
      outcome: 'wrong',
      problems: expect.arrayContaining([expect.any(String)]),
    });
  });

  it.each([
    ['a field that objects inherit', (one: string) => one.replace('{', '{"__proto__":{"files":[]},')],
    ['a field twice', (one: string) => one.replace('"files"', '"files":[],"files"')],
    ['a space more', (one: string) => one.replace('{', '{ ')],
    ['no files', () => JSON.stringify({ schema: evidenceSchema, signedBy: '', createdAt: '', about: {}, files: [] })],
    ['no sense', () => 'null'],
  ])('is not verified with a manifest with %s', async (_, change) => {
    const entries = [file(manifestName, change(manifest)), file(signatureName, signature), file('findings.csv', text)];
    expect(await verified(entries)).toMatchObject({ outcome: 'wrong' });
  });

  it.each([
    ['no line end', (one: string) => one.trimEnd()],
    ['a line more', (one: string) => `${one}\n`],
    ['another alphabet', (one: string) => one.replaceAll('+', '-').replaceAll('/', '_').replace('==', '')],
    ['nothing', () => ''],
  ])('is not verified with a signature with %s', async (_, change) => {
    const entries = [file(manifestName, manifest), file(signatureName, change(signature)), file('findings.csv', text)];
    expect(await verified(entries)).toMatchObject({ outcome: 'wrong' });
  });

  it('is not verified in another order', async () => {
    const entries = [file('findings.csv', text), ...signed()];
    expect(await verified(entries)).toMatchObject({ outcome: 'wrong' });
  });
});

it.each([
  ['a header that says it is longer than the archive', '77777777777'],
  ['a header whose length is no number', 'zzzzzzzzzzz'],
  ['a header whose length is below zero', '-0000000001'],
])('says of %s that it cannot be read', async (_, size) => {
  const bytes = await readFile(join(folder, 'whole.tar'));
  bytes.write(size, bytes.indexOf('findings.csv\0') + 124, 'latin1');
  const start = bytes.indexOf('findings.csv\0');
  bytes.write('        ', start + 148, 'latin1');
  const sum = bytes.subarray(start, start + 512).reduce((all, byte) => all + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, start + 148, 'latin1');
  const path = join(folder, 'sizes.tar');
  await writeFile(path, bytes);
  expect(await verifyArchive(path, publicKey)).toMatchObject({ outcome: 'wrong' });
});

it('reads ordinary files alone: a pipe that nobody writes into is not waited for', async () => {
  const pipe = join(folder, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  expect(await verifyArchive(pipe, publicKey)).toEqual({ outcome: 'no file' });
  expect(await verifyArchive(folder, publicKey)).toEqual({ outcome: 'no file' });
});

const huge = 2 ** 36;

it.each<[string, () => Promise<string>, string]>([
  ['of nothing but zeros', () => writeTo('zeros.tar', Buffer.alloc(0)), 'manifest.json is missing: '],
  [
    'with zeros behind its end',
    async () => writeTo('tail.tar', await readFile(join(folder, 'whole.tar'))),
    ' bytes were added behind the end of the archive.',
  ],
])('does not read a huge file %s to its end', async (_, written, said) => {
  const path = await written();
  await truncate(path, huge);
  const verification = await verifyArchive(path, publicKey);
  expect(verification).toMatchObject({
    outcome: 'wrong',
    problems: expect.arrayContaining([expect.stringContaining(said)]),
  });
});

async function writeTo(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
