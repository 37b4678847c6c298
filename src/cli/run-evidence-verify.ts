import { createPublicKey, type KeyObject } from 'node:crypto';
import { counted } from '../checks/wording.js';
import { existingEncryptionKey } from '../config/encryption-key.js';
import { errorCode } from '../config/error-code.js';
import { readEnvironment } from '../config/read-environment.js';
import { isMistake } from '../database/mistake.js';
import { fingerprintOf, pemOf, publicKeyOf, readPublicKey, signingKey } from '../evidence/signing-key.js';
import { type Verification, verifyArchive } from '../evidence/verify-archive.js';
import { visible } from '../http/visible.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { Session } from './session.js';

export interface VerifyArguments {
  readonly key?: string;
}

/** `hubwarden evidence verify`. */
export async function runEvidenceVerify(file: string, { key }: VerifyArguments, session: Session): Promise<ExitStatus> {
  const publicKey = key === undefined ? await ownPublicKey(session) : await readPublicKey(key);
  if ('mistakes' in publicKey) return session.refuse(publicKey.mistakes);
  if (isMistake(publicKey))
    return session.refuseWith(`${publicKey.mistake}${key === undefined ? ', or --key PUBLIC.pem' : ''}`);
  let verification: Verification;
  try {
    verification = await verifyArchive(file, publicKey);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return session.refuseWith(`${file} cannot be read (${code}); expected an archive of evidence`);
  }
  if (verification.outcome === 'no file') {
    return session.refuseWith(`${file} is no ordinary file; expected an archive of evidence`);
  }
  const { out } = session.terminal;
  if (verification.outcome === 'wrong') {
    for (const problem of verification.problems) await out.write(`${visible(problem)}\n`);
    await out.write('This is not what was signed.\n');
    return exitStatus.mistake;
  }
  const { createdAt, about, files } = verification.manifest;
  await out.write(
    `Verified: ${counted(files.length, 'file')}, as signed at ${createdAt} with the key ${fingerprintOf(createPublicKey(pemOf(publicKey)))}.\n` +
      `It is about ${visible(String(about['from']))} to ${visible(String(about['to']))}, ${visible(String(about['scope']))}.\n`,
  );
  return exitStatus.inOrder;
}

/** `hubwarden evidence key`. */
export async function runEvidenceKey(session: Session): Promise<ExitStatus> {
  const publicKey = await ownPublicKey(session);
  if ('mistakes' in publicKey) return session.refuse(publicKey.mistakes);
  if (isMistake(publicKey)) return session.refuseWith(publicKey.mistake);
  await session.terminal.out.write(pemOf(publicKey));
  return exitStatus.inOrder;
}

type Mistakes = Extract<ReturnType<typeof readEnvironment>, { mistakes: unknown }>;

async function ownPublicKey(session: Session): Promise<KeyObject | { readonly mistake: string } | Mistakes> {
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return environment;
  const key = await existingEncryptionKey(environment);
  return isMistake(key) ? key : publicKeyOf(signingKey(key));
}
