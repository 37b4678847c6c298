import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.js';
import { temporaryFolder } from '../support/database-process.js';
import { runCommand } from '../support/recorded-session.js';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'dist/src/cli/hubwarden.js');

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  const { status, err } = await runCommand(['demo'], { HUBWARDEN_DATA_DIR: join(folder, 'live') });
  if (status !== 0) throw new Error(err);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The script as it stands in docs/operations.md, with the program of this checkout. */
async function rehearse(backup: string): Promise<{ status: number; out: string; err: string }> {
  const env = { PATH: process.env['PATH'], TMPDIR: folder, HUBWARDEN: `${process.execPath} ${program}` };
  const ran = promisify(execFile)('sh', [join(root, 'deploy/rehearse-restore.sh'), 'folder', backup], { env });
  return ran.then(
    ({ stdout, stderr }) => ({ status: 0, out: stdout, err: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      status: error.code,
      out: error.stdout,
      err: error.stderr,
    }),
  );
}

it('a copied data directory gives back the trail, the last evaluation and evidence', async () => {
  const { out, err, status } = await rehearse(join(folder, 'live'));
  expect({ status, err: status === 0 ? '' : err }).toEqual({ status: 0, err: '' });
  expect(out).toContain('The trail is whole');
  expect(out).toContain('\nidentical\n');
  expect(out).toContain('Verified: ');
  expect(out).toMatch(/The backup is good\.\n$/);
}, 90_000);

it('what came back otherwise than it was is no good backup', async () => {
  const dataDir = join(folder, 'live');
  const database = await openDatabase({ databaseUrl: null, dataDir }, [], () => undefined);
  if ('mistake' in database) throw new Error(database.mistake);
  await database.dataSource.query(
    `update verdict set outcome = 'pass' where id = (select min(id) from verdict where outcome = 'fail')`,
  );
  await database.close();
  const { status, out } = await rehearse(dataDir);
  expect(status).toBe(3);
  expect(out).toContain('different, first in results: ');
  expect(out).not.toContain('The backup is good');
}, 90_000);

it('a folder that is no data directory is refused', async () => {
  expect(await rehearse(folder)).toMatchObject({ status: 1, err: expect.stringContaining('has no postgres/data') });
});
