import { expect, test } from 'vitest';
import { visible, visibleLines } from './visible.js';

test.each([
  ['plain', 'plain'],
  ['Zoë 日本 🎉', 'Zoë 日本 🎉'],
  ['\u001b[31mred', '\\u001b[31mred'],
  ['a\nb\tc\r', 'a\\u000ab\\u0009c\\u000d'],
  ['\u009b2J', '\\u009b2J'],
  ['gnp.\u202eexe', 'gnp.\\u202eexe'],
  ['half \ud800!', 'half \\ud800!'],
  ['\u0000\u007f', '\\u0000\\u007f'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('lines may stay lines', () => {
  expect(visibleLines('a\n\tb\r\u001b')).toBe('a\n\tb\\u000d\\u001b');
});
