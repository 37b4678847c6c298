import { existsSync, readFileSync } from 'node:fs';

/** The version in package.json, which lies above both the source and the compiled program. */
export function version(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL('package.json', folder);
    if (existsSync(file)) {
      const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if (typeof read === 'object' && read !== null && 'version' in read) return String(read.version);
    }
    if (folder.pathname === new URL('..', folder).pathname) return 'unknown';
  }
}
