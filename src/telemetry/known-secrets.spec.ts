import { expect, test } from 'vitest';
import type { Configuration } from '../config/configuration.js';
import { knownSecrets } from './known-secrets.js';

const configuration = {
  organizations: [
    {
      name: 'acme',
      hub: { identifier: 'acme', secret: 'the reader’s' },
      owner: { identifier: 'jdoe', secret: 'the owner’s' },
      scim: { url: 'https://scim.example.com', token: 'the directory’s' },
    },
    { name: 'labs', hub: null, owner: null, scim: null },
  ],
  roster: { source: 'https://hr.example.com/people?key=in-the-query', headers: { authorization: 'Basic aGVhZGVy' } },
  alerts: [{ kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x', secret: 'the signature’s' }],
} as unknown as Configuration;

test('are whatever the environment and the configuration hold, in the forms in which they travel', () => {
  const environment = {
    databaseUrl: 'postgres://hubwarden:p%40ss@db:5432/x',
    redisUrl: 'rediss://:r3d@cache:6380',
    adminToken: 'hw_first',
    encryptionKey: Buffer.alloc(32, 1),
  };
  expect(knownSecrets(environment, configuration)).toEqual([
    'postgres://hubwarden:p%40ss@db:5432/x',
    'p%40ss',
    'p@ss',
    'rediss://:r3d@cache:6380',
    'r3d',
    'r3d',
    'hw_first',
    Buffer.alloc(32, 1).toString('base64'),
    'the reader’s',
    'the owner’s',
    'the directory’s',
    'Basic aGVhZGVy',
    'aGVhZGVy',
    'in-the-query',
    'https://hooks.slack.com/services/T0/B0/x',
    '/services/T0/B0/x',
    'the signature’s',
  ]);
});

test('are none where none were given', () => {
  const none = { organizations: [], roster: { source: '/people.csv', headers: {} }, alerts: [] };
  const environment = { databaseUrl: null, redisUrl: null, adminToken: null, encryptionKey: null };
  expect(knownSecrets(environment, none as unknown as Configuration)).toEqual([]);
});
