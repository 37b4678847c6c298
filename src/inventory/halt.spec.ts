import { expect, test } from 'vitest';
import { Halt } from './halt.js';

const never = new Promise<string>(() => undefined);

test('hands on what the work comes to while nothing halts', async () => {
  const halt = new Halt();
  expect(await halt.orHalted(Promise.resolve('page'))).toBe('page');
  await expect(halt.orHalted(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(halt.because).toBeNull();
});

test.each([
  ['at its deadline', (halt: Halt) => halt.atDeadline(5), 'deadline'],
  ['when its deadline has passed', (halt: Halt) => halt.atDeadline(-1), 'deadline'],
  [
    'when the signal is aborted',
    (halt: Halt) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 5);
      halt.onAbort(controller.signal, 'shutdown');
    },
    'shutdown',
  ],
  ['when the signal was aborted before', (halt: Halt) => halt.onAbort(AbortSignal.abort(), 'failure'), 'failure'],
] as const)('lets go of work that never ends %s', async (_, arm, reason) => {
  const halt = new Halt();
  arm(halt);
  expect(await halt.orHalted(never)).toBe('halted');
  expect(halt.because).toBe(reason);
  halt.close();
});

test('does not take for an error what the work throws because of the halt', async () => {
  const halt = new Halt();
  const work = new Promise<string>((_, reject) => {
    setImmediate(() => reject(new DOMException('stopped', 'AbortError')));
  });
  halt.now('shutdown');
  expect(await halt.orHalted(work)).toBe('halted');
});

test('the first reason stands, and none comes after it was closed', async () => {
  const halt = new Halt().atDeadline(5);
  halt.now('shutdown');
  halt.now('deadline');
  expect(halt.because).toBe('shutdown');

  const controller = new AbortController();
  const closed = new Halt().atDeadline(5).onAbort(controller.signal, 'shutdown');
  closed.close();
  controller.abort();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(closed.because).toBeNull();
});

test('a deadline without an end sets no timer', () => {
  expect(new Halt().atDeadline(Infinity).because).toBeNull();
});
