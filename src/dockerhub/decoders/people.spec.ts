import { describe, expect, it } from 'vitest';
import { invites, members, teamMembers, teams } from './people.js';

function page(results: unknown, more: object = {}): unknown {
  return { count: 1, next: null, previous: null, results, ...more };
}

describe('a member', () => {
  const sent = {
    id: '0ab70deb065a43fcacd55d48caa945d8',
    username: 'dockeruser',
    full_name: 'Jon Snow',
    email: 'example@docker.com',
    role: 'Owner',
    groups: ['owners', 'developers'],
    is_guest: false,
    date_joined: '2021-01-05T21:06:53.506400Z',
    last_logged_in_at: '2021-01-05T21:06:53.506400Z',
    last_seen_at: null,
    type: 'User',
    shoe_size: 43,
  };

  it('keeps what is used, as it is spelled, and ignores the rest', () => {
    expect(members(page([sent]))?.rows).toEqual([
      {
        key: '0ab70deb065a43fcacd55d48caa945d8',
        data: {
          username: 'dockeruser',
          fullName: 'Jon Snow',
          email: 'example@docker.com',
          role: 'Owner',
          groups: ['owners', 'developers'],
          isGuest: false,
          dateJoined: '2021-01-05T21:06:53.506400Z',
          lastLoggedInAt: '2021-01-05T21:06:53.506400Z',
          lastSeenAt: null,
        },
      },
    ]);
  });

  it.each<[string, Record<string, unknown>, unknown]>([
    ['left out', { role: undefined }, 'absent'],
    ['null', { role: null }, null],
    ['a number where a text belongs', { role: 7 }, 'absent'],
    ['an object where a text belongs', { role: { name: 'Owner' } }, 'absent'],
    ['a custom role', { role: 'registry-auditor' }, 'registry-auditor'],
    ['blank', { role: '' }, ''],
    ['with a character that no database text can hold', { role: 'Own\0er' }, 'absent'],
    ['with half a surrogate pair', { role: 'Own\ud800er' }, 'absent'],
    ['with an emoji', { role: 'Own🙂er' }, 'Own🙂er'],
  ])('has a role that is %s', (_, change, expected) => {
    const data = members(page([JSON.parse(JSON.stringify({ ...sent, ...change }))]))?.rows[0]?.data ?? {};
    expect('role' in data ? data['role'] : 'absent').toEqual(expected);
  });

  it.each<[string, unknown, unknown]>([
    ['null', null, null],
    ['an empty list', [], []],
    ['a text', 'owners', 'absent'],
    ['a list with something that is no name', ['owners', 5], 'absent'],
  ])('has groups that are %s', (_, groups, expected) => {
    const data = members(page([{ ...sent, groups }]))?.rows[0]?.data ?? {};
    expect('groups' in data ? data['groups'] : 'absent').toEqual(expected);
  });

  it.each<[string, Record<string, unknown>]>([
    ['missing', { id: undefined }],
    ['null', { id: null }],
    ['a number', { id: 12 }],
    ['blank', { id: '' }],
  ])('has no key where the id is %s', (_, change) => {
    expect(members(page([{ ...sent, ...change }]))?.rows[0]).toMatchObject({
      key: undefined,
      data: { username: 'dockeruser' },
    });
  });

  it.each([{ role: 'Invitee' }, { role: 'invitee' }, { type: 'Invitee' }])(
    'that is called an invitee (%j) is kept and marked, with its role as it is spelled',
    (change) => {
      const { rows = [], received } = members(page([sent, { ...sent, ...change, id: 'b' }])) ?? {};
      expect(received).toBe(2);
      expect(rows.map(({ key, data }) => [key, data['role'], data['invitee']])).toEqual([
        [sent.id, 'Owner', undefined],
        ['b', 'role' in change ? change.role : 'Owner', true],
      ]);
    },
  );

  it.each([null, 'dockeruser', 5, ['x']])('that is no object (%j) counts, without a key', (item) => {
    expect(members(page([item, sent]))).toMatchObject({
      received: 2,
      rows: [{ key: undefined, data: {} }, { key: sent.id }],
    });
  });
});

describe('a page', () => {
  it.each<[string, unknown, number | null, string | null]>([
    ['with everything', page([]), 1, null],
    ['with a link', page([], { next: 'https://hub/v2/x?page=2' }), 1, 'https://hub/v2/x?page=2'],
    ['with a blank link, which is none', page([], { next: '' }), 1, null],
    ['without a link, but with a count', { count: 4, results: [] }, 4, null],
    ['without a count, but with the end', { next: null, results: [] }, null, null],
    ['with the count of token inventories', { total: 9, next: null, results: [] }, 9, null],
    ['with a count that is no number', page([], { count: '1' }), null, null],
    ['with a negative count', page([], { count: -1 }), null, null],
    ['with half a row', page([], { count: 1.5 }), null, null],
  ])('%s is read', (_, body, reported, next) => {
    expect(members(body)).toEqual({ rows: [], received: 0, reported, next });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', [page([])]],
    ['a text', 'maintenance'],
    ['an object without results', { count: 0, next: null }],
    ['results that are no list', page({ '0': {} })],
    ['results that are null', page(null)],
    ['a link that is no text', page([], { next: 2 })],
    ['neither a count nor a link', { results: [] }],
    ['an error with status 200', { message: 'internal error', errinfo: null }],
  ])('that is %s is no page', (_, body) => {
    expect(members(body)).toBeUndefined();
  });
});

describe('the others', () => {
  it('reads an invite', () => {
    const sent = {
      id: '4d1a4d1e-0f0a-4a0e-9d0a-6f6d6f6d6f6d',
      inviter_username: 'owner1',
      invitee: 'new@acme.com',
      org: 'acme',
      team: 'developers',
      created_at: '2026-10-01T00:00:00Z',
    };
    expect(invites({ data: [sent] })).toEqual({
      received: 1,
      reported: null,
      next: null,
      rows: [
        {
          key: sent.id,
          data: { invitee: 'new@acme.com', inviter: 'owner1', team: 'developers', createdAt: '2026-10-01T00:00:00Z' },
        },
      ],
    });
  });

  it.each([{ data: null }, { data: {} }, {}, [], null])('does not take %j for invites', (body) => {
    expect(invites(body)).toBeUndefined();
  });

  it.each<[unknown, string | undefined]>([
    [10, '10'],
    [0, '0'],
    ['10', undefined],
    [1.5, undefined],
    [2 ** 53, undefined],
    [undefined, undefined],
  ])('gives a team of id %j the key %j', (id, key) => {
    const sent = { id, name: 'developers', member_count: 3, role: null };
    expect(teams(page([sent]))?.rows).toEqual([{ key, data: { name: 'developers', memberCount: 3, role: null } }]);
  });

  it('reads a member of a team', () => {
    expect(teamMembers(page([{ id: 'aa', username: 'jdoe', email: 'x@y' }]))?.rows).toEqual([
      { key: 'aa', data: { username: 'jdoe' } },
    ]);
  });
});
