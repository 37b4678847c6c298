import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { JudgedCompany } from '../support/company.js';
import { testDatabase } from '../support/database.js';
import { type CommandResult, runCommand } from '../support/recorded-session.js';

const now = '2026-11-21T02:00:00.000Z';
const encryptionKey = Buffer.alloc(32, 5).toString('base64');

let company: JudgedCompany;
let folder: string;
let archive: string;
let publicKey: string;

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany(now));
  await company.night(now);
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-evidence-cli-'));
  archive = join(folder, 'evidence.tar');
  publicKey = join(folder, 'public.pem');
  await symlink(join(folder, 'nothing.tar'), join(folder, 'dangling.tar'));
  await symlink('/dev/zero', join(folder, 'endless.pem'));
});
afterAll(async () => {
  await company.stop();
  await rm(folder, { recursive: true, force: true });
});

function evidence(args: readonly string[], variables: Record<string, string> = {}): Promise<CommandResult> {
  return runCommand(['evidence', ...args], {
    HUBWARDEN_ENCRYPTION_KEY: encryptionKey,
    DATABASE_URL: company.database.url,
    ...variables,
  });
}

/** Somebody else's machine: neither the database nor the key of the installation. */
const elsewhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing', HUBWARDEN_ENCRYPTION_KEY: '' };

it('is exported, handed over with the key, and verified where there is neither database nor installation', async () => {
  const written = await evidence(['export', '--from', '2026-11-21', '--to', '2026-11-21', '--output', archive]);
  expect(written).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^\S+evidence\.tar: \d+ files about 2026-11-21T02/),
  });
  expect(written.out).toContain('the record does not reach further');
  const key = await evidence(['key']);
  expect(key).toMatchObject({ status: 0, out: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/) });
  await writeFile(publicKey, key.out);
  const verified = await evidence(['verify', archive, '--key', publicKey], elsewhere);
  expect(verified).toMatchObject({ status: 0, out: expect.stringMatching(/^Verified: \d+ files, as signed at /) });
  expect(await evidence(['verify', archive])).toMatchObject({ status: 0 });
});

it('is not verified once a bit of it was flipped, and the part is named', async () => {
  const bytes = await readFile(archive);
  const place = bytes.indexOf('"acmeci"');
  bytes.writeUInt8((bytes[place + 2] ?? 0) ^ 1, place + 2);
  const tampered = join(folder, 'tampered.tar');
  await writeFile(tampered, bytes);
  const verified = await evidence(['verify', tampered, '--key', publicKey], elsewhere);
  expect(verified).toMatchObject({
    status: 2,
    out: expect.stringMatching(/^\S+ was changed: its SHA-256 is [^\n]+\nThis is not what was signed\.\n$/),
  });
});

it('is not verified with the key of another installation, whose fingerprints are named', async () => {
  const other = await evidence(['verify', archive], {
    ...elsewhere,
    HUBWARDEN_ENCRYPTION_KEY: Buffer.alloc(32, 6).toString('base64'),
  });
  expect(other).toMatchObject({
    status: 2,
    out: expect.stringMatching(/signed with the key [0-9a-f]{64}, and it is verified/),
  });
});

it.each([
  ['verifies nothing', (file: string) => ['verify', file]],
  ['prints no key', () => ['key']],
])('%s where there is no installation, and does not begin one', async (_, args) => {
  const nobodys = join(folder, 'nobodys');
  const refused = await evidence(args(archive), { ...elsewhere, HUBWARDEN_DATA_DIR: nobodys });
  expect(refused).toMatchObject({ status: 2, out: '', err: expect.stringContaining('there is no installation here') });
  await expect(readdir(nobodys)).rejects.toThrow('ENOENT');
});

