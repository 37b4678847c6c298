import { describe, expect, test } from 'vitest';
import { slackText, slackWords } from './slack-text.js';

describe('text of somebody else', () => {
  test.each<[string, string, string]>([
    ['a mention of everybody', '<!channel>', '&lt;!channel&gt;'],
    ['an escape', '&lt;!channel&gt;', '&amp;lt;!channel&amp;gt;'],
    ['a department', 'R&D', 'R&amp;D'],
    ['a direction override', 'exe.\u202Egnp', String.raw`exe.\u202egnp`],
    ['a tag character', 'a\u{E0041}b', String.raw`a\u{e0041}b`],
    ['half a character', 'a\uD83Db', String.raw`a\ud83db`],
    ['a bell', 'a\u0007b', String.raw`a\u0007b`],
    ['lines', ' a\r\n\tb\u2028c ', 'a b c'],
    ['formatting', '*a* _b_ `c`', '*a* _b_ `c`'],
    ['@here', 'look @here', 'look @\u2060here'],
    ['an address at such a domain', 'jane@here.com, joe@group.acme.com', 'jane@here.com, joe@group.acme.com'],
    ['a family', '👩‍👩‍👧', '👩‍👩‍👧'],
  ])('%s', (_, given, expected) => {
    expect(slackText(given, 100)).toBe(expected);
  });

  test.each<[string, number, string]>([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['ab&cd', 8, 'ab&amp;…'],
    ['ab&cd', 7, 'ab…'],
    ['abc👍👍', 6, 'abc👍…'],
    ['abc👍👍', 5, 'abc…'],
  ])('%j in %d characters', (given, most, expected) => {
    expect(slackText(given, most)).toBe(expected);
  });
});

test('words with formatting around them have none of their own', () => {
  expect(slackWords('a *b* `c` ~d~ _e_ |f <!here>', 100)).toBe('a b c d e f &lt;!here&gt;');
});
