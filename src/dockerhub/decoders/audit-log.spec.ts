import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditLog } from './audit-log.js';

const sent = {
  event_id: '1234abcd',
  account: 'acme',
  action: 'repo.tag.push',
  name: 'acme/api',
  actor: 'jdoe',
  data: { tag: 'latest', digest: 'sha256:00' },
  timestamp: '2026-11-01T12:34:56.789Z',
  action_description: 'pushed the tag latest',
};

function one(changes: object) {
  const rows = auditLog({ logs: [{ ...sent, ...changes }] })?.rows;
  if (rows?.length !== 1 || rows[0] === undefined) throw new Error('one event makes one row');
  return rows[0];
}

describe('an event of the audit log', () => {
  it('is kept under its id, without its sentence', () => {
    expect(auditLog({ logs: [sent] })).toEqual({
      rows: [
        {
          key: '1234abcd',
          data: {
            at: '2026-11-01T12:34:56.789Z',
            action: 'repo.tag.push',
            actor: 'jdoe',
            name: 'acme/api',
            details: { tag: 'latest', digest: 'sha256:00' },
          },
        },
      ],
      received: 1,
      reported: null,
      next: null,
    });
  });

  it.each([
    ['jdoe', 'jdoe', undefined],
    ['jdoe - access token "ci"', 'jdoe', 'ci'],
    ['jdoe - access token "a "quoted" one"', 'jdoe', 'a "quoted" one'],
    ['jdoe - access token', 'jdoe - access token', undefined],
    ['acme - access token "ci push"', 'acme', 'ci push'],
    ['', '', undefined],
    [null, null, undefined],
    [undefined, undefined, undefined],
    [42, undefined, undefined],
  ])('done by %j is of %j with the token %j', (actor, username, token) => {
    const { data } = one({ actor });
    expect([data['actor'], data['token']]).toEqual([username, token]);
  });

  it.each([
    ['2026-11-01T12:34:56Z', '2026-11-01T12:34:56.000Z'],
    ['2026-11-01T12:34:56.123456Z', '2026-11-01T12:34:56.123Z'],
    ['2026-11-01T12:34:56+02:00', '2026-11-01T10:34:56.000Z'],
  ])('at %s', (timestamp, at) => {
    expect(one({ timestamp }).data['at']).toBe(at);
  });

  it.each([
    [{ timestamp: undefined }],
    [{ timestamp: null }],
    [{ timestamp: 1_793_536_496 }],
    [{ timestamp: '2026-11-01' }],
    [{ timestamp: '2026-11-01T12:34:56' }],
    [{ timestamp: '0000-01-01T00:00:00Z' }],
    [{ timestamp: '2026-13-01T00:00:00Z' }],
    [{ timestamp: 'yesterday' }],
    [{ action: undefined }],
    [{ action: '' }],
    [{ action: 'x'.repeat(301) }],
  ])('that cannot be placed has no key: %j', (changes) => {
    expect(one(changes)).toEqual({ key: undefined, data: {} });
  });

  it.each([
    ['member.role.change', 'org.member.role.change'],
    ['access_token.create', 'org.access_token.create'],
    ['tag.push', 'repo.tag.push'],
    ['change_privacy', 'repo.change_privacy'],
    ['sso.connection.delete', 'enterprise.sso.connection.delete'],
    ['org.member.add', 'org.member.add'],
    ['create', 'create'],
    ['something.new', 'something.new'],
  ])('named %s is %s', (action, known) => {
    expect(one({ action }).data['action']).toBe(known);
  });

  it('keeps no address of anybody, and nothing that no rule asks for', () => {
    const data = {
      invitee: 'eve@acme.example',
      username: 'eve@acme.example',
      ip: '192.0.2.1',
      new_role: 'owner',
      member: 'eve',
      note: 'x',
      tag: 'x'.repeat(301),
    };
    expect(one({ action: 'org.member.add', data }).data['details']).toEqual({ new_role: 'owner', member: 'eve' });
  });

  it.each([
    ['org.member.role.change', 'changed the role of eve to owner', { description: 'changed the role of eve to owner' }],
    ['org.member.role.change', 'changed the role of eve@acme.example', {}],
    ['repo.change_privacy', 'made it public', { description: 'made it public' }],
    ['repo.tag.push', 'pushed', {}],
  ])('of %s keeps the sentence "%s" as %j', (action, sentence, details) => {
    expect(one({ action, data: {}, action_description: sentence }).data['details']).toEqual(details);
  });

  it('without details has none', () => {
    expect(one({ data: undefined }).data).not.toHaveProperty('details');
    expect(one({ data: ['x'] }).data).not.toHaveProperty('details');
  });

  it('without an id goes by what it says, whatever the order and the sentence', () => {
    const { event_id: _id, ...nameless } = sent;
    const turned = Object.fromEntries(Object.entries(nameless).toReversed());
    const [first, second, third] = [
      nameless,
      { ...turned, action_description: 'otherwise' },
      { ...nameless, actor: 'eve' },
    ].map((event) => auditLog({ logs: [event] })?.rows[0]?.key);
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(one({ event_id: 'x'.repeat(301) }).key).toMatch(/^sha256:/);
  });

  it.each([[null], ['x'], [7], [[]]])('that is none counts, and has no key: %j', (event) => {
    expect(auditLog({ logs: [event, sent] })).toMatchObject({
      received: 2,
      rows: [{ key: undefined }, { key: '1234abcd' }],
    });
  });

  it.each([null, [], {}, { logs: null }, { logs: {} }, { results: [] }])('no page is %j', (body) => {
    expect(auditLog(body)).toBeUndefined();
  });

  it('whatever it is, is a row that a database takes', () => {
    const odd = fc.string({ unit: fc.constantFrom('a', '.', '-', '"', '@', '\0', '\ud800', ' ') });
    const value = fc.oneof(fc.jsonValue(), odd, fc.constantFrom(...Object.values(sent)));
    const event = fc.dictionary(fc.constantFrom(...Object.keys(sent)), value);
    fc.assert(
      fc.property(fc.array(fc.oneof(event, fc.jsonValue())), (logs) => {
        const page = auditLog({ logs });
        expect(page?.received).toBe(logs.length);
        expect(JSON.stringify(page?.rows)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        for (const { key, data } of page?.rows ?? []) {
          expect(key === undefined).toBe(data['at'] === undefined);
          expect((key ?? '').length).toBeLessThanOrEqual(300);
        }
      }),
      { numRuns: 500 },
    );
  });
});
