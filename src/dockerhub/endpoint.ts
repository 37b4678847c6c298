/**
 * An address that a credential may be sent to: one origin and everything below one path. Whatever resolves to something else
 * is nowhere, so that a link in an answer cannot carry a bearer away.
 */
export class Endpoint {
  readonly #base: URL;

  constructor(address: string) {
    const base = new URL(address);
    base.username = '';
    base.password = '';
    base.search = '';
    base.hash = '';
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    this.#base = base;
  }

  /** Host and port, for sentences. */
  get host(): string {
    return this.#base.host;
  }

  get address(): string {
    return this.#base.href;
  }

  /** Secrets travel encrypted or not further than this machine. */
  get isSafe(): boolean {
    return this.#base.protocol === 'https:' || (this.#base.protocol === 'http:' && this.isLoopback);
  }

  get isLoopback(): boolean {
    const host = this.#base.hostname;
    return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
  }

  /** `path` begins with a slash and continues the endpoint's own path; null where it leads out of it. */
  below(path: string): URL | null {
    return this.holds(this.#base.href.slice(0, -1) + path);
  }

  /** The absolute address if it lies within this endpoint, else null. */
  holds(address: string): URL | null {
    if (!URL.canParse(address)) return null;
    const url = new URL(address);
    const isInside =
      url.origin === this.#base.origin &&
      url.pathname.startsWith(this.#base.pathname) &&
      url.username === '' &&
      url.password === '';
    return isInside ? url : null;
  }

  /** What `below` would make this address from: path and query without the endpoint's own path. */
  relative(url: URL): string {
    return url.pathname.slice(this.#base.pathname.length - 1) + url.search;
  }
}
