import type { Configuration } from '../config/configuration.js';
import type { Environment } from '../config/environment.js';

/** Everything secret that the process was given, so that it can be kept out of whatever it writes. */
export function knownSecrets(
  environment: Pick<Environment, 'databaseUrl' | 'redisUrl' | 'adminToken' | 'encryptionKey'>,
  configuration: Configuration,
): string[] {
  const { organizations, roster, alerts } = configuration;
  return [
    ...[environment.databaseUrl, environment.redisUrl].flatMap((url) =>
      url === null ? [] : [url, ...passwordsOf(url)],
    ),
    environment.adminToken,
    environment.encryptionKey?.toString('base64'),
    ...organizations.flatMap(({ hub, owner, scim }) => [hub?.secret, owner?.secret, scim?.token]),
    ...Object.values(roster.headers).flatMap((value) => [value, value.replace(/^\S+\s+/, '')]),
    ...(URL.canParse(roster.source) ? new URL(roster.source).searchParams.values() : []),
    ...alerts.flatMap(({ url, secret }) => [url, pathOf(url), secret]),
  ].filter((secret) => typeof secret === 'string');
}

function passwordsOf(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { password, searchParams } = new URL(url);
  return [password, decoded(password), ...searchParams.getAll('password')];
}

/** Of a hook the path is the secret; the host is not. */
function pathOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { pathname, search } = new URL(url);
  return pathname === '/' ? null : `${pathname}${search}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
