import { expect, test } from 'vitest';
import { aligned, widthOf } from './columns.js';

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
