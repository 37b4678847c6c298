import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadEncryptionKey } from './encryption-key.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the environment decides where it holds a key, and nothing is written', async () => {
  const key = Buffer.alloc(32, 1);
  expect(await loadEncryptionKey({ encryptionKey: key, dataDir: folder })).toBe(key);
  expect(await readdir(folder)).toEqual([]);
});

test('is generated once, for this user alone, and read again', async () => {
  const dataDir = join(folder, 'new', 'data');
  const first = await loadEncryptionKey({ encryptionKey: null, dataDir });
  expect(first).toHaveLength(32);
  expect(await loadEncryptionKey({ encryptionKey: null, dataDir })).toEqual(first);
  expect(await readdir(dataDir)).toEqual(['encryption.key']);
  expect((await stat(join(dataDir, 'encryption.key'))).mode & 0o777).toBe(0o600);
});

test('twenty that start at once agree on one key', async () => {
  const keys = await Promise.all(
    Array.from({ length: 20 }, () => loadEncryptionKey({ encryptionKey: null, dataDir: folder })),
  );
  expect(new Set(keys.map((key) => (Buffer.isBuffer(key) ? key.toString('hex') : 'mistake'))).size).toBe(1);
  expect(await readdir(folder)).toEqual(['encryption.key']);
});

test('a damaged file is a mistake and is not replaced', async () => {
  const file = join(folder, 'encryption.key');
  await writeFile(file, 'c2hvcnQ=\n');
  const loaded = await loadEncryptionKey({ encryptionKey: null, dataDir: folder });
  expect(JSON.stringify(loaded)).toContain(`${file} does not hold 32 bytes`);
  expect(JSON.stringify(loaded)).not.toContain('c2hvcnQ');
  expect(await readFile(file, 'utf8')).toBe('c2hvcnQ=\n');
});

test('a data directory that cannot hold it is a mistake', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(JSON.stringify(await loadEncryptionKey({ encryptionKey: null, dataDir: join(file, 'data') }))).toContain(
    'expected a folder in HUBWARDEN_DATA_DIR that this user may write to',
  );
});
