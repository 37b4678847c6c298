import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from './read-environment.js';

function mistakesOf(env: Record<string, string>): readonly string[] {
  const read = readEnvironment(env);
  return 'mistakes' in read ? read.mistakes.map((mistake) => mistake.message) : [];
}

test('an empty environment gives the defaults', () => {
  expect(readEnvironment({ DATABASE_URL: '', PORT: ' ' })).toEqual({
    databaseUrl: null,
    redisUrl: null,
    concurrency: 4,
    dataDir: resolve('.hubwarden'),
    hubUrl: 'https://hub.docker.com',
    registryUrl: 'https://registry-1.docker.io',
    authUrl: 'https://auth.docker.io',
    adminToken: null,
    encryptionKey: null,
    port: 3000,
    host: '127.0.0.1',
    logLevel: 'info',
    variables: { DATABASE_URL: '', PORT: ' ' },
  });
});

test('every variable is read', () => {
  const key = Buffer.alloc(32, 7);
  expect(
    readEnvironment({
      DATABASE_URL: 'postgres://u:p@db/hub',
      REDIS_URL: 'rediss://u:p@cache:6380/2',
      HUBWARDEN_CONCURRENCY: '12',
      HUBWARDEN_DATA_DIR: '/srv/hubwarden',
      DOCKERHUB_URL: 'http://127.0.0.1:4000/',
      DOCKERHUB_REGISTRY_URL: 'https://registry.example.com',
      DOCKERHUB_AUTH_URL: 'http://localhost:5000',
      HUBWARDEN_ADMIN_TOKEN: 'twenty-characters-or-more',
      HUBWARDEN_ENCRYPTION_KEY: key.toString('base64'),
      PORT: '0',
      HOST: '0.0.0.0',
      LOG_LEVEL: 'WARN',
    }),
  ).toMatchObject({
    databaseUrl: 'postgres://u:p@db/hub',
    redisUrl: 'rediss://u:p@cache:6380/2',
    concurrency: 12,
    dataDir: '/srv/hubwarden',
    hubUrl: 'http://127.0.0.1:4000',
    registryUrl: 'https://registry.example.com',
    authUrl: 'http://localhost:5000',
    adminToken: 'twenty-characters-or-more',
    encryptionKey: key,
    port: 0,
    host: '0.0.0.0',
    logLevel: 'warn',
  });
});

describe('a mistake', () => {
  test.each([
    [
      'HUBWARDEN_ADMIN_TOKEN',
      'nineteen-characters',
      'the environment variable HUBWARDEN_ADMIN_TOKEN is too short to keep anybody out; expected at least 20 characters, for example from `openssl rand -hex 32`',
    ],
    ['PORT', 'http', 'the environment variable PORT is `http`; expected a number from 0 to 65535'],
    ['PORT', '65536', 'the environment variable PORT is `65536`; expected a number from 0 to 65535'],
    [
      'LOG_LEVEL',
      'loud',
      'the environment variable LOG_LEVEL is `loud`; expected one of fatal, error, warn, info, debug, trace',
    ],
  ])('%s=%s', (name, value, message) => {
    expect(mistakesOf({ [name]: value })).toEqual([message]);
  });

  test.each([
    ['DATABASE_URL', 'mysql://root:geheim@db/x'],
    ['DATABASE_URL', 'geheim'],
    ['REDIS_URL', 'http://geheim@cache:6379'],
    ['DOCKERHUB_URL', 'http://hub.example.com/geheim'],
    ['DOCKERHUB_URL', 'https://user:geheim@hub.example.com'],
    ['DOCKERHUB_AUTH_URL', 'https://hub.example.com?token=geheim'],
    ['DOCKERHUB_REGISTRY_URL', 'geheim'],
    ['HUBWARDEN_ENCRYPTION_KEY', 'geheim'],
    ['HUBWARDEN_ENCRYPTION_KEY', Buffer.from('geheim'.repeat(6)).toString('base64')],
  ])('%s=%s names the variable and not its value', (name, value) => {
    const [message, ...others] = mistakesOf({ [name]: value });
    expect(others).toEqual([]);
    expect(message).toContain(name);
    expect(message).toContain('expected');
    expect(message).not.toContain('geheim');
    expect(message).not.toContain(value);
  });

  test('all are listed at once', () => {
    expect(mistakesOf({ PORT: 'a', LOG_LEVEL: 'b', DATABASE_URL: 'c', DOCKERHUB_URL: 'd' })).toHaveLength(4);
  });
});
