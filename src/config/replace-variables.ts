export type Replacement =
  | { readonly outcome: 'nothing to replace' }
  | { readonly outcome: 'replaced'; readonly text: string }
  | { readonly outcome: 'mistaken'; readonly messages: readonly string[] };

/** Replaces `${NAME}` once, from left to right; what a variable holds is not looked at again. `$${` stands for `${`. */
export function replaceVariables(text: string, variables: Readonly<Record<string, string | undefined>>): Replacement {
  if (!text.includes('${')) return { outcome: 'nothing to replace' };
  const messages: string[] = [];
  const replaced = text.replaceAll(/\$\$\{|\$\{([^}]*)(\}?)/g, (whole, name: string | undefined, closing: string) => {
    if (whole === '$${') return '${';
    if (name === undefined || closing === '' || !/^[A-Za-z_]\w*$/.test(name))
      messages.push(
        '`${` must be followed by the name of an environment variable and `}`; write `$${` for the two characters themselves',
      );
    else if (variables[name] === undefined)
      messages.push(`\`\${${name}}\` is not set; set the environment variable ${name}, or leave the key out`);
    else return variables[name];
    return '';
  });
  return messages.length > 0 ? { outcome: 'mistaken', messages } : { outcome: 'replaced', text: replaced };
}
