/**
 * An address that a secret may be sent to: https, or http to this machine. Without a user name or password in it, which
 * would end up in logs, and without a fragment.
 */
export function isSecureUrl(text: string): boolean {
  const url = parseUrl(text);
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
}

/**
 * The same for something that is only ever opened by people, who may have it inside their own network. Paths are appended to
 * it, so it has no query either.
 */
export function isWebUrl(text: string): boolean {
  const url = parseUrl(text);
  return url !== null && !text.includes('?') && (url.protocol === 'https:' || url.protocol === 'http:');
}

function parseUrl(text: string): URL | null {
  if (!URL.canParse(text) || /\s/.test(text)) return null;
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.hash === '' && url.hostname !== '' ? url : null;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
