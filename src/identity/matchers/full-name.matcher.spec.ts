import { describe, expect, it } from 'vitest';
import { addressRules } from '../normalize-address.js';
import { fullName } from './full-name.matcher.js';

const rules = addressRules({
  corporateDomains: [],
  domainAliases: {},
  plusAddressing: false,
  links: [],
  serviceAccounts: [],
});

function because(shown: string | null, recorded: string | null): string | null {
  const account = { kind: 'account' as const, username: 'x', email: null, fullName: shown };
  const person = { id: 'E-1', fullName: recorded, addresses: [], dockerUsernames: [] };
  const keys = fullName.accountKeys(account, rules);
  if (!fullName.personKeys(person).some((key) => keys.includes(key))) return null;
  return fullName.resemblance(account, person, rules)?.because ?? null;
}

describe('fullName', () => {
  it.each([
    ['Jane Doe', 'jane doe'],
    ['Doe, Jane', 'Jane Doe'],
    ['Zoe Soren', 'Zoë Sören'],
    ['Juergen Mueller', 'Jürgen Müller'],
    ['Lukasz Groß', 'Łukasz Gross'],
    ['Иван Петров', 'Петров Иван'],
  ])('%s is called %s', (shown, recorded) => expect(because(shown, recorded)).toBe('Both have the same name.'));

  it.each([
    ['Jane Docherty', 'Jane Docherti'],
    ['Jon Robertson', 'John Robertson'],
    ['Johannes Maier', 'Johannes Meier'],
    ['Kahterine Jones', 'Katherine Jones'],
  ])('%s is nearly called %s', (shown, recorded) => expect(because(shown, recorded)).toMatch(/a letter or two/));

  it('sees past a middle name', () =>
    expect(because('Jane Doe', 'Jane Alexandra Doe')).toBe('Both share a first and a last name.'));

  it.each([
    ['Jane Doe', 'John Doe'],
    ['Jane', 'Jane Doe'],
    ['Wolfgang Amadeus', 'Ludwig Beethoven'],
    [null, null],
    ['', ''],
    ['--', '..'],
    [null, 'Jane Doe'],
  ])('has nothing to say of %s and %s', (shown, recorded) => expect(because(shown, recorded)).toBeNull());

  it('makes a bounded number of keys of a name without end', () =>
    expect(
      fullName.personKeys({
        id: 'E-1',
        fullName: 'name '.repeat(1000) + 'x'.repeat(5000),
        addresses: [],
        dockerUsernames: [],
      }).length,
    ).toBeLessThan(60));
});
