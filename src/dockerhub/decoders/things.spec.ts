import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invites, members, teamMembers, teams } from './people.js';
import { repositories, repositoryTeams } from './repositories.js';
import { scimUsers } from './scim-users.js';
import { auditLog, auditLogProbe } from './audit-log.js';
import { imageAccess, registryAccess } from './settings.js';
import { tokenDetails, tokens } from './tokens.js';

function page(result: unknown): unknown {
  return { count: 1, next: null, results: [result] };
}

describe('repositories', () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    ['private', { is_private: true }, { name: 'api', isPrivate: true, lastUpdated: null }],
    ['not said to be private or public', { is_private: undefined }, { name: 'api', lastUpdated: null }],
    ['odd about it', { is_private: 'yes' }, { name: 'api', lastUpdated: null }],
    ['null about it', { is_private: null }, { name: 'api', isPrivate: null, lastUpdated: null }],
  ])('that are %s', (_, change, data) => {
    const sent = { name: 'api', last_updated: null, pull_count: 5, ...change };
    expect(repositories(page(sent))?.rows).toEqual([{ key: 'api', data }]);
  });

  it('have teams with permissions', () => {
    const sent = { group_id: 12345, group_name: 'developers', permission: 'write' };
    expect(repositoryTeams(page(sent))?.rows).toEqual([
      { key: '12345', data: { team: 'developers', permission: 'write' } },
    ]);
    expect(repositoryTeams(page({ ...sent, group_id: undefined, permission: 3 }))?.rows).toEqual([
      { key: undefined, data: { team: 'developers' } },
    ]);
  });
});

describe('organization access tokens', () => {
  const sent = {
    id: 'a7a5ef25-8889-43a0-8cc7-f2a94268e861',
    label: 'ci',
    created_by: 'johndoe',
    is_active: true,
    created_at: '2022-05-20T00:54:18Z',
    expires_at: null,
    last_used_at: null,
  };
  const data = {
    label: 'ci',
    createdBy: 'johndoe',
    isActive: true,
    createdAt: '2022-05-20T00:54:18Z',
    expiresAt: null,
    lastUsedAt: null,
  };

  it('are listed without what they may do', () => {
    expect(tokens({ total: 3, next: null, results: [sent] })).toMatchObject({
      reported: 3,
      rows: [{ key: sent.id, data }],
    });
  });

  it.each<[string, unknown, unknown]>([
    [
      'everything',
      [{ type: 'TYPE_REPO', path: 'acme/api', scopes: ['scope-image-pull'] }],
      [{ type: 'TYPE_REPO', path: 'acme/api', scopes: ['scope-image-pull'] }],
    ],
    ['nothing', [], []],
    ['a resource without scopes', [{ type: 'TYPE_ORG', path: 'acme' }], [{ type: 'TYPE_ORG', path: 'acme' }]],
    [
      'scopes that cannot be read',
      [{ type: 'TYPE_ORG', path: 'acme', scopes: [1] }],
      [{ type: 'TYPE_ORG', path: 'acme' }],
    ],
    ['a resource that cannot be read', ['acme/api'], undefined],
    ['something else', 'all', undefined],
    ['not said', undefined, undefined],
  ])('by themselves may do %s', (_, resources, expected) => {
    const [row] = tokenDetails({ ...sent, resources })?.rows ?? [];
    expect(row).toEqual({ key: sent.id, data: expected === undefined ? data : { ...data, resources: expected } });
  });

  it.each([null, [], {}, { message: 'not found' }])('are not %j', (body) => {
    expect(tokenDetails(body)).toBeUndefined();
  });
});

