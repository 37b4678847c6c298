import type { ErrorCode } from 'yaml';

const sentences: Readonly<Partial<Record<ErrorCode, string>>> = {
  DUPLICATE_KEY: 'a key stands twice in one mapping; a mapping has each key once',
  MULTIPLE_DOCS: 'a second document begins with `---`; one file holds one configuration',
  TAB_AS_INDENT: 'the line is indented with a tab; YAML is indented with spaces',
  BAD_INDENT: 'the indentation does not fit the lines above, or a bracket is not closed',
  MISSING_CHAR: 'a quote, a bracket, a comma or a colon is missing here or above',
  BLOCK_AS_IMPLICIT_KEY: 'a second `key: value` on one line; put text that holds `: ` in quotes',
  MULTILINE_IMPLICIT_KEY: 'a second `key: value` on one line; put text that holds `: ` in quotes',
  BAD_DQ_ESCAPE:
    'a backslash in double quotes is followed by a character that it cannot escape; use single quotes, or write `\\\\`',
  BAD_SCALAR_START: 'a value begins with a character that YAML reserves; put it in quotes',
  NON_STRING_KEY: 'a key is not plain text',
  TAG_RESOLVE_FAILED: 'a tag (`!…`) stands here; the configuration has none, put text that begins with `!` in quotes',
  MULTIPLE_TAGS: 'a tag (`!…`) stands here; the configuration has none, put text that begins with `!` in quotes',
  BAD_DIRECTIVE: 'a line begins with `%`, which YAML takes for a directive; put it in quotes',
  ALIAS_PROPS: 'an anchor (`&…`) or alias (`*…`) cannot stand here; put text that begins so in quotes',
  BAD_ALIAS: 'an anchor (`&…`) or alias (`*…`) cannot stand here; put text that begins so in quotes',
  MULTIPLE_ANCHORS: 'an anchor (`&…`) or alias (`*…`) cannot stand here; put text that begins so in quotes',
};

const otherwise = 'the line is not valid YAML; look for a missing quote, bracket or comma here and above';

/**
 * What is wrong with the YAML, in our own words: those of the parser may quote the file, and with it a secret. `mayNameKey`:
 * the key at the offset is none.
 */
export function yamlMistake(code: ErrorCode, text: string, offset: number, mayNameKey: boolean): string {
  const hint = unquotedVariable(text, offset);
  if (hint !== null) return hint;
  const key = code === 'DUPLICATE_KEY' && mayNameKey ? keyAt(text, offset) : '';
  return key === ''
    ? (sentences[code] ?? otherwise)
    : `the key \`${key}\` stands here twice; a mapping has each key once`;
}

/** `{ secret: ${NAME} }` is the one slip that everybody makes: inside braces a variable needs quotes. */
function unquotedVariable(text: string, offset: number): string | null {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end === -1 ? text.length : end);
  const match = /[[{,][^"'#]*?:?\s\$\{(\w+)\}/.exec(line);
  return match ? `inside braces or brackets \`\${${match[1]}}\` must be in quotes: "\${${match[1]}}"` : null;
}

function keyAt(text: string, offset: number): string {
  return /^["']?([^"':\n]{1,80})/.exec(text.slice(offset))?.[1]?.trim() ?? '';
}
