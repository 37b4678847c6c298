import type { Refusal } from './reading.js';

const pathsUntilDown = 3;

/**
 * Whether an endpoint is still worth asking in this run. One page that is broken for ever is that page's trouble; three
 * different ones that used up all their tries with no answer in between are the host's.
 */
export class HostHealth {
  readonly #failing = new Set<string>();
  #refusal: Refusal | null = null;

  /** What every question gets since the endpoint was given up; null while it is worth asking. */
  verdict(): Refusal | null {
    return this.#refusal;
  }

  answered(): void {
    this.#failing.clear();
  }

  exhausted(path: string, refusal: Refusal): void {
    this.#failing.add(path);
    if (this.#failing.size >= pathsUntilDown) this.stop(refusal);
  }

  stop(refusal: Refusal): void {
    this.#refusal ??= { ...refusal, message: `${refusal.message} It is not asked again in this run.` };
  }
}
