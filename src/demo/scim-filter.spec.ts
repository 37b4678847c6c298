import { describe, expect, it } from 'vitest';
import { scimFilter } from './scim-filter.js';

const user = {
  userName: 'jane@acme.example',
  displayName: 'jane',
  active: true,
  emails: [{ value: 'jane@acme.example' }, { value: 'j.doe "x"@home.example' }],
};

describe('scimFilter', () => {
  it.each([
    ['userName eq "jane@acme.example"', true],
    ['username Eq "JANE@acme.example"', true],
    ['userName ne "jane@acme.example"', false],
    ['userName co "acme"', true],
    ['userName sw "acme"', false],
    ['active eq true', true],
    ['active eq false', false],
    ['emails.value eq "jane@acme.example"', true],
    ['emails.value co "\\"x\\""', true],
    ['shoeSize eq "43"', false],
    ['active eq false and userName sw "j" or displayName eq "jane"', true],
    ['active eq false and (userName sw "j" or displayName eq "jane")', false],
    ['not (active eq false)', true],
    ['not(active eq true)', false],
  ])('%s is %s', (filter, expected) => {
    expect(scimFilter(filter)?.(user)).toBe(expected);
  });

  it.each([
    '',
    'userName',
    'userName eq',
    'userName eq jane',
    'userName is "jane"',
    'userName eq "jane',
    '(userName eq "jane"',
    'userName eq "jane") ',
    'userName eq "a" and',
    'not active eq true',
    'userName eq "a" userName eq "b"',
  ])('"%s" is none', (filter) => {
    expect(scimFilter(filter)).toBeNull();
  });
});
