import { QueryFailedError } from 'typeorm';
import { expect, test } from 'vitest';
import { isDatabaseLost } from './is-database-lost.js';

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });
const failed = (error: Error): Error => new QueryFailedError('select 1', [], error);

test.each<[string, unknown, boolean]>([
  ['nothing listens', coded('ECONNREFUSED'), true],
  ['a reset in a statement', failed(coded('ECONNRESET')), true],
  ['a broken pipe in a statement', failed(coded('EPIPE')), true],
  ['a broken pipe of something else', coded('EPIPE'), false],
  ['several addresses', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), true],
  ['an administrator', failed(coded('57P01')), true],
  ['a connection exception', coded('08006'), true],
  ['the driver', failed(new Error('Connection terminated unexpectedly')), true],
  ['the pool', new Error('timeout exceeded when trying to connect'), true],
  ['the lock', new Error('The database connection that held the lock "check run" broke.'), true],
  ['a cause', new Error('x', { cause: coded('ECONNREFUSED') }), true],
  ['a statement that is wrong', failed(coded('42703')), false],
  ['a value that is there twice', failed(coded('23505')), false],
  ['a query that was cancelled', failed(coded('57014')), false],
  ['a file that is not there', coded('ENOENT'), false],
  ['a full disk', coded('ENOSPC'), false],
  ['a bug', new TypeError('undefined is not a function'), false],
  ['no error at all', 'ECONNREFUSED', false],
])('%s', (_, error, lost) => {
  expect(isDatabaseLost(error)).toBe(lost);
});
