import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Mistake } from '../mistake.js';

/** A user of this machine under whom the database server runs. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** What a short-lived program of ours did. `output` holds both of its streams. */
export interface Ran {
  /** Null: it could not be started, or a signal ended it. */
  readonly code: number | null;
  readonly output: string;
}

/**
 * PostgreSQL refuses to run as root. Null: this process is not root, so the server runs as ourselves; otherwise the
 * account that root hands the server to.
 */
export function serverAccount(): Account | null | Mistake {
  if (process.getuid?.() !== 0) return null;
  const accounts = knownAccounts();
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const account = accounts.find((each) => each.name === name && each.uid !== 0);
    if (account) return account;
  }
  return {
    mistake:
      'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody" to run it as. ' +
      'Start Hubwarden as an ordinary user, or set DATABASE_URL.',
  };
}

/** The account that owns a file, for root, who must run the server of an existing database as its owner. */
export async function ownerOf(path: string): Promise<Account> {
  const { uid, gid } = await stat(path);
  return { name: knownAccounts().find((each) => each.uid === uid)?.name ?? `number ${uid}`, uid, gid };
}

function knownAccounts(): Account[] {
  let text: string;
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    // macOS writes the user nobody as -2; files carry the same number unsigned.
    return name && /^-?\d+$/.test(uid ?? '') && /^-?\d+$/.test(gid ?? '')
      ? [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }]
      : [];
  });
}

/**
 * How every program of the server is started: as its account, outside the working directory (which the account may be
 * forbidden to enter), and without the caller's environment, whose PG… variables would change what the programs do.
 */
export function spawnOptions(account: Account | null): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
} {
  const { PATH, SystemRoot, TEMP } = process.env;
  return {
    cwd: '/',
    env: { PATH: PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...(SystemRoot ? { SystemRoot, TEMP } : {}) },
    // spawn() takes signed numbers, chown() unsigned ones.
    ...(account ? { uid: account.uid | 0, gid: account.gid | 0 } : {}),
  };
}

/** Runs a program to its end. Does not throw when it fails or does not exist. */
export function run(program: string, args: readonly string[], account: Account | null): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...spawnOptions(account), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Whether the account can go into the directory. Tried, not computed: mode bits don't tell of access lists and mounts. */
export async function canEnter(directory: string, account: Account | null): Promise<boolean> {
  return (await run('sh', ['-c', 'cd "$1"', 'sh', directory], account)).code === 0;
}
