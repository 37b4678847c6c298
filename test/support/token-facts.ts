import type { Attestation } from '../../src/checks/check.js';
import type { TokenFacts, TokenResource } from '../../src/checks/token-facts.js';
import { named } from './check-facts.js';

/** The rights of a token for one path. */
export function onto(path: string, ...scopes: string[]): TokenResource {
  return { type: path.includes('/') ? 'TYPE_REPO' : 'TYPE_ORG', path, scopes };
}

/** A token of which everything is in order. */
export function aToken(overrides: Partial<TokenFacts> = {}): TokenFacts {
  return {
    organization: 'acme',
    id: 't-1',
    name: 'ci-push',
    label: 'ci-push',
    createdBy: 'jdoe99',
    isActive: true,
    createdAt: '2026-10-01T08:00:00Z',
    expiresAt: '2026-12-20T08:00:00Z',
    lastUsedAt: '2026-11-20T08:00:00Z',
    resources: [onto('acme/api', 'scope-image-push', 'scope-tag-read')],
    creator: { state: 'linked', person: named(), present: true },
    owner: named({ id: 'E-1001', name: 'Olga Owner' }),
    ...overrides,
  };
}

export function anAttestation(overrides: Partial<Attestation> = {}): Attestation {
  return {
    id: 'a-7',
    answer: 'yes',
    statement: 'Looked at it in the admin console',
    attestedBy: 'olga',
    attestedAt: '2026-10-15T09:00:00.000Z',
    expiresAt: '2027-01-10T00:00:00.000Z',
    ...overrides,
  };
}
