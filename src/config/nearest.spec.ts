import { expect, test } from 'vitest';
import { didYouMean, nearest } from './nearest.js';

const known = ['organizations', 'roster', 'roles', 'corporateDomains', 'sla', 'max'];

test.each([
  ['organisations', 'organizations'],
  ['Rosters', 'roster'],
  ['corporate_domains', 'corporateDomains'],
  ['role', 'roles'],
  ['slas', 'sla'],
  ['deadline', null],
  ['min', null],
  ['x', null],
])('%s is near %s', (word, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test('a word that is far from all of them is answered with all of them', () => {
  expect(didYouMean('zzz', ['max', 'sla'])).toBe('known are `max`, `sla`');
  expect(didYouMean('maxx', ['max', 'sla'])).toBe('did you mean `max`?');
});
