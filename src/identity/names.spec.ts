import { describe, expect, it } from 'vitest';
import { skeleton } from './confusables.js';
import { nameWords, squash } from './names.js';

describe('nameWords', () => {
  it.each([
    ['Doe, Jane', ['doe', 'jane']],
    ["Zoë  O'Brien-Smith", ['brien', 'o', 'smith', 'zoe']],
    ['Müller', ['muller']],
    ['Mueller', ['muller']],
    ['山田 太郎', ['太郎', '山田']],
    [' , ', []],
  ])('of %j are %j', (name, words) => expect(nameWords(name)).toEqual(words));
});

describe('squash', () => {
  it.each([
    ['jane.doe-99', 'janedoe'],
    ['Jane_Doe+docker', 'janedoe'],
    ['12345', '12345'],
    ['+tag', 'tag'],
    ['', ''],
  ])('%j is %j', (handle, squashed) => expect(squash(handle)).toBe(squashed));
});

describe('skeleton', () => {
  it.each([
    ['раураl', 'paypal'],
    ['PАYPAL', 'paypal'],
    ['ｊａｎｅ', 'jane'],
    ['jane\u200b', 'jane'],
    ['jáne', 'jane'],
    ['b0b', 'bob'],
    ['111', 'lil'],
    ['rnax', 'max'],
    ['JAΝE', 'jane'],
  ])('%j looks like %j', (one, other) => expect(skeleton(one)).toBe(skeleton(other)));
  it.each([
    ['jane', 'june'],
    ['иван', 'ivan'],
  ])('%j does not look like %j', (one, other) => expect(skeleton(one)).not.toBe(skeleton(other)));
});
