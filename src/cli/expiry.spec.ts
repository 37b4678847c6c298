import { expect, test } from 'vitest';
import { parseExpiry } from './expiry.js';

const now = new Date('2026-11-21T10:30:00.000Z');

test.each([
  ['90d', '2027-02-19T10:30:00.000Z'],
  ['1d', '2026-11-22T10:30:00.000Z'],
  ['2027-01-31', '2027-02-01T00:00:00.000Z'],
  ['2028-02-29', '2028-03-01T00:00:00.000Z'],
])('%s', (text, expected) => {
  expect(parseExpiry(text, now)?.toISOString()).toBe(expected);
});

test.each([
  '',
  '90',
  'd',
  '-1d',
  '1.5d',
  '3h',
  '2027-02-29',
  '2027-13-01',
  '31.01.2027',
  '2027-01-31T00:00:00Z',
  'tomorrow',
])('%s is neither days nor a date', (text) => {
  expect(parseExpiry(text, now)).toBeNull();
});
