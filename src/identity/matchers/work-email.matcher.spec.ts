import { describe, expect, it } from 'vitest';
import { addressRules } from '../normalize-address.js';
import { workEmail } from './work-email.matcher.js';

const strict = { corporateDomains: [], domainAliases: {}, plusAddressing: false, links: [], serviceAccounts: [] };
const lenient = { ...strict, plusAddressing: true, domainAliases: { 'acme.io': 'acme.com' } };

function meet(email: string | null, addresses: string[], config = strict): boolean {
  const account = { kind: 'account' as const, username: 'jdoe', email, fullName: 'Jane Doe' };
  const keys = workEmail.accountKeys(account, addressRules(config));
  return workEmail
    .personKeys({ id: 'E-1', fullName: 'Jane Doe', addresses, dockerUsernames: [] })
    .some((key) => keys.includes(key));
}

describe('workEmail', () => {
  it.each([
    ['jane@acme.com', ['jane@acme.com'], strict],
    [' JANE@Acme.com', ['jane@acme.com '], strict],
    ['jane@home.example', ['jane@acme.com', 'Jane@Home.example'], strict],
    ['jane@bücher.de', ['jane@xn--bcher-kva.de'], strict],
    ['jane+docker@acme.com', ['jane+docker@acme.com'], strict],
    ['jane+docker@acme.com', ['jane@acme.com'], lenient],
    ['jane+docker@home.example', ['jane@home.example'], lenient],
    ['jane@acme.io', ['jane@acme.com'], lenient],
    ['jane+docker@acme.io', ['jane@acme.com'], lenient],
    ['jane@acme.io', ['jane@acme.io'], lenient],
  ])('%s is found in %j', (email, addresses, config) => expect(meet(email, addresses, config)).toBe(true));

  it.each([
    ['a hidden address', null, ['jane@acme.com'], lenient],
    ['nothing in the roster', 'jane@acme.com', [], lenient],
    ['a tag, where the policy does not overlook it', 'jane+docker@acme.com', ['jane@acme.com'], strict],
    ['a tag in the roster only', 'jane@acme.com', ['jane+docker@acme.com'], lenient],
    ['another tag', 'jane+a@acme.com', ['jane+b@acme.com'], lenient],
    ['an alias, where there is none', 'jane@acme.io', ['jane@acme.com'], strict],
    ['an alias the wrong way round', 'jane@acme.com', ['jane@acme.io'], lenient],
    ['a longer mailbox', 'jane.doe@acme.com', ['jane@acme.com'], lenient],
    ['a subdomain', 'jane@mail.acme.com', ['jane@acme.com'], lenient],
    ['a domain that ends alike', 'jane@evilacme.com', ['jane@acme.com'], lenient],
    ['a Cyrillic a', 'jаne@acme.com', ['jane@acme.com'], lenient],
    ['a Cyrillic a on both sides', 'jаne@acme.com', ['jаne@acme.com'], lenient],
    ['a Kelvin sign', 'jac\u212A@acme.com', ['jack@acme.com'], lenient],
    ['a Turkish I', 'JAN\u0130NE@acme.com', ['janine@acme.com'], lenient],
    ['full-width letters', 'ｊａｎｅ@acme.com', ['jane@acme.com'], lenient],
    ['an all Cyrillic mailbox that looks Latin', 'аре@acme.com', ['ape@acme.com'], lenient],
    ['two addresses in one cell', 'jane@acme.com', ['jane@acme.com; joe@acme.com'], lenient],
  ])('%s is no key', (_, email, addresses, config) => expect(meet(email, addresses, config)).toBe(false));

  it('never looks at names', () => expect(meet('other@acme.com', ['jane@acme.com'])).toBe(false));

  it('names no key twice', () =>
    expect(
      workEmail.personKeys({ id: 'E-1', fullName: null, addresses: ['a@b.c', 'A@B.C'], dockerUsernames: [] }),
    ).toEqual(['a@b.c']));
});
