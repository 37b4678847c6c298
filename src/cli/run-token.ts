import { isUUID } from 'class-validator';
import { readEnvironment } from '../config/read-environment.js';
import { isMistake } from '../database/mistake.js';
import { openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { type ApiToken, ApiTokens, tokenStates } from '../http/api-tokens.js';
import type { Role } from '../http/roles.js';
import { visible } from '../http/visible.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { aligned } from './columns.js';
import { parseExpiry } from './expiry.js';
import type { Session } from './session.js';
import { whoIAm } from './who-i-am.js';

export interface CreateTokenArguments {
  readonly name: string;
  readonly role: Role;
  readonly expires?: string;
}

export interface ListTokensArguments {
  readonly format: 'table' | 'json';
}

const mostTokens = 100_000;

/** `hubwarden token create`. The token is the only thing on standard output. */
export async function runTokenCreate(asked: CreateTokenArguments, session: Session): Promise<ExitStatus> {
  const expiresAt = asked.expires === undefined ? null : parseExpiry(asked.expires, new Date());
  if (asked.expires !== undefined && expiresAt === null)
    return session.refuseWith(
      `--expires is \`${asked.expires}\`; expected a number of days such as 90d, or a date such as 2027-01-31`,
    );
  return withTokens(session, async (tokens) => {
    const created = await tokens.create({ name: asked.name, role: asked.role, expiresAt }, whoIAm());
    switch (created.outcome) {
      case 'refused':
        return session.refuse(
          created.errors.map(({ field, message }) => ({
            file: null,
            line: null,
            message: `--${field === 'expiresAt' ? 'expires' : field} ${message}`,
          })),
        );
      case 'name taken':
        return session.refuseWith(
          `there is a token named ${asked.name}; expected another name, or revoke that one first: hubwarden token revoke`,
        );
      case 'created': {
        const { role, expiresAt: end } = created.stored;
        await session.say(
          `Made ${asked.name}, role ${role}, ${end === null ? 'without an expiry' : `until ${end.toISOString()}`}. ` +
            'The token is shown this once:',
        );
        await session.terminal.out.write(`${created.token}\n`);
        return exitStatus.inOrder;
      }
    }
  });
}

/** `hubwarden token list`. */
export async function runTokenList({ format }: ListTokensArguments, session: Session): Promise<ExitStatus> {
  return withTokens(session, async (tokens) => {
    const list = await tokens.list({ states: tokenStates, after: null, limit: mostTokens });
    const items = list.map(described);
    const text = format === 'json' ? JSON.stringify({ items }, null, 2) : tableOf(items);
    await session.terminal.out.write(`${text}\n`);
    return exitStatus.inOrder;
  });
}

/** `hubwarden token revoke`. */
export async function runTokenRevoke(which: string, session: Session): Promise<ExitStatus> {
  return withTokens(session, async (tokens) => {
    const id = (await tokens.find(which))?.id ?? (isUUID(which) ? which : null);
    const revoked = id === null ? 'unknown' : await tokens.revoke(id, whoIAm());
    switch (revoked) {
      case 'unknown':
        return session.refuseWith(
          `there is no token in force with the name or id ${which}; \`hubwarden token list\` shows them`,
        );
      case 'last admin':
        return session.refuseWith(
          'it is the last token of an admin that can be used; make another first: hubwarden token create --role admin',
        );
      case 'revoked':
        await session.say(`Revoked ${which}. It is refused from now on.`);
        return exitStatus.inOrder;
    }
  });
}

/** On the database alone: no configuration file is read. */
async function withTokens(session: Session, work: (tokens: ApiTokens) => Promise<ExitStatus>): Promise<ExitStatus> {
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const database = await openDatabase(environment, entities, (line) => void session.say(line).catch(() => undefined), {
    stop: session.signal,
  });
  if (isMistake(database)) return session.refuseWith(database.mistake);
  try {
    return await work(new ApiTokens(database.dataSource));
  } finally {
    await database.close();
  }
}

function tableOf(tokens: readonly ApiToken[]): string {
  if (tokens.length === 0) return 'There is no token yet: hubwarden token create --help';
  const minute = (at: Date | null, otherwise: string): string =>
    at === null ? otherwise : `${at.toISOString().slice(0, 16)}Z`;
  return aligned([
    ['NAME', 'ROLE', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED', 'ID'],
    ...tokens.map(({ name, role, state, createdAt, expiresAt, lastUsedAt, id }) => [
      visible(name),
      role,
      state,
      minute(createdAt, ''),
      minute(expiresAt, 'never'),
      minute(lastUsedAt, 'never'),
      id,
    ]),
  ]).join('\n');
}

function described(token: ApiToken): ApiToken {
  const { id, name, role, state, fromEnvironment, createdAt, createdBy, expiresAt, lastUsedAt, revokedAt, revokedBy } =
    token;
  return { id, name, role, state, fromEnvironment, createdAt, createdBy, expiresAt, lastUsedAt, revokedAt, revokedBy };
}
