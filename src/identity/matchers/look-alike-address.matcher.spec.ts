import { describe, expect, it } from 'vitest';
import { addressRules } from '../normalize-address.js';
import { lookAlikeAddress } from './look-alike-address.matcher.js';

const rules = addressRules({
  corporateDomains: [],
  domainAliases: {},
  plusAddressing: false,
  links: [],
  serviceAccounts: [],
});

function because(email: string | null, address: string): string | null {
  const account = { kind: 'account' as const, username: 'x', email, fullName: null };
  const person = { id: 'E-1', fullName: null, addresses: ['unrelated@acme.com', address], dockerUsernames: [] };
  const keys = lookAlikeAddress.accountKeys(account, rules);
  if (!lookAlikeAddress.personKeys(person).some((key) => keys.includes(key))) return null;
  return lookAlikeAddress.resemblance(account, person, rules)?.because ?? null;
}

describe('lookAlikeAddress', () => {
  it.each(['jаne@acme.com', 'jane@асmе.com', 'JAΝE@acme.com', 'ｊane@acme.com', 'jane@xn--cme-5cd.com'])(
    'says that %s is written with other letters',
    (email) => expect(because(email, 'jane@acme.com')).toMatch(/another alphabet/),
  );

  it.each([
    ['jane.doe1@acme.com', 'jane.doel@acme.com'],
    ['janed0e@acme.com', 'jane.doe@acme.com'],
    ['jane@acrne.com', 'jane@acme.com'],
    ['jane+docker@acme.com', 'jane@acme.com'],
    ['jane_doe@acme.com', 'jane.doe@acme.com'],
  ])('says that %s and %s are easily confused', (email, address) =>
    expect(because(email, address)).toMatch(/look-alike characters, punctuation or a tag/),
  );

  it('does not call an address a look-alike of itself', () =>
    expect(because('jane@acme.com', 'Jane@acme.com')).toMatch(/one of their addresses/));

  it.each([
    ['jane@acme.com', 'june@acme.com'],
    ['jane@acme.com', 'jane@acme.org'],
    [null, 'jane@acme.com'],
    ['jane', 'jane'],
    ['@acme.com', '@acme.com'],
    ['jane@', 'jane@'],
  ])('has nothing to say of %s and %s', (email, address) => expect(because(email, address)).toBeNull());
});
