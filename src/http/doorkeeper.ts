import type { FastifyRequest } from 'fastify';
import type { CalledRequest } from './allow.js';
import type { ApiTokens } from './api-tokens.js';
import type { FailedAttempts } from './failed-attempts.js';
import { Problem } from './problem.js';
import type { Allowed } from './route-facts.js';

type Asking = Pick<FastifyRequest, 'ip' | 'headers'> & CalledRequest;

/** Lets a request in, or says why not. */
export class Doorkeeper {
  constructor(
    private readonly tokens: ApiTokens,
    private readonly attempts: FailedAttempts,
  ) {}

  /**
   * Notes the caller in the request. `allowed` is what the route says; a route that says nothing is closed to everybody.
   * @throws {Problem} 401, 403 or 429.
   */
  async admit(request: Asking, allowed: Allowed | undefined): Promise<void> {
    if (allowed === 'anyone') return;
    if (allowed === undefined) throw new Problem(403, 'This is closed to everybody.');
    request.caller ??= await this.#identify(request);
    const { role } = request.caller;
    if (!allowed.includes(role))
      throw new Problem(403, `The role ${role} does not allow this; it takes ${allowed.join(' or ')}.`);
  }

  async #identify({ ip, headers }: Asking): Promise<NonNullable<CalledRequest['caller']>> {
    await this.#heed(ip);
    // In time that grows with the length of the header, whatever stands in it.
    const token = /^bearer +(\S.*)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) throw unauthorized('Bearer realm="hubwarden"');
    const caller = await this.tokens.authenticate(token);
    if (caller === null) {
      await this.attempts.count(ip);
      throw unauthorized('Bearer realm="hubwarden", error="invalid_token"');
    }
    // Once more: guesses that came at the same time have been counted by now.
    await this.#heed(ip);
    return caller;
  }

  /**
   * An address that has to wait is not heard even with a good token: otherwise one that guesses would be let in as soon as a
   * guess is right, and would have been slowed down by nothing.
   */
  async #heed(ip: string): Promise<void> {
    const wait = await this.attempts.wait(ip);
    if (wait === null) return;
    throw new Problem(429, `Too many failed attempts from this address; try again in ${wait} s.`, {
      headers: { 'Retry-After': String(wait) },
    });
  }
}

/** In the same words whatever was wrong with the token: nobody learns that there was one. */
function unauthorized(challenge: string): Problem {
  return new Problem(401, 'This takes a valid token; expected `Authorization: Bearer TOKEN`.', {
    headers: { 'WWW-Authenticate': challenge },
  });
}
