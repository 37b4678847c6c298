import { expect, test } from 'vitest';
import { sharedBuffers } from './shared-buffers.js';

test.each([
  [0.25, '128MB'],
  [2, '128MB'],
  [4, '256MB'],
  [15.5, '992MB'],
  [16, '1024MB'],
  [512, '1024MB'],
])('with %d GiB of memory the server caches %s', (gibibytes, expected) => {
  expect(sharedBuffers(gibibytes * 2 ** 30)).toBe(expected);
});

test('on this machine it caches something that the server takes', () => {
  expect(sharedBuffers()).toMatch(/^\d{3,4}MB$/);
});
