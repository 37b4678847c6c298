import { describe, expect, it } from 'vitest';
import { addressRules } from '../normalize-address.js';
import { dockerUsername } from './docker-username.matcher.js';

const rules = addressRules({
  corporateDomains: [],
  domainAliases: {},
  plusAddressing: true,
  links: [],
  serviceAccounts: [],
});

function meet(username: string | null, recorded: string | null): boolean {
  const keys = dockerUsername.accountKeys({ kind: 'account', username, email: null, fullName: null }, rules);
  return dockerUsername
    .personKeys({
      id: 'E-1',
      fullName: null,
      addresses: ['jdoe@acme.com'],
      dockerUsernames: recorded === null ? [] : [recorded],
    })
    .some((key) => keys.includes(key));
}

describe('dockerUsername', () => {
  it.each([
    ['jdoe99', 'jdoe99'],
    ['jdoe99', ' JDoe99 '],
    ['JDOE99', 'jdoe99'],
    ['none-of-your-business', 'none-of-your-business'],
  ])('%s is %j', (username, recorded) => expect(meet(username, recorded)).toBe(true));

  it.each([
    ['jdoe99', null],
    [null, 'jdoe99'],
    [null, null],
    ['', ''],
    ['jdoe', 'jdoe99'],
    ['jdoe', null],
    ['jdоe99', 'jdoe99'],
    ['jdоe99', 'jdоe99'],
    ['jac\u212A', 'jack'],
    ['jdoe', 'jdoe, jdoe99'],
    ['jdoe', 'jdoe@acme.com'],
    ['none', 'none'],
    ['unknown', 'Unknown'],
    ['undefined', 'undefined'],
    ['null', 'NULL'],
  ])('%j is not %j', (username, recorded) => expect(meet(username, recorded)).toBe(false));
});
