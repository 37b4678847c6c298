import { describe, expect, it } from 'vitest';
import {
  accountAddresses,
  addressRules,
  normalizeAddress,
  normalizeDomain,
  normalizeUsername,
} from './normalize-address.js';

const none = { corporateDomains: [], domainAliases: {}, plusAddressing: false, links: [], serviceAccounts: [] };

describe('normalizeAddress', () => {
  it.each([
    ['jane@acme.com', 'jane@acme.com'],
    ['  Jane.Doe@ACME.com\t', 'jane.doe@acme.com'],
    ['\uFEFFjane@acme.com\u00A0', 'jane@acme.com'],
    ["o'brien@acme.com", "o'brien@acme.com"],
    ['jane+docker@acme.com', 'jane+docker@acme.com'],
    ['JÜRGEN@München.de', 'jürgen@xn--mnchen-3ya.de'],
    ['jürgen@xn--mnchen-3ya.de', 'jürgen@xn--mnchen-3ya.de'],
    ['jürgen@XN--MNCHEN-3YA.DE', 'jürgen@xn--mnchen-3ya.de'],
    ['jane@mu\u0308nchen.de', 'jane@xn--mnchen-3ya.de'],
    ['jane@faß.de', 'jane@xn--fa-hia.de'],
    ['иван@почта.рф', 'иван@xn--80a1acny.xn--p1ai'],
    ['ivan@почта.рф', 'ivan@xn--80a1acny.xn--p1ai'],
    ['山田たろう@例え.jp', '山田たろう@xn--r8jz45g.jp'],
    ['jane@localhost', 'jane@localhost'],
  ])('%j is %j', (text, normal) => expect(normalizeAddress(text)).toBe(normal));

  it.each([
    ['nothing', ''],
    ['no @', 'jane.acme.com'],
    ['no mailbox', '@acme.com'],
    ['no domain', 'jane@'],
    ['two @', 'jane@evil.com@acme.com'],
    ['white space behind the @', 'jane@ acme.com'],
    ['white space before the @', 'jane @acme.com'],
    ['a byte order mark behind the @', 'jane@\uFEFFacme.com'],
    ['a display name', 'Jane <jane@acme.com>'],
    ['a list', 'jane@acme.com, joe@acme.com'],
    ['a scheme', 'mailto:jane@acme.com'],
    ['a quoted mailbox', '"jane"@acme.com'],
    ['white space inside', 'ja ne@acme.com'],
    ['an invisible character', 'ja\u200Bne@acme.com'],
    ['a soft hyphen in the domain', 'jane@ac\u00ADme.com'],
    ['a control character', 'jane\u0000@acme.com'],
    ['text that runs backwards', 'jane\u202E@acme.com'],
    ['a Cyrillic letter among Latin ones', 'jаne@acme.com'],
    ['a Cyrillic letter in the domain', 'jane@аcme.com'],
    ['the same in its ASCII form', 'jane@xn--cme-5cd.com'],
    ['a Kelvin sign in the domain', 'jane@ac\u212Ae.com'],
    ['full-width letters in the domain', 'jane@ａｃｍｅ.com'],
    ['an ideographic full stop', 'jane@acme。com'],
    ['a capital sharp s in the domain', 'jane@\u1E9E.de'],
    ['a percent sign in the domain', 'jane@acm%65.com'],
    ['a path behind the domain', 'jane@acme.com/x'],
    ['a root dot', 'jane@acme.com.'],
    ['an empty label', 'jane@acme..com'],
    ['an ASCII form of nothing', 'jane@xn--zzzz.com'],
  ])('null for %s', (_, text) => expect(normalizeAddress(text)).toBeNull());

  it('keeps dots: they tell people apart outside of two providers', () =>
    expect(normalizeAddress('j.ane@gmail.com')).not.toBe(normalizeAddress('jane@gmail.com')));
});

describe('normalizeDomain', () => {
  it('does not take a number for an IPv4 address', () => {
    expect(normalizeDomain('0x7f.1')).toBe('0x7f.1');
    expect(normalizeDomain('127.0.0.1')).toBe('127.0.0.1');
  });
});

describe('accountAddresses', () => {
  const aliased = { ...none, domainAliases: { 'ACME.io': 'acme.COM', 'acme.dev': 'acme.io' } };
  it.each([
    ['jane@acme.com', none, ['jane@acme.com']],
    ['jane+docker@acme.com', none, ['jane+docker@acme.com']],
    ['jane+docker@acme.com', { ...none, plusAddressing: true }, ['jane+docker@acme.com', 'jane@acme.com']],
    ['jane+a+b@acme.com', { ...none, plusAddressing: true }, ['jane+a+b@acme.com', 'jane@acme.com']],
    ['jane+@acme.com', { ...none, plusAddressing: true }, ['jane+@acme.com', 'jane@acme.com']],
    ['+docker@acme.com', { ...none, plusAddressing: true }, ['+docker@acme.com']],
    ['jane@acme.io', aliased, ['jane@acme.io', 'jane@acme.com']],
    ['jane@acme.com', aliased, ['jane@acme.com']],
    ['jane@acme.dev', aliased, ['jane@acme.dev', 'jane@acme.io']],
    ['jane@mail.acme.io', aliased, ['jane@mail.acme.io']],
    ['jane@notacme.io', aliased, ['jane@notacme.io']],
    [
      'Jane+x@ACME.IO',
      { ...aliased, plusAddressing: true },
      ['jane+x@acme.io', 'jane@acme.io', 'jane+x@acme.com', 'jane@acme.com'],
    ],
    ['jаne@acme.com', { ...aliased, plusAddressing: true }, []],
    ['nobody', none, []],
  ])('%s', (text, config, expected) => expect(accountAddresses(text, addressRules(config))).toEqual(expected));

  it('understands an alias in either form of its domain', () => {
    const rules = addressRules({ ...none, domainAliases: { 'Müller.de': 'acme.com' } });
    expect(accountAddresses('jane@xn--mller-kva.de', rules)).toContain('jane@acme.com');
  });
});

describe('normalizeUsername', () => {
  it.each([
    ['jdoe99', 'jdoe99'],
    [' JDoe99 ', 'jdoe99'],
    ['', null],
    ['  ', null],
    ['j doe', null],
    ['jane@acme.com', null],
    ['hub.docker.com/u/jdoe', null],
    ['jdoе', null],
    ['jac\u212A', 'jac\u212A'],
  ])('%j is %j', (text, expected) => expect(normalizeUsername(text)).toBe(expected));
});
