import type { HolderFacts } from '../checks/facts.js';

/**
 * What is known of the few holders about whom there is more to know than their own rows: whose role rose, who came back, who
 * was at work after leaving. Held in memory, so it must never grow with the organization.
 */
export class HolderExtras {
  private constructor(
    private readonly known: ReadonlyMap<string, Partial<HolderFacts>>,
    private readonly everyAccount: Partial<HolderFacts> = {},
  ) {}

  /** By `kind/key`. What several know of one holder is put together. */
  static from(...sources: readonly ReadonlyMap<string, Partial<HolderFacts>>[]): HolderExtras {
    const known = new Map<string, Partial<HolderFacts>>();
    for (const source of sources) {
      for (const [holder, facts] of source) known.set(holder, { ...known.get(holder), ...facts });
    }
    return new HolderExtras(known);
  }

  /** Beside what is the same for all accounts; what is known of a single one goes before it. */
  withEveryAccount(facts: Partial<HolderFacts>): HolderExtras {
    return new HolderExtras(this.known, facts);
  }

  of(kind: HolderFacts['kind'], key: string): Partial<HolderFacts> {
    const known = this.known.get(`${kind}/${key}`) ?? {};
    return kind === 'account' ? { ...this.everyAccount, ...known } : known;
  }
}
