import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type Actor, actorName, configuration, hubwarden, isNameOfNoToken } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';
import type { Caller } from './allow.js';
import type { FieldProblem } from './problem.js';
import { type Role, roles } from './roles.js';

export const tokenStates = ['usable', 'expired', 'revoked'] as const;
export type TokenState = (typeof tokenStates)[number];

/** What is known of a token; never the token. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly state: TokenState;
  readonly fromEnvironment: boolean;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: Date | null;
}

export type CreatedToken =
  /** `token` is shown here and never again. */
  | { readonly outcome: 'created'; readonly token: string; readonly stored: ApiToken }
  | { readonly outcome: 'refused'; readonly errors: readonly FieldProblem[] }
  | { readonly outcome: 'name taken' };

export interface TokenPosition {
  /** As the database writes it, because a Date has no microseconds. */
  readonly createdAt: string;
  readonly id: string;
}

const environmentName = 'HUBWARDEN_ADMIN_TOKEN';
const replaced = 'a changed HUBWARDEN_ADMIN_TOKEN';
const longestName = 100;

const state = `case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired' else 'usable' end`;
const columns = `id, name, role, ${state} as state, from_environment as "fromEnvironment", created_at as "createdAt",
  created_by as "createdBy", expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt",
  revoked_by as "revokedBy"`;

/** Who may call the API. A token is 256 random bits, of which the database keeps the SHA-256. */
export class ApiTokens implements OnApplicationShutdown {
  private readonly logger = new Logger('Tokens');
  readonly #noting = new Map<string, Promise<void>>();

  constructor(private readonly dataSource: DataSource) {}

  /** `by`: who made it, for the record. */
  async create(wanted: NewToken, by: Actor): Promise<CreatedToken> {
    const errors = mistakesIn(wanted);
    if (errors.length > 0) return { outcome: 'refused', errors };
    const token = newToken();
    const stored = await this.dataSource.transaction((manager) =>
      insert(manager, { ...wanted, token, by, fromEnvironment: false }),
    );
    return stored === null ? { outcome: 'name taken' } : { outcome: 'created', token, stored };
  }

  /** Newest first. */
  async list(wanted: {
    readonly states: readonly TokenState[];
    readonly after: TokenPosition | null;
    readonly limit: number;
  }): Promise<readonly (ApiToken & { readonly position: TokenPosition })[]> {
    const rows = await this.dataSource.query<(ApiToken & { createdText: string })[]>(
      `select ${columns}, created_at::text as "createdText" from api_token
       where ${state} = any($1) and ($2::timestamptz is null or (created_at, id) < ($2::timestamptz, $3::uuid))
       order by created_at desc, id desc limit $4`,
      [wanted.states, wanted.after?.createdAt ?? null, wanted.after?.id ?? null, wanted.limit],
    );
    return rows.map(({ createdText, ...token }) => ({ ...token, position: { createdAt: createdText, id: token.id } }));
  }

  /** The usable or expired one of this name, for people who don't remember ids. */
  async find(name: string): Promise<ApiToken | null> {
    const [found] = await this.dataSource.query<ApiToken[]>(
      `select ${columns} from api_token where name = $1 and revoked_at is null`,
      [name],
    );
    return found ?? null;
  }

  /** For ever. The last usable token of an admin stays, because nobody could make another over the API. */
  async revoke(id: string, by: Actor): Promise<'revoked' | 'unknown' | 'last admin'> {
    return this.dataSource.transaction(async (manager) => {
      await lockTable(manager);
      const [token] = await manager.query<ApiToken[]>(`select ${columns} from api_token where id = $1`, [id]);
      if (token === undefined) return 'unknown';
      if (token.role === 'admin' && token.state === 'usable' && (await usableAdmins(manager)) === 1)
        return 'last admin';
      if (token.state === 'revoked') return 'revoked';
      await manager.query('update api_token set revoked_at = now(), revoked_by = $2 where id = $1', [
        id,
        actorName(by),
      ]);
      await recordRevocation(manager, token, by);
      return 'revoked';
    });
  }

  /** One query, whatever was sent; null for a token that is unknown, expired or revoked. */
  async authenticate(token: string): Promise<Caller | null> {
    const [found] = await this.dataSource.query<(Caller & { usable: boolean; stale: boolean })[]>(
      `select id as "tokenId", name, role, ${state} = 'usable' as usable,
         last_used_at is null or last_used_at < now() - interval '1 minute' as stale
       from api_token where hash = $1`,
      // Headers come as bytes, one a character.
      [hashOf(Buffer.from(token, 'latin1'))],
    );
    if (found === undefined || !found.usable) return null;
    const { tokenId, name, role, stale } = found;
    if (stale) this.#noteUse(tokenId);
    return { tokenId, name, role };
  }

