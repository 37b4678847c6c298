/**
 * Two spellings of one Docker ID. Docker IDs are ASCII, so only ASCII letters are folded: `toLowerCase` would turn the
 * Kelvin sign into a "k", and a look-alike into the account that it imitates.
 */
export function foldUsername(username: string): string {
  return username.trim().replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
