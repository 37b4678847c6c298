import { describe, expect, it } from 'vitest';
import { addressRules } from '../normalize-address.js';
import { handle } from './handle.matcher.js';

const rules = addressRules({
  corporateDomains: ['ACME.com'],
  domainAliases: {},
  plusAddressing: false,
  links: [],
  serviceAccounts: [],
});
const jane = {
  id: 'E-1',
  fullName: 'Jane Doe',
  addresses: ['jane.d@acme.com'],
  dockerUsernames: ['dockerjane'],
};

function because(username: string | null, email: string | null): string | null {
  const account = { kind: 'account' as const, username, email, fullName: null };
  const keys = handle.accountKeys(account, rules);
  if (!handle.personKeys(jane).some((key) => keys.includes(key))) return null;
  return handle.resemblance(account, jane, rules)?.because ?? null;
}

describe('handle', () => {
  it.each([
    ['xyz99', 'jane.doe@acme.com', /company address is in nobody/],
    ['xyz99', 'janed@acme.com', /company address is in nobody/],
    ['xyz99', 'jane.d@gmail.com', /same name before the @/],
    ['xyz99', 'doe_jane@gmail.com', /address resembles their name/],
    ['janed', null, /username resembles their address/],
    ['docker-jane-2', null, /recorded Docker ID/],
    ['jdoe99', null, /username resembles their name/],
    ['jane-doe', 'hidden@gmail.com', /username resembles their name/],
    ['DOEJ', null, /username resembles their name/],
  ])('of %s with %s', (username, email, expected) => expect(because(username, email)).toMatch(expected));

  it.each([
    ['jane', null],
    ['doe', null],
    ['acme-ci', 'ci@acme.com'],
    [null, null],
    ['99', '1@acme.com'],
    ['xyz99', 'no address'],
  ])('has nothing to say of %s with %s', (username, email) => expect(because(username, email)).toBeNull());
});
