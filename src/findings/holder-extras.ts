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

  /** Adds to the facts of one holder what more is known of it. They are the caller's own: a copy of every holder's costs a tenth of the time. */
  beside(holder: HolderFacts): HolderFacts {
    const known = this.known.get(`${holder.kind}/${holder.id}`);
    if (holder.kind !== 'account') return Object.assign(holder, known);
    const duties = this.duties === null ? undefined : { duties: this.duties.of(holder) };
    return Object.assign(holder, this.everyAccount, duties, known);
  }
}
