import { matchesPattern } from '../../checks/patterns.js';

/** A name in which `*` stands for any run of characters; capitals don't count. */
export function globMatches(pattern: string, ...names: readonly string[]): boolean {
  return names.some((name) => matchesPattern(pattern, name));
}

/** The same for `ilike`, as an expression over a column. */
export function likeOfGlob(column: string): string {
  return String.raw`replace(replace(replace(replace(${column}, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')`;
}
