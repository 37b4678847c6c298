import { Client } from 'pg';
import { errorCode } from '../config/error-code.js';
import { isDatabaseLost } from './is-database-lost.js';
import { type Mistake, passingMistake } from './mistake.js';

const oldest = 15;

/** Whether a server can be worked with at all, before anything is built on it. Null: yes. `setting`: what gave the address. */
export async function tryConnection(url: string, setting = 'DATABASE_URL'): Promise<Mistake | null> {
  const place = placeOf(url);
  if (place === null) {
    return {
      mistake:
        `${setting} is not the address of a PostgreSQL database. Expected: postgres://user:password@host:5432/database ` +
        '(characters such as / # ? @ in the password written as %2F %23 %3F %40).',
    };
  }
  let client: Client;
  try {
    client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'hubwarden' });
  } catch (error) {
    return { mistake: `${setting} has a parameter that cannot be used: ${withoutSecrets(error, url)}.` };
  }
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await examine(client, place, setting);
  } catch (error) {
    const mistake = explain(error, { place, url, setting });
    return maySoonWork(error) ? passingMistake(mistake) : { mistake };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function examine(client: Client, place: string, setting: string): Promise<Mistake | null> {
  const { rows } = await client.query<{ version: number; encoding: string; readonly: boolean }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
            pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean as readonly`,
  );
  const server = rows[0];
  if (!server) return { mistake: `${place} does not answer as PostgreSQL does.` };
  const major = Math.floor(server.version / 10_000);
  if (major < oldest) {
    return { mistake: `The server at ${place} is PostgreSQL ${major}; Hubwarden needs PostgreSQL ${oldest} or later.` };
  }
  if (server.encoding !== 'UTF8') {
    return {
      mistake: `The database at ${place} has the encoding ${server.encoding}; Hubwarden needs UTF8 (create database … encoding 'UTF8').`,
    };
  }
  if (server.readonly) {
    return {
      mistake: `The database at ${place} can only be read (a replica?). Set ${setting} to the primary server.`,
    };
  }
  return null;
}

/** Host, port and database for messages: never the user's password. Null: not a URL of PostgreSQL. */
export function placeOf(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') return null;
  const host = parsed.hostname
    ? `${parsed.hostname}:${parsed.port || 5432}`
    : (parsed.searchParams.get('host') ?? 'localhost');
  return `${host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}

/** Of a server that starts later than this program, or starts anew. */
function maySoonWork(error: unknown): boolean {
  return isDatabaseLost(error) || errorCode(error) === '53300' || /timeout/i.test(String(error));
}

function explain(
  error: unknown,
  { place, url, setting }: { readonly place: string; readonly url: string; readonly setting: string },
): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = withoutSecrets(error, url);
  const opening = `The database at ${place} cannot be used: `;
  switch (code) {
    case 'ECONNREFUSED':
      return `${opening}nothing listens there. Is the server running, and are host and port of ${setting} right?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${opening}there is no host of that name.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${opening}the host does not answer.`;
    case 'ECONNRESET':
      return `${opening}the server closed the connection.`;
    case '28P01':
      return `${opening}the server does not accept the user name and password of ${setting}.`;
    case '28000':
      return `${opening}the server does not let this user in from here (${message}).`;
    case '3D000':
      return `${opening}there is no database of that name on the server. Create it first.`;
    case '42501':
      return `${opening}the user may not connect to it (${message}).`;
    case '53300':
      return `${opening}the server has no connections left.`;
    case '57P03':
      return `${opening}the server is starting or stopping. Try again in a moment.`;
    default:
      if (/timeout/i.test(message)) return `${opening}no answer within 10 seconds.`;
      return `${opening}${message || 'the connection failed'}.`;
  }
}

function withoutSecrets(error: unknown, url: string): string {
  // Node gives the error of a host with several addresses an empty message and the reasons beside it.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  let text = first instanceof Error ? first.message : String(first);
  const password = URL.canParse(url) ? new URL(url).password : '';
  for (const secret of [url, password, safelyDecoded(password)]) {
    if (secret) text = text.replaceAll(secret, '…');
  }
  return text.replace(/\.$/, '');
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
