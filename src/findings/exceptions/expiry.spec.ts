import { expect, it } from 'vitest';
import { expiryOf, lifeOfAttestations, lifeOfExceptions, type Life } from './expiry.js';

const now = '2026-11-21T02:00:00.000Z';

it.each<[Life, string | undefined, string]>([
  [lifeOfExceptions, undefined, '2027-02-19T02:00:00.000Z'],
  [lifeOfExceptions, '2026-11-21T02:00:00.001Z', '2026-11-21T02:00:00.001Z'],
  [lifeOfExceptions, '2027-11-21T02:00:00.000Z', '2027-11-21T02:00:00.000Z'],
  [lifeOfAttestations, undefined, '2027-02-19T02:00:00.000Z'],
  [lifeOfAttestations, '2027-02-19T02:00:00.000Z', '2027-02-19T02:00:00.000Z'],
])('%j, asked for %s, is %s', (life, asked, at) => {
  expect(expiryOf(asked, now, life)).toEqual({ at });
});

it.each<[Life, string]>([
  [lifeOfExceptions, now],
  [lifeOfExceptions, '2020-01-01T00:00:00.000Z'],
  [lifeOfExceptions, '2027-11-21T02:00:00.001Z'],
  [lifeOfAttestations, '2027-02-19T02:00:00.001Z'],
])('%j, asked for %s, is refused', (life, asked) => {
  expect(expiryOf(asked, now, life)).toEqual({ wrong: expect.stringMatching(/^is .*; expected .*\d/) });
});
