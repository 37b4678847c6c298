import { describe, expect, it } from 'vitest';
import type { Account, Person } from './matcher.js';
import { addressRules } from './normalize-address.js';
import { Suggester } from './suggest.js';

const rules = addressRules({
  corporateDomains: ['acme.com'],
  domainAliases: {},
  plusAddressing: false,
  links: [],
  serviceAccounts: [],
});

const account = (part: Partial<Account>): Account => ({
  kind: 'account',
  username: null,
  email: null,
  fullName: null,
  ...part,
});
const person = (id: string, fullName: string | null, ...addresses: string[]): Person => ({
  id,
  fullName,
  addresses,
  dockerUsernames: [],
});

function suggest(accounts: Account[], people: Person[]): ReturnType<Suggester['suggestions']> {
  const suggester = new Suggester(accounts, rules);
  for (const each of people) suggester.consider(each);
  return suggester.suggestions();
}

describe('Suggester', () => {
  it('names those who resemble the account, the likeliest first, each once and with every reason', () => {
    const [found] = suggest(
      [account({ username: 'jdoe', email: 'jаne@acme.com', fullName: 'Jane Doe' })],
      [
        person('E-1', 'John Doe', 'john@acme.com'),
        person('E-2', 'Jane Doe', 'other@acme.com'),
        person('E-3', null, 'jane@acme.com'),
        person('E-4', 'Somebody Else', 'else@acme.com'),
      ],
    );
    expect(found).toEqual([
      { person: 'E-3', name: null, because: expect.stringMatching(/another alphabet/) },
      {
        person: 'E-2',
        name: 'Jane Doe',
        because: 'Both have the same name. Its username resembles their name.',
      },
      { person: 'E-1', name: 'John Doe', because: 'Its username resembles their name.' },
    ]);
  });

  it('answers for every account by itself', () => {
    const found = suggest(
      [account({ fullName: 'Jane Doe' }), account({}), account({ fullName: 'Max Power' })],
      [person('E-1', 'Max Power'), person('E-2', 'Jane Doe')],
    );
    expect(found.map((each) => each.map((suggestion) => suggestion.person))).toEqual([['E-2'], [], ['E-1']]);
  });

  it('shows five at most', () => {
    const namesakes = Array.from({ length: 12 }, (_, index) => person(`E-${10 + index}`, 'Jane Doe'));
    const [found] = suggest([account({ fullName: 'Jane Doe' })], namesakes);
    expect(found?.map((suggestion) => suggestion.person)).toEqual(['E-10', 'E-11', 'E-12', 'E-13', 'E-14']);
  });

  it('says nothing where half the company would be meant', () => {
    const namesakes = Array.from({ length: 500 }, (_, index) => person(`E-${index}`, 'Jane Doe'));
    expect(suggest([account({ fullName: 'Jane Doe' })], namesakes)).toEqual([[]]);
  });

  it('does not compare everybody with everybody', () => {
    const strangers = Array.from({ length: 5000 }, () => account({ fullName: 'Jane Doe', username: 'jdoe' }));
    const namesakes = Array.from({ length: 20_000 }, (_, index) => person(`E-${index}`, 'Jane Doe'));
    const started = performance.now();
    suggest(strangers, namesakes);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
