import { expect, test } from 'vitest';
import { Cursors } from './cursors.js';
import { Problem } from './problem.js';

const cursors = new Cursors(Buffer.alloc(32, 1));

test('a position comes back as it was, whatever the order of what it is bound to', () => {
  const position = ['2026-11-21T02:00:00.000Z', 7, null];
  const cursor = cursors.issue('findings', { status: ['open'], check: undefined, asOf: null }, position);
  expect(cursor).toMatch(/^[\w-]+\.[\w-]+$/);
  expect(cursors.read('findings', { asOf: null, status: ['open'] }, cursor)).toEqual(position);
});

test.each([
  ['of another list', 'accounts', { status: 'open' }],
  ['of another filter', 'findings', { status: 'resolved' }],
  ['of no filter', 'findings', {}],
  ['of one filter more', 'findings', { status: 'open', check: 'x' }],
])('a cursor %s is refused', (_, list, bound) => {
  const cursor = cursors.issue('findings', { status: 'open' }, [1]);
  expect(() => cursors.read(list, bound, cursor)).toThrow(Problem);
});

test('processes with the same key read each other’s, and others none', () => {
  const cursor = new Cursors(Buffer.alloc(32, 1)).issue('findings', {}, ['x']);
  expect(cursors.read('findings', {}, cursor)).toEqual(['x']);
  expect(() => new Cursors(Buffer.alloc(32, 2)).read('findings', {}, cursor)).toThrow(Problem);
});
