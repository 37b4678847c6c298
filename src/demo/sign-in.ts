import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Answer } from './answers.js';
import { ok, refusal } from './answers.js';
import type { Caller } from './caller.js';
import type { HubCredential, HubOrganization, HubWorld } from './world.js';

export interface SignInRules {
  readonly tokenLifeSeconds: number;
  readonly lockOut: { readonly after: number; readonly forMs: number };
}

type Found = { readonly organization: HubOrganization; readonly credential: HubCredential };

const wrong: Answer = { status: 401, body: { detail: 'Incorrect authentication credentials' } };
const locked: Answer = { status: 429, body: { detail: 'Too many failed login attempts for username or IP address' } };

/**
 * Exchanges a secret for a bearer that expires. A bearer dies with its credential: whoever takes the credential out of the
 * world, or deactivates the organization token, ends its sessions too.
 */
export class SignInDesk {
  readonly #key = randomBytes(32);
  readonly #issued = new Map<string, { credential: HubCredential; expiresAt: number }>();
  readonly #failures = new Map<string, { count: number; lockedUntil: number }>();

  constructor(
    private readonly world: HubWorld,
    private readonly rules: () => SignInRules,
  ) {}

  async signIn(body: unknown): Promise<Answer> {
    const sent: object = typeof body === 'object' && body !== null ? body : {};
    const identifier = 'identifier' in sent ? sent.identifier : undefined;
    const secret = 'secret' in sent ? sent.secret : undefined;
    if (typeof identifier !== 'string' || typeof secret !== 'string' || identifier.includes('@')) return refusal(400);
    const known = this.#failures.get(identifier) ?? { count: 0, lockedUntil: 0 };
    if (known.lockedUntil > Date.now()) return locked;
    const found = this.#find(identifier, secret);
    if (!found) {
      const count = known.lockedUntil > 0 ? 1 : known.count + 1;
      const { after, forMs } = this.rules().lockOut;
      this.#failures.set(identifier, { count, lockedUntil: count >= after ? Date.now() + forMs : 0 });
      return wrong;
    }
    this.#failures.delete(identifier);
    return ok({ access_token: await this.#issue(found) });
  }

  caller(bearer: string | null): Caller {
    if (bearer === null) return { kind: 'nobody' };
    const session = this.#issued.get(bearer);
    if (!session || session.expiresAt * 1000 <= Date.now()) return { kind: 'refused' };
    const { credential } = session;
    const organization = this.world.organizations.find((one) => one.credentials.includes(credential));
    if (!organization) return { kind: 'refused' };
    if (credential.kind === 'oat') {
      if (!usable(organization, credential.token)) return { kind: 'refused' };
      return { kind: 'organization', name: organization.name, token: credential.token };
    }
    const scopes = credential.kind === 'pat' ? (credential.scopes ?? ['repo:admin']) : [];
    return { kind: 'user', username: credential.username, by: credential.kind, scopes };
  }

  /** Every bearer that was issued so far is refused from now on. */
  expireAll(): void {
    this.#issued.clear();
  }

  #find(identifier: string, secret: string): Found | null {
    const name = identifier.toLowerCase();
    for (const organization of this.world.organizations) {
      for (const credential of organization.credentials) {
        if (credential.secret !== secret) continue;
        if (credential.kind === 'oat') {
          if (organization.name === name && usable(organization, credential.token)) return { organization, credential };
        } else if (credential.username.toLowerCase() === name && !(credential.kind === 'password' && this.#sso(name))) {
          return { organization, credential };
        }
      }
    }
    return null;
  }

  #sso(username: string): boolean {
    return this.world.organizations.some(
      (one) => one.ssoEnforced === true && one.members.some((member) => member.username.toLowerCase() === username),
    );
  }

  async #issue({ organization, credential }: Found): Promise<string> {
    const issuedAt = Math.floor(Date.now() / 1000);
    const expiresAt = Math.ceil(Date.now() / 1000 + this.rules().tokenLifeSeconds);
    const user =
      credential.kind === 'oat'
        ? null
        : this.world.organizations
            .flatMap((one) => one.members)
            .find((one) => one.username.toLowerCase() === credential.username.toLowerCase());
    const username = credential.kind === 'oat' ? organization.name : credential.username;
    const source =
      credential.kind === 'oat'
        ? `docker_oat|${credential.token}`
        : credential.kind === 'pat'
          ? `docker_pat|${credential.id}`
          : `docker_password|${user?.id ?? username}`;
    const bearer = await new SignJWT({
      scope: 'openid offline_access',
      'https://hub.docker.com': {
        uuid: user?.id ?? organization.name,
        username,
        email: user?.email ?? '',
        session_id: randomUUID(),
        source,
      },
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('https://login.docker.com/')
      .setSubject(source)
      .setAudience(['https://hub.docker.com'])
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.#key);
    this.#issued.set(bearer, { credential, expiresAt });
    return bearer;
  }
}

function usable(organization: HubOrganization, id: string): boolean {
  const token = organization.tokens.find((one) => one.id === id);
  return (
    token !== undefined && token.isActive && (token.expiresAt === null || Date.parse(token.expiresAt) > Date.now())
  );
}
