import { describe, expect, it } from 'vitest';
import { matchesPattern, matchesRepositoryPattern } from './patterns.js';

describe('a pattern', () => {
  it.each([
    ['api', 'api', true],
    ['API ', 'api', true],
    ['api', 'api2', false],
    ['prod-*', 'prod-', true],
    ['prod-*', 'prod-api', true],
    ['prod-*', 'staging-prod-api', false],
    ['*-internal', 'api-internal', true],
    ['*secret*', 'my-secret-thing', true],
    ['*secret*', 'secret', true],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['a*bc*c', 'abc', false],
    ['a.c', 'abc', false],
    ['**', 'x', true],
  ])('%j over %j: %s', (pattern, text, fits) => {
    expect(matchesPattern(pattern, text)).toBe(fits);
  });

  it('with a slash names the organization too', () => {
    expect(matchesRepositoryPattern('acme/cli', 'acme', 'cli')).toBe(true);
    expect(matchesRepositoryPattern('acme/cli', 'labs', 'cli')).toBe(false);
    expect(matchesRepositoryPattern('acme/*', 'acme', 'cli')).toBe(true);
    expect(matchesRepositoryPattern('cli', 'labs', 'cli')).toBe(true);
    expect(matchesRepositoryPattern('*', 'labs', 'cli')).toBe(true);
  });

  it('takes no time that grows with its stars', () => {
    expect(matchesPattern(`${'*a'.repeat(60)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});
