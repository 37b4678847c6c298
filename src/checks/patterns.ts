/** Whether a text is of a pattern in which `*` stands for any run of characters; in any case of letters. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.trim().toLowerCase().split('*');
  const wanted = text.toLowerCase();
  const last = parts.pop();
  if (last === undefined) return wanted === first;
  if (!wanted.startsWith(first) || !wanted.endsWith(last)) return false;
  let from = first.length;
  // Each part as early as it can be: without a search that goes back, no pattern takes longer than the text is long.
  for (const part of parts) {
    const found = wanted.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= wanted.length - last.length;
}

/** A pattern with a slash is about `organization/repository`, one without about repositories of that name anywhere. */
export function matchesRepositoryPattern(pattern: string, organization: string, repository: string): boolean {
  return matchesPattern(pattern, pattern.includes('/') ? `${organization}/${repository}` : repository);
}
