import { expect, test } from 'vitest';
import { aligned, visible, visibleLines, widthOf } from './visible.js';

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

test('columns are aligned by what they take on a screen', () => {
  expect(widthOf('日本é')).toBe(5);
  expect(
    aligned([
      ['a', '日本', 'x'],
      ['abc', 'e\u0301', ''],
      ['', 'four', 'z'],
    ]),
  ).toEqual(['a    日本  x', 'abc  e\u0301', '     four  z']);
});
