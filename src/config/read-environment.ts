import { resolve } from 'node:path';
import type { Mistake } from './configuration.js';
import type { Environment } from './environment.js';
import { isSecureUrl } from './secure-url.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables themselves, for what a terminal asks of a program (NO_COLOR, TERM). */
export function processVariables(): Variables {
  return process.env;
}

/** Characters of a token that somebody made up: whoever guesses is slowed down by address only. */
const shortestToken = 20;

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * Reads the process's environment, the only place that does. An empty variable counts as unset. Lists every mistake; none
 * of them repeats a value that may be a secret.
 */
export function readEnvironment(env: Variables = process.env): Environment | { readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [];
  const say = (name: string, expected: string): null => {
    mistakes.push({ file: null, line: null, message: `the environment variable ${name} ${expected}` });
    return null;
  };
  const set = (name: string): string | null => {
    const value = env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  const address = (name: string, standard: string): string => {
    const value = set(name);
    if (value === null) return standard;
    if (!isSecureUrl(value) || value.includes('?'))
      say(
        name,
        'is not an address; expected https://… (http only to this machine) without a user name or a query in it',
      );
    return value.replace(/\/+$/, '');
  };
  const environment: Environment = {
    databaseUrl: set('DATABASE_URL'),
    redisUrl: set('REDIS_URL'),
    concurrency: Number(set('HUBWARDEN_CONCURRENCY') ?? 4),
    dataDir: resolve(set('HUBWARDEN_DATA_DIR') ?? '.hubwarden'),
    hubUrl: address('DOCKERHUB_URL', 'https://hub.docker.com'),
    registryUrl: address('DOCKERHUB_REGISTRY_URL', 'https://registry-1.docker.io'),
    authUrl: address('DOCKERHUB_AUTH_URL', 'https://auth.docker.io'),
    adminToken: set('HUBWARDEN_ADMIN_TOKEN'),
    encryptionKey: readKey(set('HUBWARDEN_ENCRYPTION_KEY')),
    port: Number(set('PORT') ?? 3000),
    host: set('HOST') ?? '127.0.0.1',
    logLevel: logLevels.find((level) => level === (set('LOG_LEVEL') ?? 'info').toLowerCase()) ?? 'info',
    variables: { ...env },
  };
  const port = set('PORT');
  if (port !== null && (!/^\d{1,5}$/.test(port) || environment.port > 65_535))
    say('PORT', `is \`${shown(port)}\`; expected a number from 0 to 65535`);
  const level = set('LOG_LEVEL');
  if (level !== null && !(logLevels as readonly string[]).includes(level.toLowerCase()))
    say('LOG_LEVEL', `is \`${shown(level)}\`; expected one of ${logLevels.join(', ')}`);
  if (set('HUBWARDEN_ENCRYPTION_KEY') !== null && environment.encryptionKey === null)
    say(
      'HUBWARDEN_ENCRYPTION_KEY',
      'does not fit; expected 32 bytes in base64, for example from `openssl rand -base64 32`',
    );
  if (environment.adminToken !== null && environment.adminToken.length < shortestToken)
    say(
      'HUBWARDEN_ADMIN_TOKEN',
      `is too short to keep anybody out; expected at least ${shortestToken} characters, for example from \`openssl rand -hex 32\``,
    );
  if (environment.databaseUrl !== null && !hasScheme(environment.databaseUrl, ['postgres:', 'postgresql:']))
    say('DATABASE_URL', 'does not fit; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE');
  if (environment.redisUrl !== null && !hasScheme(environment.redisUrl, ['redis:', 'rediss:']))
    say('REDIS_URL', 'does not fit; expected redis://USER:PASSWORD@HOST:PORT, or rediss://… for TLS');
  const concurrency = set('HUBWARDEN_CONCURRENCY');
  if (concurrency !== null && (!/^\d{1,2}$/.test(concurrency) || environment.concurrency < 1))
    say('HUBWARDEN_CONCURRENCY', `is \`${shown(concurrency)}\`; expected a number from 1 to 99`);
  return mistakes.length > 0 ? { mistakes } : environment;
}

function readKey(text: string | null): Buffer | null {
  return text !== null && /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : null;
}

function hasScheme(text: string, schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40)).slice(1, -1);
}
