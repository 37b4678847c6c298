export const evidenceSchema = 'hubwarden.evidence/1';
export const manifestName = 'manifest.json';
export const signatureName = 'manifest.sig';

/** What an archive says of itself. Every other file of it is named here with its hash, and the signature is over this file. */
export interface Manifest extends ManifestHead {
  readonly files: readonly SealedFile[];
}

export interface ManifestHead {
  readonly schema: typeof evidenceSchema;
  /** Of the public key, SHA-256 in hexadecimal digits. */
  readonly signedBy: string;
  /** When the archive was written, ISO 8601 in UTC. */
  readonly createdAt: string;
  /** What it is evidence of; free of secrets. */
  readonly about: { readonly [name: string]: unknown };
}

export interface SealedFile {
  /** Inside the archive, with `/`. */
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Null where the text is no manifest of this schema. */
export function readManifest(text: string): Manifest | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isManifest(value) ? value : null;
}

function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || value['schema'] !== evidenceSchema || !Array.isArray(value['files'])) return false;
  return (
    typeof value['signedBy'] === 'string' &&
    typeof value['createdAt'] === 'string' &&
    isRecord(value['about']) &&
    value['files'].every(
      (file: unknown) =>
        isRecord(file) &&
        typeof file['name'] === 'string' &&
        typeof file['sha256'] === 'string' &&
        Number.isSafeInteger(file['bytes']),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
