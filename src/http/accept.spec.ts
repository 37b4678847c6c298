import { expect, test } from 'vitest';
import { accepted } from './accept.js';

const offered = ['application/json', 'text/csv'] as const;

test.each([
  [undefined, 'application/json'],
  ['', null],
  ['*/*', 'application/json'],
  ['text/csv', 'text/csv'],
  ['Text/CSV; header=present', 'text/csv'],
  ['text/*', 'text/csv'],
  ['text/csv, */*', 'application/json'],
  ['text/csv, application/json;q=0.9', 'text/csv'],
  ['text/csv;q=0.5, application/json;q=0.9', 'application/json'],
  ['text/csv, */*;q=0.1', 'text/csv'],
  ['application/json;q=0, */*', 'text/csv'],
  ['text/html', null],
  ['text/csv;q=0', null],
  ['text/csv;q=nonsense', null],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json'],
])('%j is answered with %j', (header, expected) => {
  expect(accepted(header, offered)).toBe(expected);
});
