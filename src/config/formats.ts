import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { IANAZone } from 'luxon';
import { CronTime } from 'cron';
import { isSecureUrl } from './secure-url.js';

/** The spelling of a domain that two domains share exactly when they are the same one; null where it is no domain. */
export function canonicalDomain(text: string): string | null {
  const ascii = domainToASCII(text.trim().replace(/\.$/, '')).toLowerCase();
  return /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/.test(ascii) ? ascii : null;
}

/** A day that is in the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

export function isTimeZone(text: string): boolean {
  return IANAZone.isValidZone(text);
}

/** True only of an expression that comes due at all: `0 0 30 2 *` never does. */
export function isCron(text: string): boolean {
  if (!CronTime.validateCronExpression(text).valid) return false;
  try {
    new CronTime(text, 'UTC').sendAt();
    return true;
  } catch {
    return false;
  }
}

/** `DD.MM.YYYY` and the like: each part once, separators between them. */
export function isDatePattern(text: string): boolean {
  const parts = text.split(/[./ -]/);
  return parts.length === 3 && ['DD', 'MM', 'YYYY'].every((part) => parts.includes(part));
}

/** What a browser calls the page that asks: scheme, host and port, nothing after them; http only on this machine. */
export function isOrigin(text: string): boolean {
  return isSecureUrl(text) && /^https?:\/\/[^/\\?#*@]+$/i.test(text);
}

/** An address, or a network in CIDR notation that is not the whole internet. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}
