import { expect, it } from 'vitest';
import { globMatches } from './glob.js';

it.each([
  ['ci-*', 'ci-release', true],
  ['CI-*', 'ci-', true],
  ['ci-*', 'my-ci-release', false],
  ['*bot*', 'acme-bot-7', true],
  ['jdoe', 'jdoe', true],
  ['jdoe', 'jdoe2', false],
  ['a.b', 'axb', false],
  ['a+(b)[c]', 'a+(b)[c]', true],
  ['*', 'anything\nat all', true],
  ['a*a', 'a', false],
  ['*a*b*c', 'aabbc', true],
  ['*a*b*c', 'ccbba', false],
  // Would never end if the search went back.
  [`${'*a'.repeat(40)}*b`, 'a'.repeat(120), false],
])('%j matches %j: %s', (pattern, name, expected) => {
  expect(globMatches(pattern, name)).toBe(expected);
  expect(globMatches(pattern, 'nothing of the kind', name)).toBe(expected || pattern === '*');
});
