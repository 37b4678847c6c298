/** One word of a command line for a POSIX shell, whatever stands in it; in quotes only where it needs them. */
export function forShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
