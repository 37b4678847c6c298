import { createHash } from 'node:crypto';
import { assert, jsonValue, property } from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, firstPreviousHash, hashEntry } from './hash-entry.js';

const entry = {
  number: '1',
  at: '2026-11-21T02:00:00.000Z',
  actor: 'jane',
  actorToken: null,
  action: 'finding.acknowledged',
  subject: 'finding/7',
  before: null,
  after: { b: 1, a: [null, 'é'] },
  reason: 'seen',
  previousHash: firstPreviousHash,
};

it('is what a stranger computes from the documented text', () => {
  const text =
    '{"action":"finding.acknowledged","actor":"jane","actorToken":null,"after":{"a":[null,"é"],"b":1},' +
    '"at":"2026-11-21T02:00:00.000Z","before":null,"number":"1",' +
    `"previousHash":"${firstPreviousHash}","reason":"seen","subject":"finding/7"}`;
  expect(hashEntry(entry)).toBe(createHash('sha256').update(text).digest('hex'));
});

it.each(Object.keys(entry))('changes with %s', (field) => {
  expect(hashEntry({ ...entry, [field]: 'something else' })).not.toBe(hashEntry(entry));
});

it('does not depend on the order of keys, and is JSON that means the same', () => {
  assert(
    property(jsonValue({ maxDepth: 4 }), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, field]) => [name, reversed(field)]),
  );
}
