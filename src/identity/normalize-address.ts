import { domainToUnicode } from 'node:url';
import type { IdentityConfig } from '../config/configuration.js';
import { comparableDomain } from '../roster/addresses.js';
import { foldCase } from '../roster/letters.js';
import { mixesAlphabets } from './alphabets.js';

/** The part of the policy that decides when two different addresses are one. Domains are in the form of `normalizeDomain`. */
export interface AddressRules {
  readonly plusAddressing: boolean;
  readonly domainAliases: ReadonlyMap<string, string>;
  readonly corporateDomains: ReadonlySet<string>;
}

export function addressRules(config: IdentityConfig): AddressRules {
  const aliases = new Map<string, string>();
  for (const [alias, domain] of Object.entries(config.domainAliases)) {
    const from = normalizeDomain(alias.trim());
    const to = normalizeDomain(domain.trim());
    if (from !== null && to !== null) aliases.set(from, to);
  }
  return {
    plusAddressing: config.plusAddressing,
    domainAliases: aliases,
    corporateDomains: new Set(
      config.corporateDomains.map((domain) => normalizeDomain(domain.trim())).filter((domain) => domain !== null),
    ),
  };
}

// White space, invisible characters, and what only occurs in `Jane <jane@acme.com>`, lists and quoted forms.
const notPartOfAnAddress = /[\s\p{C}"<>()[\],:;\\@]/u;

/**
 * The one form in which addresses are compared: trimmed, in lower case, the domain in its IDNA form. Null where the text is
 * no single address, or where its letters come from several alphabets; such an address equals nothing, not even itself.
 * Compatibility forms are never resolved: a full-width `ｊ` is not a `j`.
 */
export function normalizeAddress(text: string): string | null {
  const address = text.trim();
  const at = address.lastIndexOf('@');
  if (at < 1) return null;
  const mailbox = address.slice(0, at);
  if (notPartOfAnAddress.test(mailbox) || mixesAlphabets(mailbox)) return null;
  const domain = normalizeDomain(address.slice(at + 1));
  return domain === null ? null : `${foldCase(mailbox)}@${domain}`;
}

/** A domain as the roster compares it. Null where it is no domain, or where a label mixes alphabets. */
export function normalizeDomain(text: string): string | null {
  const domain = comparableDomain(text);
  if (domain === null || !domain.includes('xn--')) return domain;
  return domain.split('.').some((label) => mixesAlphabets(domainToUnicode(label))) ? null : domain;
}

/** Every form under which the owner of an account's address may stand in the roster, the address as it is first. */
export function accountAddresses(text: string, rules: AddressRules): readonly string[] {
  const address = normalizeAddress(text);
  if (address === null) return [];
  const { mailbox, domain } = splitAddress(address);
  const tag = rules.plusAddressing ? mailbox.indexOf('+') : -1;
  const mailboxes = tag > 0 ? [mailbox, mailbox.slice(0, tag)] : [mailbox];
  const alias = rules.domainAliases.get(domain);
  const domains = alias === undefined ? [domain] : [domain, alias];
  return [...new Set(domains.flatMap((at) => mailboxes.map((box) => `${box}@${at}`)))];
}

export function splitAddress(address: string): { readonly mailbox: string; readonly domain: string } {
  const at = address.lastIndexOf('@');
  return { mailbox: address.slice(0, at), domain: address.slice(at + 1) };
}

/** A Docker ID as it is compared: trimmed, in lower case. Null where it cannot be one, or mixes alphabets. */
export function normalizeUsername(text: string): string | null {
  const username = foldCase(text.trim());
  return username === '' || /[\s\p{C}@/:]/u.test(username) || mixesAlphabets(username) ? null : username;
}
