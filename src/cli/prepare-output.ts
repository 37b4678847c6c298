import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from '../config/error-code.js';
import type { Output } from './terminal.js';

/** Where a report goes. Nothing is written before `write` is called. */
export interface ReportTarget {
  readonly isFile: boolean;
  write(pieces: Pieces): Promise<void>;
}

/** A text in parts, which may still be on their way. */
type Pieces = Iterable<string> | AsyncIterable<string>;

const chunkSize = 64 * 1024;

/** Standard output where no file is named. A file that cannot be written is a mistake before the run, not after it. */
export async function prepareOutput(
  file: string | undefined,
  output: Output,
): Promise<ReportTarget | { readonly mistake: string }> {
  if (file === undefined) return { isFile: false, write: (pieces) => writeAll(pieces, (text) => output.write(text)) };
  if (file === '') return { mistake: '--output is empty; expected the name of a file' };
  // Opened anew, a file behind it would lose what stands there, and a reader that has gone would be a failure.
  if (standardOutput.includes(resolve(file)))
    return { isFile: true, write: (pieces) => writeAll(pieces, (text) => output.write(text)) };
  try {
    const found = await stat(file);
    if (found.isDirectory()) return { mistake: `--output ${file} is a folder; expected the name of a file` };
    if (found.isSocket()) return { mistake: `--output ${file} is a socket; expected a file, a pipe or a device` };
    if (found.isFile()) return await besideIt(await realpath(file), file);
    // Pipes and devices are written into; a rename would replace them. What they lead to need not have a path.
    await access(file, constants.W_OK);
    return { isFile: true, write: (pieces) => writeInto(file, pieces) };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return besideIt(resolve(file), file);
    return {
      mistake:
        code === 'EACCES' || code === 'EPERM'
          ? `--output ${file} may not be written to by this user; expected a file that may`
          : `--output ${file} cannot be looked at (${code ?? 'unknown error'}); expected a file in a folder that this user may write to`,
    };
  }
}

const standardOutput: readonly string[] = ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

async function besideIt(target: string, file: string): Promise<ReportTarget | { readonly mistake: string }> {
  const folder = dirname(target);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const problem = errorCode(error) === 'ENOENT' ? 'the folder is not there' : 'the folder cannot be written to';
    return { mistake: `--output ${file}: ${problem}; expected a file in a folder that this user may write to` };
  }
  return { isFile: true, write: (pieces) => replace(target, pieces) };
}

/** Whoever reads the file sees the old report or the new one, never half of it. */
async function replace(target: string, pieces: Pieces): Promise<void> {
  const draft = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeInto(draft, pieces);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeInto(target: string, pieces: Pieces): Promise<void> {
  const handle = await open(target, 'w');
  try {
    await writeAll(pieces, async (text) => {
      await handle.writeFile(text);
    });
  } finally {
    await handle.close();
  }
}

async function writeAll(pieces: Pieces, write: (text: string) => Promise<void>): Promise<void> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkSize) continue;
    await write(chunk);
    chunk = '';
  }
  if (chunk !== '') await write(chunk);
}