it.each([
  [
    'a day that is none',
    ['--from', '2026-02-30', '--to', '2026-03-01'],
    '--from is `2026-02-30`; expected a day such as',
  ],
  ['a day before all time', ['--from', '0000-01-01', '--to', '2026-11-21'], '--from is `0000-01-01`; expected a day'],
  ['a day behind all time', ['--from', '2026-11-21', '--to', '9999-12-31'], '--to is `9999-12-31`; expected a day'],
  ['a time that has not come', ['--from', '2030-01-01', '--to', '2030-02-01'], 'nothing was evaluated from 2030-01-01'],
  ['days the wrong way round', ['--from', '2026-03-02', '--to', '2026-03-01'], '--to is 2026-03-01, before --from'],
  ['a time before the record', ['--from', '2025-01-01', '--to', '2025-02-01'], 'the record reaches from 2026-11-21'],
  [
    'a check that is none',
    ['--from', '2026-11-21', '--to', '2026-11-21', '--check', 'owner-cuont'],
    'did you mean owner-count?',
  ],
  [
    'a framework that is none',
    ['--from', '2026-11-21', '--to', '2026-11-21', '--framework', 'SOC 9'],
    'expected one of SOC 2,',
  ],
])('refuses %s with a sentence, and writes nothing', async (_, args, sentence) => {
  const output = join(folder, 'refused.tar');
  const refused = await evidence(['export', ...args, '--output', output]);
  expect(refused).toMatchObject({ status: 2, out: '', err: expect.stringContaining(sentence) });
  expect(refused.err.trim().split('\n')).toHaveLength(1);
  await expect(readFile(output)).rejects.toThrow('ENOENT');
});

it.each([
  ['a folder', () => folder, 'is a folder; expected the name of a file'],
  ['a folder that is not there', () => join(folder, 'nowhere', 'x.tar'), 'the folder is not there'],
  ['a device', () => '/dev/null', 'is no ordinary file'],
  ['nothing', () => ' ', '--output is empty'],
  ['a link that leads nowhere', () => join(folder, 'dangling.tar'), 'is no ordinary file'],
])('refuses to write into %s before anything is read', async (_, output, sentence) => {
  const refused = await evidence(['export', '--from', '2026-11-21', '--to', '2026-11-21', '--output', output()]);
  expect(refused).toMatchObject({ status: 2, out: '', err: expect.stringContaining(sentence) });
});

it('is not written any further once somebody asks it to stop, and leaves nothing behind', async () => {
  const before = await readdir(folder);
  const args = ['evidence', 'export', '--from', '2026-11-21', '--to', '2026-11-21', '--output', join(folder, 'no.tar')];
  const variables = { HUBWARDEN_ENCRYPTION_KEY: encryptionKey, DATABASE_URL: company.database.url };
  const stopped = await runCommand(args, variables, AbortSignal.abort());
  expect(stopped).toMatchObject({ status: 3, out: '', err: expect.stringContaining('hubwarden: stopped') });
  expect(await readdir(folder)).toEqual(before);
});

it('is written where a link leads, and without the spaces around a name', async () => {
  const link = join(folder, 'link.tar');
  const target = join(folder, 'target.tar');
  await writeFile(target, 'what was there');
  await symlink(target, link);
  const written = await evidence(['export', '--from', '2026-11-21', '--to', '2026-11-21', '--output', ` ${link} `]);
  expect(written).toMatchObject({ status: 0, err: expect.not.stringContaining('broke down') });
  expect(await readlink(link)).toBe(target);
  expect(await evidence(['verify', target])).toMatchObject({ status: 0 });
});

it('says that nothing was evaluated yet', async () => {
  const empty = await testDatabase();
  try {
    const args = ['export', '--from', '2026-11-21', '--to', '2026-11-21', '--output', join(folder, 'none.tar')];
    expect(await evidence(args, { DATABASE_URL: empty.url })).toMatchObject({
      status: 2,
      err: expect.stringContaining('nothing was evaluated yet'),
    });
  } finally {
    await empty.drop();
  }
});

it.each([
  ['an archive that is not there', 'nowhere.tar', 'public.pem', /nowhere\.tar cannot be read \(ENOENT\)/],
  ['a folder', '.', 'public.pem', /is no ordinary file; expected an archive of evidence/],
  ['a key that is not there', 'evidence.tar', 'nowhere.pem', /nowhere\.pem cannot be read \(ENOENT\)/],
  ['a key that never ends', 'evidence.tar', 'endless.pem', /endless\.pem holds no public key; expected PEM/],
  ['a key that is none', 'evidence.tar', 'evidence.tar', /holds no public key; expected PEM/],
])('refuses to verify %s', async (_, file, key, sentence) => {
  const refused = await evidence(['verify', join(folder, file), '--key', join(folder, key)], elsewhere);
  expect(refused).toMatchObject({ status: 2, err: expect.stringMatching(sentence) });
});
