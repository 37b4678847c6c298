import { randomBytes } from 'node:crypto';
import { access, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './environment.js';
import { errorCode } from './error-code.js';

const fileName = 'encryption.key';

/**
 * The key that encrypts stored credentials: from the environment, else from the data directory, where it is generated at
 * first use. Processes that start at the same time agree on one: it is written whole under a name of its own and then
 * linked to its place, which only the first of them can do. Renaming would replace the key of the winner.
 */
export async function loadEncryptionKey(
  environment: Pick<Environment, 'encryptionKey' | 'dataDir'>,
): Promise<Buffer | { readonly mistake: string }> {
  if (environment.encryptionKey) return environment.encryptionKey;
  const file = join(environment.dataDir, fileName);
  let text: string;
  try {
    text = (await read(file)) ?? (await generate(environment.dataDir, file));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return {
      mistake: `the encryption key cannot be kept in ${file} (${code}); expected a folder in HUBWARDEN_DATA_DIR that this user may write to, or the key in HUBWARDEN_ENCRYPTION_KEY`,
    };
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === 32) return key;
  return {
    mistake: `${file} does not hold 32 bytes in base64; put back the file that was there, or set HUBWARDEN_ENCRYPTION_KEY. What was encrypted with a lost key has to be entered again.`,
  };
}

/**
 * The key of an installation that is there. Whoever asks only for what was made with it would get an answer of a new one's,
 * which is never the one that was meant.
 */
export async function existingEncryptionKey(
  environment: Pick<Environment, 'encryptionKey' | 'dataDir'>,
): Promise<Buffer | { readonly mistake: string }> {
  const file = join(environment.dataDir, fileName);
  const isThere =
    environment.encryptionKey !== null ||
    (await access(file).then(
      () => true,
      (error: unknown) => errorCode(error) !== 'ENOENT',
    ));
  if (isThere) return loadEncryptionKey(environment);
  return {
    mistake: `there is no installation here: ${file} is not there; expected HUBWARDEN_DATA_DIR or HUBWARDEN_ENCRYPTION_KEY of one`,
  };
}

async function read(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function generate(folder: string, file: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(32).toString('base64')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}
