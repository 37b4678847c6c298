import { createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { RateLimiterMemory } from 'rate-limiter-flexible';

/** So many records at most, whoever calls: addresses share them by chance, by a secret of this process. */
const records = 32_768;

/** Counts failed attempts by where they come from, and says who has to wait. Each process counts for itself. */
export class FailedAttempts {
  readonly #limiter: RateLimiterMemory;
  readonly #secret = randomBytes(32);

  constructor({ most, seconds }: { readonly most: number; readonly seconds: number } = { most: 20, seconds: 300 }) {
    this.#limiter = new RateLimiterMemory({ points: most, duration: seconds });
  }

  async count(address: string): Promise<void> {
    await this.#limiter.penalty(this.#recordOf(address));
  }

  /** Whole seconds until this address may try again; null: it may. */
  async wait(address: string): Promise<number | null> {
    const record = await this.#limiter.get(this.#recordOf(address));
    if (record === null || record.consumedPoints < this.#limiter.points || record.msBeforeNext <= 0) return null;
    return Math.ceil(record.msBeforeNext / 1_000);
  }

  #recordOf(address: string): number {
    return createHmac('sha256', this.#secret).update(networkOf(address)).digest().readUInt32BE() % records;
  }
}

/** Whoever has one IPv6 address has the other 2^64 of its network, too. */
export function networkOf(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(bare)) return bare;
  const [head = '', tail] = bare.split('::');
  const groups = (part: string): string[] => part.split(':').filter((group) => group !== '');
  const before = groups(head);
  const after = groups(tail ?? '');
  const all = [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
