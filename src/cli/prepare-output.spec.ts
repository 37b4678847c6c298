import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ReportTarget, prepareOutput } from './prepare-output.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-output-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

class Kept {
  text = '';
  readonly terminal = null;
  readonly colours = false;
  async write(text: string): Promise<void> {
    this.text += text;
  }
}

async function target(file?: string): Promise<ReportTarget> {
  const prepared = await prepareOutput(file, new Kept());
  if ('mistake' in prepared) throw new Error(prepared.mistake);
  return prepared;
}

function* broken(): Generator<string> {
  yield 'half';
  throw new Error('broke off');
}

test('without a file everything goes to standard output', async () => {
  const kept = new Kept();
  const prepared = await prepareOutput(undefined, kept);
  if ('mistake' in prepared) throw new Error(prepared.mistake);
  await prepared.write(['a', 'b'.repeat(200_000), 'c']);
  expect(kept.text).toBe(`a${'b'.repeat(200_000)}c`);
});

test('a file is replaced as a whole, and nothing is left beside it', async () => {
  const file = join(folder, 'report.json');
  await writeFile(file, 'old');
  await (await target(file)).write(['new', ' one']);
  expect(await readFile(file, 'utf8')).toBe('new one');
  expect(await readdir(folder)).toEqual(['report.json']);
});

test('a report that breaks off leaves the old file', async () => {
  const file = join(folder, 'report.json');
  await writeFile(file, 'old');
  await expect((await target(file)).write(broken())).rejects.toThrow('broke off');
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['report.json']);
});

test('a link stays a link', async () => {
  await mkdir(join(folder, 'real'));
  await writeFile(join(folder, 'real', 'report'), 'old');
  await symlink(join(folder, 'real', 'report'), join(folder, 'link'));
  await (await target(join(folder, 'link'))).write(['new']);
  expect(await readFile(join(folder, 'real', 'report'), 'utf8')).toBe('new');
});

test('a pipe is written into, not replaced', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [read] = await Promise.all([readFile(pipe, 'utf8'), target(pipe).then((prepared) => prepared.write(['gone']))]);
  expect(read).toBe('gone');
  expect((await lstat(pipe)).isFIFO()).toBe(true);
});

test.each(['/dev/stdout', '/dev/../dev/fd/1'])('%s is standard output', async (file) => {
  const kept = new Kept();
  const prepared = await prepareOutput(file, kept);
  if ('mistake' in prepared) throw new Error(prepared.mistake);
  await prepared.write(['a', 'b']);
  expect(kept.text).toBe('ab');
});

test('a device is written into, not replaced', async () => {
  await (await target('/dev/null')).write(['gone']);
  expect(await readFile('/dev/null', 'utf8')).toBe('');
});

test('what cannot be written is a mistake before anything is written', async () => {
  expect(await prepareOutput(folder, new Kept())).toEqual({
    mistake: `--output ${folder} is a folder; expected the name of a file`,
  });
  expect(await prepareOutput(join(folder, 'no', 'report'), new Kept())).toEqual({
    mistake: `--output ${join(folder, 'no', 'report')}: the folder is not there; expected a file in a folder that this user may write to`,
  });
  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(await prepareOutput(join(file, 'report'), new Kept())).toEqual({
    mistake: `--output ${join(file, 'report')} cannot be looked at (ENOTDIR); expected a file in a folder that this user may write to`,
  });
  expect(await prepareOutput('', new Kept())).toEqual({
    mistake: '--output is empty; expected the name of a file',
  });
});

test('a socket is a mistake', async () => {
  const socket = join(folder, 'socket');
  const server = createServer().listen(socket);
  await once(server, 'listening');
  try {
    expect(await prepareOutput(socket, new Kept())).toEqual({
      mistake: `--output ${socket} is a socket; expected a file, a pipe or a device`,
    });
  } finally {
    server.close();
  }
});
