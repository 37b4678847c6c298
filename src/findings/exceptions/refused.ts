import type { Role } from '../../http/roles.js';

/** Whoever asks for something or decides it, as the API knows them. */
export interface Requester {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
}

/** Nothing changed, or what was asked for is void. `message`: a sentence, of `invalid` one that follows the name of its field. */
export type Refused =
  | { readonly outcome: 'unknown' | 'forbidden' | 'in the way'; readonly message: string }
  | { readonly outcome: 'invalid'; readonly field: string; readonly message: string };

export function refused(outcome: 'unknown' | 'forbidden', message: string): Refused {
  return { outcome, message };
}

export function inTheWay(message: string): Refused {
  return { outcome: 'in the way', message };
}

export function invalid(field: string, message: string): Refused {
  return { outcome: 'invalid', field, message };
}