describe('settings', () => {
  it.each<[unknown, unknown]>([
    [
      { restricted_images: { enabled: true, allow_official_images: false, allow_verified_publishers: null } },
      { enabled: true, allowOfficialImages: false, allowVerifiedPublishers: null },
    ],
    [{ restricted_images: { enabled: 'yes' } }, {}],
    [{ restricted_images: null }, {}],
  ])('of image access %j', (body, data) => {
    expect(imageAccess(body)?.rows).toEqual([{ key: 'settings', data }]);
  });

  it('of registry access name the built-in and the own registries', () => {
    const body = {
      enabled: true,
      standard_registries: [{ id: 'DockerHub', allowed: true }],
      custom_registries: [{ address: 'registry.example.com', friendly_name: 'Example', allowed: false }],
    };
    const registries = [
      { address: 'DockerHub', allowed: true },
      { address: 'registry.example.com', allowed: false },
    ];
    expect(registryAccess(body)?.rows).toEqual([{ key: 'settings', data: { enabled: true, registries } }]);
    expect(registryAccess({ ...body, custom_registries: null })?.rows).toEqual([
      { key: 'settings', data: { enabled: true } },
    ]);
  });

  it('of nothing at all are none', () => {
    for (const body of [null, [], {}, 'x']) {
      expect([imageAccess(body), registryAccess(body), auditLog(body)]).toEqual([undefined, undefined, undefined]);
      expect(auditLogProbe(body)).toBeUndefined();
    }
  });

  it('of the activity log are only that it can be read', () => {
    expect(auditLogProbe({ logs: [{ actor: 'jdoe' }] })).toEqual({ rows: [], received: 0, reported: null, next: null });
  });
});

describe('SCIM users', () => {
  const sent = {
    id: 'd80f7c79',
    userName: 'jon@docker.com',
    displayName: 'jonsnow',
    active: true,
    emails: [{ value: 'a@b' }],
  };
  const row = {
    key: 'd80f7c79',
    data: { userName: 'jon@docker.com', displayName: 'jonsnow', active: true, emails: ['a@b'] },
  };

  it.each<[string, unknown, object]>([
    [
      'as spelled now',
      { totalResults: 2, startIndex: 1, Resources: [sent] },
      { rows: [row], reported: 2, startIndex: 1 },
    ],
    ['as spelled before', { totalResults: 2, resources: [sent] }, { rows: [row], reported: 2 }],
    ['none, left out', { totalResults: 0 }, { rows: [], reported: 0 }],
  ])('%s', (_, body, expected) => {
    expect(scimUsers(body)).toMatchObject(expected);
  });

  it.each<[unknown, unknown]>([
    [
      [{ value: 'a@b' }, { value: 'c@d' }],
      ['a@b', 'c@d'],
    ],
    [[{ value: 'a@b' }, { value: 5 }], 'absent'],
    [['a@b'], 'absent'],
    [null, null],
    [undefined, 'absent'],
  ])('with the addresses %j', (emails, expected) => {
    const data = scimUsers({ totalResults: 1, Resources: [{ ...sent, emails }] })?.rows[0]?.data ?? {};
    expect('emails' in data ? data['emails'] : 'absent').toEqual(expected);
  });

  it.each([
    null,
    [],
    {},
    { totalResults: 3 },
    { Resources: {} },
    { Resources: [] },
    { Resources: [sent] },
    ...['0', null, -1, 1.5].map((totalResults) => ({ totalResults, Resources: [] })),
  ])('are not %j', (body) => {
    expect(scimUsers(body)).toBeUndefined();
  });
});

it('takes whatever JSON there is without an error, and keeps nothing that no database could store', () => {
  const decoders = [
    members,
    invites,
    teams,
    teamMembers,
    repositories,
    repositoryTeams,
    tokens,
    tokenDetails,
    imageAccess,
    registryAccess,
    auditLog,
    scimUsers,
  ];
  const names = [
    'id',
    'name',
    'username',
    'role',
    'groups',
    'group_id',
    'resources',
    'enabled',
    'emails',
    'userName',
    'actor',
    'event_id',
  ];
  const odd = fc.string({ unit: fc.constantFrom('a', '1', '\0', '\ud800', '\udc00') });
  const row = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), odd, fc.array(odd)));
  const rows = fc.array(fc.oneof(row, fc.jsonValue()));
  const body = fc.oneof(
    fc.jsonValue(),
    row,
    fc.record(
      {
        count: fc.jsonValue(),
        next: fc.jsonValue(),
        results: rows,
        data: rows,
        Resources: rows,
        logs: rows,
        restricted_images: row,
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(body, (sent) => {
      for (const decode of decoders) {
        const envelope = decode(sent);
        expect(JSON.stringify(envelope?.rows ?? null)).not.toMatch(/\\u0000|\\ud[89a-f]/);
        expect(envelope?.received ?? 0).toBeGreaterThanOrEqual(envelope?.rows.length ?? 0);
      }
    }),
    { numRuns: 500 },
  );
});
