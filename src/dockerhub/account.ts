import type { CredentialIdentity } from './credential.js';
import { isSendable } from './credential.js';
import type { HostHealth } from './host-health.js';
import type { HttpClient } from './http-client.js';
import type { PatientRequests, Reply } from './patient-requests.js';
import type { RateBudget } from './rate-budget.js';
import type { Refused } from './sentences.js';
import { credentialRefused } from './sentences.js';
import type { SignIn } from './sign-in.js';

/** A SCIM token is sent as it is and cannot be renewed: the first 401 is the last. */
export class ScimToken {
  readonly identity: CredentialIdentity = { kind: 'scim', username: null, tokenId: null };
  readonly #token: string;
  #refusal: Refused | null = null;

  constructor(token: string) {
    this.#token = token;
    if (!isSendable(token)) this.#refuse('it holds characters that no token has');
  }

  get refusal(): Refused | null {
    return this.#refusal;
  }

  authorize(): Promise<{ readonly authorization: string } | Refused> {
    return Promise.resolve(this.#refusal ?? { authorization: `Bearer ${this.#token}` });
  }

  rejected(): Refused | null {
    this.#refuse('wrong, expired or replaced (401)');
    return this.#refusal;
  }

  #refuse(why: string): void {
    this.#refusal ??= credentialRefused(why);
  }
}

/** One credential in one run, whichever organizations use it. */
export class Account {
  readonly #http: HttpClient;
  readonly #requests: PatientRequests;
  readonly #health: HostHealth;
  readonly #pass: SignIn | ScimToken;

  constructor(
    readonly fingerprint: string,
    readonly budget: RateBudget,
    given: { http: HttpClient; requests: PatientRequests; health: HostHealth; pass: SignIn | ScimToken },
  ) {
    this.#http = given.http;
    this.#requests = given.requests;
    this.#health = given.health;
    this.#pass = given.pass;
  }

  get endpoint(): HttpClient['endpoint'] {
    return this.#http.endpoint;
  }

  /** Null before the first sign-in. */
  get identity(): CredentialIdentity | null {
    return this.#pass.identity;
  }

  /** Signs in if that did not happen yet; a refusal shows at the first question. */
  async introduce(): Promise<void> {
    await this.#pass.authorize();
  }

  /** The message of a `CREDENTIAL_REFUSED` is only why. */
  async get<Value>(wanted: {
    readonly url: URL;
    readonly what: string;
    readonly organization: string;
    readonly isFurther: boolean;
    readonly signal?: AbortSignal | undefined;
    readonly read: (body: unknown) => Value | undefined;
  }): Promise<Reply<Value>> {
    const { url, what, organization, isFurther, read } = wanted;
    for (;;) {
      if (this.#pass.refusal) return this.#pass.refusal;
      const reply = await this.#requests.ask({
        what,
        host: this.endpoint.host,
        path: url.pathname + url.search,
        lane: organization,
        isFurther,
        signal: wanted.signal,
        budget: this.budget,
        health: this.#health,
        authorize: () => this.#pass.authorize(),
        send: (authorization, limits) => this.#http.get(url, authorization, limits),
        read,
      });
      if (reply.outcome !== 'status' || reply.status !== 401) return reply;
      const refusal = this.#pass.rejected(reply.authorization);
      if (refusal) return refusal;
    }
  }
}