  /**
   * At start, so that there is somebody who can make the other tokens: the token of the environment, in place of the one that
   * was there before; else, where no admin has a usable token, a new one, which is returned to be shown once.
   */
  async ensureAdminToken({ adminToken }: { readonly adminToken: string | null }): Promise<string | null> {
    return this.dataSource.transaction(async (manager) => {
      await lockTable(manager);
      if (adminToken !== null) await this.#takeFromEnvironment(manager, adminToken);
      if ((await usableAdmins(manager)) > 0) return null;
      const token = newToken();
      const wanted = { role: 'admin', expiresAt: null, token, by: hubwarden, fromEnvironment: false } as const;
      // An expired token, or one of another role, may have the name.
      for (let number = 1; ; number += 1) {
        const name = number === 1 ? 'admin' : `admin ${number}`;
        if ((await insert(manager, { ...wanted, name })) !== null) return token;
      }
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#noting.values());
  }

  async #takeFromEnvironment(manager: EntityManager, token: string): Promise<void> {
    const hash = hashOf(Buffer.from(token, 'utf8'));
    const [overtaken]: [Pick<ApiToken, 'id' | 'name' | 'role'>[]] = await manager.query(
      `update api_token set revoked_at = now(), revoked_by = $2
       where from_environment and revoked_at is null and hash <> $1 returning id, name, role`,
      [hash, replaced],
    );
    for (const former of overtaken) await recordRevocation(manager, former, configuration);
    // One that only made way for another may come back, with the deployment that has it; one that somebody revoked may not.
    const [returned]: [Pick<ApiToken, 'id' | 'name' | 'role'>[]] = await manager.query(
      `update api_token set revoked_at = null, revoked_by = null
       where hash = $1 and from_environment and revoked_by = $2 returning id, name, role`,
      [hash, replaced],
    );
    for (const former of returned) await recordCreation(manager, { ...former, expiresAt: null }, configuration);
    const wanted = { name: environmentName, role: 'admin', expiresAt: null, by: hubwarden } as const;
    if ((await insert(manager, { ...wanted, token, fromEnvironment: true })) !== null) return;
    const [known] = await manager.query<ApiToken[]>(`select ${columns} from api_token where hash = $1`, [hash]);
    if (known?.state !== 'usable' || known.role !== 'admin')
      this.logger.warn('HUBWARDEN_ADMIN_TOKEN is a token that cannot be used by an admin any more; choose another', {
        token: known?.id,
        state: known?.state,
        role: known?.role,
      });
  }

  /** Beside the request, which does not wait for it: when a token was used is no reason to answer late, or not at all. */
  #noteUse(id: string): void {
    if (this.#noting.has(id)) return;
    const noted = this.dataSource
      .query(
        `update api_token set last_used_at = now()
         where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
        [id],
      )
      .then(
        () => undefined,
        () => this.logger.debug('Use of a token not noted', { token: id }),
      )
      .finally(() => this.#noting.delete(id));
    this.#noting.set(id, noted);
  }
}

function mistakesIn({ name, role, expiresAt }: NewToken): FieldProblem[] {
  const errors: FieldProblem[] = [];
  if (name.trim() !== name || name === '' || name.length > longestName || /\p{C}/u.test(name))
    errors.push({
      field: 'name',
      message: `is not a name; expected 1 to ${longestName} visible characters without spaces around them`,
    });
  else if (name === environmentName)
    errors.push({ field: 'name', message: 'is kept for the token of the environment; expected another one' });
  else if (isNameOfNoToken(name))
    errors.push({ field: 'name', message: 'is what the trail calls somebody without a token; expected another one' });
  if (!roles.includes(role)) errors.push({ field: 'role', message: `is not one of ${roles.join(', ')}` });
  if (expiresAt !== null && !(expiresAt.getTime() > Date.now() && expiresAt.getUTCFullYear() <= 9_999))
    errors.push({ field: 'expiresAt', message: 'is not in the future' });
  return errors;
}

/** Null: the name is taken, or somebody has this very token. */
async function insert(
  manager: EntityManager,
  wanted: NewToken & { readonly token: string; readonly by: Actor; readonly fromEnvironment: boolean },
): Promise<ApiToken | null> {
  const [stored] = await manager.query<ApiToken[]>(
    `insert into api_token (id, name, role, hash, from_environment, created_at, created_by, expires_at)
     values ($1, $2, $3, $4, $5, now(), $6, $7) on conflict do nothing returning ${columns}`,
    [
      randomUUID(),
      wanted.name,
      wanted.role,
      hashOf(Buffer.from(wanted.token, 'utf8')),
      wanted.fromEnvironment,
      actorName(wanted.by),
      wanted.expiresAt,
    ],
  );
  if (stored !== undefined) await recordCreation(manager, stored, wanted.fromEnvironment ? configuration : wanted.by);
  return stored ?? null;
}

async function recordCreation(
  manager: EntityManager,
  { id, name, role, expiresAt }: Pick<ApiToken, 'id' | 'name' | 'role' | 'expiresAt'>,
  actor: Actor,
): Promise<void> {
  const after = { name, role, expiresAt: expiresAt?.toISOString() ?? null };
  await recordChange(manager, { actor, action: 'token.created', subject: `token/${id}`, after });
}

async function recordRevocation(
  manager: EntityManager,
  { id, name, role }: Pick<ApiToken, 'id' | 'name' | 'role'>,
  actor: Actor,
): Promise<void> {
  await recordChange(manager, { actor, action: 'token.revoked', subject: `token/${id}`, before: { name, role } });
}

async function usableAdmins(manager: EntityManager): Promise<number> {
  const [{ count } = { count: '0' }] = await manager.query<{ count: string }[]>(
    `select count(*) from api_token where role = 'admin' and ${state} = 'usable'`,
  );
  return Number(count);
}

/** Whoever counts admins must not do so while another takes one away, in this process or in another. */
async function lockTable(manager: EntityManager): Promise<void> {
  await manager.query('lock table api_token in share row exclusive mode');
}

function newToken(): string {
  return `hw_${randomBytes(32).toString('base64url')}`;
}

function hashOf(token: Buffer): Buffer {
  return createHash('sha256').update(token).digest();
}
