import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csvLines } from './csv.js';

const written = (cell: string): string => {
  const [[read] = []] = parse([...csvLines([[cell]])].join(''));
  return String(read);
};

test.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1', "'  =1"],
  ['\t=1', "'\t'=1"],
  ['\n=1', "'\n'=1"],
  ['\r=1', '\\u000d=1'],
  ['＝1', "'＝1"],
  ['a;=HYPERLINK("x")', 'a;\'=HYPERLINK("x")'],
  ['a; @b', "a; '@b"],
  ['a\n+b', "a\n'+b"],
  ['\u001b[31mred', '\\u001b[31mred'],
])('%j is written as %j', (cell, shown) => {
  expect(written(cell)).toBe(shown);
});

test.each(['a-b', 'Zoë 日本', 'a,"b"\nc', 'x = y', '', "O'Neil"])('%j stays as it is', (cell) => {
  expect(written(cell)).toBe(cell);
});

test('lines end as RFC 4180 wants them, unless told otherwise', () => {
  expect(
    [
      ...csvLines([
        ['a', 'b'],
        ['c', 'd,e'],
      ]),
    ].join(''),
  ).toBe('a,b\r\nc,"d,e"\r\n');
  expect([...csvLines([['a']], '\n')].join('')).toBe('a\n');
});

test('more rows than fit one piece are all there, in order', () => {
  const rows = Array.from({ length: 1_203 }, (_, n) => [String(n)]);
  const pieces = [...csvLines(rows)];
  expect(pieces).toHaveLength(3);
  expect(parse(pieces.join(''))).toEqual(rows);
});
