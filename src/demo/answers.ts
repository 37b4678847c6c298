import type { Caller } from './caller.js';
import type { HubWorld } from './world.js';

/** What a route may look at. */
export interface HubRequest {
  readonly world: HubWorld;
  readonly patOnOrganizationRoutes: boolean;
  /** The hub's own origin, for absolute links. */
  readonly base: string;
  /** The path's parts, decoded, without `v2`. */
  readonly segments: readonly string[];
  readonly path: string;
  readonly query: URLSearchParams;
  readonly caller: Caller;
  /** What stood behind `Bearer`, whatever it is. */
  readonly bearer: string | null;
  /** Listings moved by one row between two pages. */
  readonly drift: boolean;
  /** Rows that a page holds at most, whatever is asked for. */
  readonly largestPage: number;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const messages: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'unauthorized',
  403: 'permission denied',
  404: 'not found',
  405: 'method not allowed',
  409: 'conflict',
  500: 'internal error',
};

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** The error body that most routes share. */
export function refusal(status: number, message: string = messages[status] ?? 'internal error'): Answer {
  return { status, body: { message, errinfo: null } };
}

export function rateLimited(headers: Readonly<Record<string, string>>): Answer {
  return { status: 429, body: { detail: 'Rate limit exceeded', error: false }, headers };
}

export function scimAnswer(body: unknown, status = 200): Answer {
  return { status, body, type: 'application/scim+json' };
}

export function scimRefusal(status: number, detail: string, scimType?: string): Answer {
  return scimAnswer(
    {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      detail,
      ...(scimType ? { scimType } : {}),
    },
    status,
  );
}
