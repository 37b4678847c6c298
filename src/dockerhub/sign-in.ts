import { decodeJwt } from 'jose';
import type { Credential } from '../config/configuration.js';
import type { CredentialIdentity, CredentialKind } from './credential.js';
import { isSendable } from './credential.js';
import { objectOf, text } from './decoders/fields.js';
import type { HostHealth } from './host-health.js';
import type { Body, HttpClient } from './http-client.js';
import type { PatientRequests } from './patient-requests.js';
import type { RunClock } from './run-clock.js';
import type { Refused } from './sentences.js';
import { credentialRefused, failed } from './sentences.js';

/** What Docker says of a bearer's life, for an answer that does not say it itself. */
const usualLifeMs = 600_000;
/** A bearer is renewed this long before it ends, or in the last fifth of a shorter life. */
const longestMarginMs = 60_000;
const shareOfLife = 0.2;
const toleratedSkewMs = 5_000;
const claimsOfDocker = 'https://hub.docker.com';

interface Bearer {
  readonly authorization: string;
  readonly renewAt: number;
  readonly identity: CredentialIdentity;
}

/**
 * The session of one credential in one run: signs in when first needed, once for everybody who waits, again before the bearer
 * ends, and once after a 401. Then never again: Docker locks an account after repeated failures. Of a refused credential the
 * message is only why.
 */
export class SignIn {
  readonly #credential: Credential;
  readonly #looks: CredentialKind;
  readonly #http: HttpClient;
  readonly #requests: PatientRequests;
  readonly #health: HostHealth;
  readonly #clock: RunClock;
  #bearer: Bearer | null = null;
  #identity: CredentialIdentity | null = null;
  #pending: Promise<Bearer | Refused> | null = null;
  #isSpent = false;
  #refusal: Refused | null = null;

  constructor(
    credential: Credential,
    looks: CredentialKind,
    given: { http: HttpClient; requests: PatientRequests; health: HostHealth; clock: RunClock },
  ) {
    this.#credential = credential;
    this.#looks = looks;
    this.#http = given.http;
    this.#requests = given.requests;
    this.#health = given.health;
    this.#clock = given.clock;
  }

  get refusal(): Refused | null {
    return this.#refusal;
  }

  /** Null before the first sign-in. */
  get identity(): CredentialIdentity | null {
    return this.#identity;
  }

  async authorize(): Promise<Bearer | Refused> {
    if (this.#refusal) return this.#refusal;
    if (this.#bearer && this.#clock.now() < this.#bearer.renewAt) return this.#bearer;
    this.#pending ??= this.#signIn().finally(() => {
      this.#pending = null;
    });
    return await this.#pending;
  }

  /** After a 401: null where asking once more makes sense. */
  rejected(authorization: string): Refused | null {
    if (this.#refusal) return this.#refusal;
    // Of an older bearer, or while the next one is being fetched.
    if (this.#bearer?.authorization !== authorization) return null;
    if (this.#isSpent) {
      this.#refusal = credentialRefused('after a fresh sign-in its requests were refused again (401)');
      return this.#refusal;
    }
    this.#isSpent = true;
    this.#bearer = null;
    return null;
  }

  async #signIn(): Promise<Bearer | Refused> {
    const reply = await this.#requests.ask({
      what: 'a sign-in',
      host: this.#http.endpoint.host,
      path: 'sign-in',
      lane: '',
      budget: null,
      health: this.#health,
      authorize: () => Promise.resolve({ authorization: '' }),
      send: (_, limits) => this.#http.signIn(this.#credential, limits),
      read: (body) => bearerOf(body, this.#clock.now(), this.#credential, this.#looks),
      isPutOffOnlyWithTime: true,
    });
    if (reply.outcome === 'read') {
      this.#bearer = reply.value;
      this.#identity = reply.value.identity;
      return reply.value;
    }
    if (reply.outcome === 'status') {
      this.#refusal = this.#refusedSignIn(reply.status, reply.body);
      return this.#refusal;
    }
    if (reply.reason !== 'DEADLINE') this.#refusal = reply;
    // No other credential gets an answer either where there is nobody to give one.
    if (reply.hadNoAnswer) this.#health.stop(reply);
    return reply;
  }

  #refusedSignIn(status: number, body: Body): Refused {
    const { host } = this.#http.endpoint;
    if (status === 404 || status === 405 || status === 410) {
      return failed('SOURCE_UNREACHABLE', `${host} knows no sign-in (${status}): is DOCKERHUB_URL right?`);
    }
    if (status === 429) {
      return credentialRefused('too many sign-ins failed and Docker Hub locked it for a while (429)');
    }
    return credentialRefused(
      needsSecondFactor(body)
        ? 'the account asks for a second factor, which no program can give'
        : `wrong, expired or revoked (${status})`,
    );
  }
}

function needsSecondFactor(body: Body): boolean {
  const detail = text(objectOf(typeof body === 'object' ? body.json : undefined) ?? {}, 'detail');
  return detail?.toLowerCase().includes('secondary authentication') ?? false;
}

function bearerOf(body: unknown, now: number, credential: Credential, looks: CredentialKind): Bearer | undefined {
  const token = text(objectOf(body) ?? {}, 'access_token');
  if (!token || !isSendable(token)) return undefined;
  const { exp, iat, source, username } = claimsOf(token);
  const lifeMs = lifeOf(now, exp, iat);
  const [, word, id] = /^docker_(\w+)\|(.+)$/.exec(source ?? '') ?? [];
  const kind = sources.get(word ?? '') ?? looks;
  const isOfOrganization = kind === 'organization_token';
  return {
    authorization: `Bearer ${token}`,
    renewAt: now + lifeMs - Math.min(longestMarginMs, lifeMs * shareOfLife),
    identity: {
      kind,
      username: isOfOrganization ? null : (username ?? credential.identifier),
      tokenId: isOfOrganization ? (id ?? null) : null,
    },
  };
}

/** From now on, by what the bearer says of itself; its issuer's clock need not be ours. */
function lifeOf(now: number, exp: number | undefined, iat: number | undefined): number {
  if (exp === undefined) return usualLifeMs;
  const clocksAgree = iat === undefined || Math.abs(iat * 1000 - now) < toleratedSkewMs;
  const told = clocksAgree ? exp * 1000 - now : (exp - iat) * 1000;
  return told > 0 ? told : usualLifeMs;
}

/** How Docker calls what a bearer was issued for. */
const sources: ReadonlyMap<string, CredentialKind> = new Map([
  ['oat', 'organization_token'],
  ['pat', 'personal_token'],
  ['password', 'password'],
]);

interface Claims {
  readonly exp?: number;
  readonly iat?: number;
  readonly source?: string;
  readonly username?: string;
}

/** Nothing where the bearer is no JWT, which is its issuer's business. */
function claimsOf(token: string): Claims {
  try {
    const claims = decodeJwt(token);
    const own = objectOf(claims[claimsOfDocker]) ?? {};
    const [source, username] = [text(own, 'source'), text(own, 'username')];
    return {
      ...(typeof claims.exp === 'number' ? { exp: claims.exp } : {}),
      ...(typeof claims.iat === 'number' ? { iat: claims.iat } : {}),
      ...(source === undefined ? {} : { source }),
      ...(username ? { username } : {}),
    };
  } catch {
    return {};
  }
}
