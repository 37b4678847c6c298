import { describe, expect, it } from 'vitest';
import { Redactor } from './redactor.js';

describe('Redactor', () => {
  it.each([
    ['a bearer', 'authorization was Bearer abcdefghijkl', 'authorization was Bearer [redacted]'],
    ['a password in an address', 'postgres://hub:s3cr3t-x@db:5432/x', 'postgres://[redacted]@db:5432/x'],
    ['a personal token of Docker', 'with dckr_pat_AbC-123456', 'with [redacted]'],
    ['a token of ours', `with hw_${'a1'.repeat(20)}`, 'with [redacted]'],
    ['a hook', 'POST https://hooks.slack.com/services/T0/B0/xyz', 'POST https://hooks.slack.com/[redacted]'],
    ['a JWT', 'eyJhbGciOiJub25l.eyJzdWIiOiJhIn0.c2ln', '[redacted]'],
    ['a field', '{"password":"a\\"b","x":1}', '{"password":"[redacted]","x":1}'],
    ['a field by its ending', '{"adminToken": "abc"}', '{"adminToken":"[redacted]"}'],
    ['nothing, such as the id of a token', '{"token":"3f2b8c1e-0a4d-4b7e-9c55-1f2e3d4c5b6a"}', null],
    ['nothing', '{"run":"7a","message":"Run finished","dataset":"tokens"}', null],
  ])('takes out what looks like %s', (_, text, expected) => {
    expect(new Redactor().redact(text)).toBe(expected ?? text);
  });

  it('takes out what it knows, as it is, in JSON and in an address', () => {
    const redactor = new Redactor();
    redactor.know(['pass"word/1', 'short']);
    expect(redactor.redact(JSON.stringify({ said: 'pass"word/1 short' }))).toBe('{"said":"[redacted] short"}');
    expect(redactor.redact('pass%22word%2F1')).toBe('[redacted]');
  });

  it('still knows the secrets of the configuration before', () => {
    const redactor = new Redactor();
    redactor.know(['the first one']);
    redactor.know(['the second one']);
    expect(redactor.redact('the first one, the second one')).toBe('[redacted], [redacted]');
  });

  it('takes out the whole of an address and not the password alone', () => {
    const redactor = new Redactor();
    redactor.know(['secret-1', 'https://siem.example.com/secret-1/x']);
    expect(redactor.redact('to https://siem.example.com/secret-1/x')).toBe('to [redacted]');
  });
});
