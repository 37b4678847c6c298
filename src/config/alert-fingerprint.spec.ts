import { describe, expect, it } from 'vitest';
import { alertFingerprint, alertLabel } from './alert-fingerprint.js';

const key = Buffer.alloc(32, 7);
const hook = { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/secret' } as const;

describe('the fingerprint of a hook', () => {
  it('is the same for the same kind, URL and key', () => {
    expect(alertFingerprint(key, { ...hook })).toBe(alertFingerprint(Buffer.alloc(32, 7), hook));
    expect(alertFingerprint(key, hook)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['another URL', key, { ...hook, url: `${hook.url}2` }],
    ['another kind', key, { ...hook, kind: 'webhook' as const }],
    ['another key', Buffer.alloc(32, 8), hook],
  ])('differs with %s', (_what, otherKey, other) => {
    expect(alertFingerprint(otherKey, other)).not.toBe(alertFingerprint(key, hook));
  });
});

it('names a hook by kind and host', () => {
  expect(alertLabel({ ...hook, url: 'https://siem.example.com:8443/hook?token=x' })).toBe(
    'slack siem.example.com:8443',
  );
});
