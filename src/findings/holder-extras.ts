import type { HolderFacts } from '../checks/facts.js';
import { OwnDuties } from './own-duties.js';

/**
 * What is known of the few holders about whom there is more to know than their own rows: whose role rose, who came back, who
 * was at work after leaving. Held in memory, so it must never grow with the organization.
 */
export class HolderExtras {
  private readonly duties: OwnDuties | null;

  private constructor(
    private readonly known: ReadonlyMap<string, Partial<HolderFacts>>,
    private readonly everyAccount: Partial<HolderFacts> = {},
  ) {
    this.duties = everyAccount.duties === undefined ? null : new OwnDuties(everyAccount.duties);
  }

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

  /** The facts of one holder with what more is known of it. */
  beside(holder: HolderFacts): HolderFacts {
    const known = this.known.get(`${holder.kind}/${holder.id}`);
    if (holder.kind !== 'account') return { ...holder, ...known };
    return {
      ...holder,
      ...this.everyAccount,
      ...(this.duties !== null && { duties: this.duties.of(holder) }),
      ...known,
    };
  }
}
