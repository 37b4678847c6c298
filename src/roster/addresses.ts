import { domainToASCII, domainToUnicode } from 'node:url';
import { foldCase, isAscii } from './letters.js';

/** What nobody sees and no comparison forgives: control and format characters, and the mark of a character already lost. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}�]/u;
const address = /^[^\s@<>()[\]",;:\\]+@([^\s@<>()[\]",;:\\/]+\.[^\s@<>()[\]",;:\\/]+)$/u;

/** Neither has anything in it that is invisible, or that could be taken for something else. */
const visible = /^[\x20-\x7e\u00c0-\u024f]*$/;
const usual = /^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;

/**
 * An address as it is compared: in lower case, its domain in IDNA form. Null: not an address. Letters of several alphabets
 * stay what they are: HR may mistype, and whoever compares decides that such an address equals nothing.
 */
export function comparableAddress(text: string): string | null {
  // What nearly all are. All that follows would come to the same.
  if (text.length <= 254 && usual.test(text)) {
    const plain = text.toLowerCase();
    if (!plain.includes('xn--')) return plain;
  }
  const lower = foldCase(text.trim());
  const match = address.exec(lower);
  if (match === null || lower.length > 254 || invisible.test(lower)) return null;
  const domain = comparableDomain(match[1] ?? '');
  return domain === null ? null : `${lower.slice(0, lower.lastIndexOf('@'))}@${domain}`;
}

const asciiDomain = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/**
 * Null where it is no domain. `domainToASCII` alone would be too kind: it reads its input as the host of a URL, so it cuts
 * at a slash, resolves percent signs, turns `0x7f.1` into an IPv4 address, and the Kelvin sign into a `k`. Hence every label
 * has to come back as it went in.
 */
export function comparableDomain(text: string): string | null {
  const domain = foldCase(text);
  if (asciiDomain.test(domain) && !domain.includes('xn--')) return domain;
  const form = domainToASCII(domain);
  const labels = domain.split('.');
  const formed = form.split('.');
  if (form === '' || labels.length !== formed.length || !asciiDomain.test(form)) return null;
  const honest = labels.every((label, position) => {
    const ascii = formed[position] ?? '';
    return isAscii(label)
      ? ascii === label
      : ascii.startsWith('xn--') && domainToUnicode(ascii) === label.normalize('NFC');
  });
  return honest ? form : null;
}

/** The first character that makes two equal-looking keys differ, as `U+200B`; null where there is none. */
export function invisibleCharacter(text: string): string | null {
  if (visible.test(text)) return null;
  const match = invisible.exec(text);
  if (match === null) return null;
  return `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
