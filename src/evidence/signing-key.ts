import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { errorCode } from '../config/error-code.js';

/** PKCS #8 around the 32 bytes of an Ed25519 private key, RFC 8410. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key that this installation signs its evidence with, made from its encryption key: nothing more has to be kept, and a
 * restored backup signs as before. Another encryption key makes another one, so hand the public half over before it changes.
 */
export function signingKey(encryptionKey: Buffer): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', encryptionKey, Buffer.alloc(0), 'hubwarden evidence signature', 32));
  return createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
}

export function publicKeyOf(key: KeyObject): KeyObject {
  return createPublicKey(key);
}

/** SHA-256 of the public key (its DER form) in hexadecimal digits: what an auditor compares over another channel. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex');
}

export function pemOf(publicKey: KeyObject): string {
  return publicKey.export({ format: 'pem', type: 'spki' }).toString();
}

/** No key is longer; what is given by mistake may be a whole archive, or a device that has no end. */
const mostBytes = 64 * 1024;

/** A public key in PEM, or what is wrong with the file. */
export async function readPublicKey(file: string): Promise<KeyObject | { readonly mistake: string }> {
  let pem: string;
  try {
    pem = await text(createReadStream(file, { end: mostBytes - 1 }));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { mistake: `${file} cannot be read (${code}); expected a file with a public key in PEM` };
  }
  if (pem.includes('PRIVATE KEY')) {
    return { mistake: `${file} holds a private key; expected the public one, which is all that verifying needs` };
  }
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
    return { mistake: `${file} holds a key of type ${key.asymmetricKeyType ?? 'unknown'}; expected Ed25519` };
  } catch {
    return { mistake: `${file} holds no public key; expected PEM, beginning with -----BEGIN PUBLIC KEY-----` };
  }
}
