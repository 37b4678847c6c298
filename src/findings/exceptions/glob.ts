/** A name in which `*` stands for any run of characters; capitals don't count. */
export function globMatches(pattern: string, ...names: readonly string[]): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const expression = new RegExp(`^${parts.join('.*')}$`, 'isu');
  return names.some((name) => expression.test(name));
}

/** The same for `ilike`, as an expression over a column. */
export function likeOfGlob(column: string): string {
  return String.raw`replace(replace(replace(replace(${column}, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')`;
}
