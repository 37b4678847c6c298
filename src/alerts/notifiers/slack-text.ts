import { visible } from '../../http/visible.js';

/**
 * Text of somebody else (a display name, a message with names in it) as one line for a text object of Slack, at most `most`
 * characters long as it is sent. Nothing in it has an effect: `<`, `>` and `&` are escaped, characters that cannot be seen or
 * that change the order of what is read are shown by their code, and a line break is a space, so that no name can look like a
 * line of ours. Too long a text ends in `…`, never within an escape or a character. Meant for `plain_text`, where asterisks,
 * backticks and colons are just characters.
 */
export function slackText(text: string, most: number): string {
  const line = visible(text.replaceAll(/\s+/g, ' ').trim())
    .replaceAll(unseen, codeOf)
    .replaceAll(callsEverybody, '@\u2060$1');
  let result = '';
  // Where the text is cut if it turns out to be too long: one character is left for the ellipsis.
  let cut = '';
  for (const character of line) {
    result += escapes[character] ?? character;
    if (result.length < most) cut = result;
    if (result.length > most) return `${cut}…`;
  }
  return result;
}

/** The same for `mrkdwn`, where a few more characters have a meaning; for words of ours around which there is formatting. */
export function slackWords(text: string, most: number): string {
  return slackText(text.replaceAll(/[*_~`|]/g, ' '), most);
}

const escapes: Readonly<Record<string, string | undefined>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

// What takes no room at all, but for the joiners that some scripts and emoji need.
const unseen = /[\u00AD\u180E\u200B\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

// Slack reads no mention in plain text; servers that take Slack's messages do. In an address it is a domain.
const callsEverybody = /@(channel|here|everyone|group|all)\b(?!\.\w|-)/giu;

function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
  return code.length > 4 ? String.raw`\u{${code}}` : String.raw`\u${code}`;
}
