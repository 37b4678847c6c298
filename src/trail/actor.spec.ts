import { expect, it } from 'vitest';
import { isSomebodyElse } from './actor.js';

const jane = { name: 'jane', tokenId: '2a514d31-4404-4f98-9e02-994307f0f9ad' };
const other = 'be6a3e1d-0940-4438-99bb-c1d7980844f9';

it.each([
  ['the same token under another name', { ...jane, name: 'joan' }],
  ['another token of the same name', { name: 'jane', tokenId: other }],
  ['a name with other capitals', { name: 'JANE', tokenId: other }],
  ['a name in wide letters', { name: 'ｊａｎｅ', tokenId: other }],
  ['a name with a mark that nobody sees', { name: 'jane\u034f', tokenId: other }],
  ['a name with a letter that nobody sees', { name: 'jane\u3164', tokenId: other }],
  ['a name with other dots and spaces', { name: 'J.\u00a0ane-', tokenId: other }],
  ['a name with an accent', { name: 'jáne', tokenId: other }],
  ['a caller of the same name without a token', { name: 'jane', tokenId: null }],
])('does not take %s for somebody else', (_, one) => {
  expect(isSomebodyElse(one, jane)).toBe(false);
  expect(isSomebodyElse(jane, one)).toBe(false);
});

it('takes an accent that is written in one character or in two for the same', () => {
  expect(isSomebodyElse({ name: 'Zo\u00eb', tokenId: null }, { name: 'Zoe\u0308', tokenId: other })).toBe(false);
});

it.each([
  ['straße', 'STRASSE'],
  ['jane doe', 'jane_doe'],
  ['ops team', 'Ops  Team'],
  ['!!!', '!?!'],
])('takes %j and %j for two spellings of one name', (one, two) => {
  expect(isSomebodyElse({ name: one, tokenId: null }, { name: two, tokenId: other })).toBe(false);
});

it('takes another token of another name for somebody else', () => {
  expect(isSomebodyElse({ name: 'joan', tokenId: other }, jane)).toBe(true);
  expect(isSomebodyElse({ name: 'jane 2', tokenId: other }, jane)).toBe(true);
  expect(isSomebodyElse({ name: 'яна', tokenId: other }, { name: 'ян', tokenId: null })).toBe(true);
  expect(isSomebodyElse({ name: 'terminal: jane', tokenId: null }, jane)).toBe(true);
});
