import type { Dataset, Instant, Need } from '../checks/check.js';
import { isAheadOf, isOlderThan } from '../checks/compare.js';
import type { DatasetFacts } from '../checks/facts.js';

/** Why a pass would rest on nothing: the first dataset, in the check's own order, that is not whole and fresh. */
export interface Unmet {
  readonly dataset: Dataset;
  readonly reason: string;
  readonly message: string;
}

/** Docker Hub is read anew by every run; what is older than a night and a bit was not. */
const hubMaxAgeMs = 26 * 3_600_000;

/** What the verdicts of one organization stand on: tonight's datasets and the roster in force. */
export class Ground {
  private readonly datasets: ReadonlyMap<Dataset, DatasetFacts>;
  /** What was found of one list of needs: every subject of a check asks for the same one. */
  private readonly found = new WeakMap<readonly Need[], { readonly unmet: Unmet | null }>();

  constructor(
    datasets: readonly DatasetFacts[],
    private readonly roster: RosterGround,
    private readonly narrowed: boolean,
    private readonly now: Instant,
  ) {
    this.datasets = new Map(datasets.map((dataset) => [dataset.name, dataset]));
  }

  /** Null where everything that is needed here is complete, fresh and not in doubt. */
  unmet(needs: readonly Need[]): Unmet | null {
    const known = this.found.get(needs);
    if (known !== undefined) return known.unmet;
    const unmet = this.firstUnmet(needs);
    this.found.set(needs, { unmet });
    return unmet;
  }

  private firstUnmet(needs: readonly Need[]): Unmet | null {
    for (const need of needs) {
      const dataset = typeof need === 'string' ? need : need.dataset;
      if (typeof need !== 'string' && need.when === 'narrowed' && !this.narrowed) continue;
      if (typeof need !== 'string' && need.when === 'configured' && this.hasNo(dataset)) continue;
      const unmet = dataset === 'roster' ? this.unmetRoster() : this.unmetHub(dataset);
      if (unmet !== null) return unmet;
    }
    return null;
  }

  /** The datasets that these needs come to in this organization, without the roster. */
  hubDatasets(needs: readonly Need[]): Dataset[] {
    return needs
      .filter((need) => typeof need === 'string' || need.when !== 'narrowed' || this.narrowed)
      .map((need) => (typeof need === 'string' ? need : need.dataset))
      .filter((dataset) => dataset !== 'roster');
  }

  /** The organization has no such thing, as its configuration says. */
  hasNo(dataset: Dataset): boolean {
    return this.datasets.get(dataset)?.status === 'not_configured';
  }

  private unmetHub(name: Dataset): Unmet | null {
    const dataset = this.datasets.get(name);
    if (dataset === undefined) {
      return { dataset: name, reason: 'SOURCE_INCOMPLETE', message: `${label(name)} was not read in this run.` };
    }
    const told = dataset.message ?? `The listing is ${dataset.status}.`;
    switch (dataset.status) {
      case 'partial':
        return {
          dataset: name,
          reason: dataset.reason === 'VISIBILITY_NOT_PROVEN' ? dataset.reason : 'SOURCE_INCOMPLETE',
          message: `${label(name)} is incomplete: ${told}`,
        };
      case 'failed':
        return { dataset: name, reason: 'SOURCE_UNREACHABLE', message: `${label(name)} could not be read: ${told}` };
      case 'not_permitted':
      case 'not_configured':
        return { dataset: name, reason: 'CAPABILITY_MISSING', message: `${label(name)} cannot be read: ${told}` };
      case 'complete':
        return this.staleOrOdd(dataset);
    }
  }

  private staleOrOdd(dataset: DatasetFacts): Unmet | null {
    if (dataset.name === 'members' && dataset.received === 0) {
      return {
        dataset: dataset.name,
        reason: 'SOURCE_INCOMPLETE',
        message: 'The members listing is empty, and an organization always has an owner.',
      };
    }
    if (dataset.fetchedAt === null || Date.parse(this.now) - Date.parse(dataset.fetchedAt) > hubMaxAgeMs) {
      return {
        dataset: dataset.name,
        reason: 'SOURCE_STALE',
        message: `${label(dataset.name)} was last read at ${dataset.fetchedAt ?? 'no known time'}, more than 26 hours ago.`,
      };
    }
    return null;
  }

  private unmetRoster(): Unmet | null {
    const { asOf, previousAsOf, maxAge, maxAgeMs, quarantined } = this.roster;
    if (asOf === null) {
      return { dataset: 'roster', reason: 'SOURCE_UNREACHABLE', message: 'No roster was ever accepted.' };
    }
    if (quarantined !== null) {
      return { dataset: 'roster', reason: 'ROSTER_QUARANTINED', message: quarantined };
    }
    if (!(Date.parse(this.now) - Date.parse(asOf) < maxAgeMs)) {
      return {
        dataset: 'roster',
        reason: 'SOURCE_STALE',
        message: `The roster in force is of ${asOf}, not younger than ${maxAge}.`,
      };
    }
    if (isAheadOf(asOf, this.now)) {
      return {
        dataset: 'roster',
        reason: 'SOURCE_STALE',
        message: `The roster in force is dated ${asOf}, which has not come yet: nobody knows how old it is.`,
      };
    }
    if (isOlderThan(asOf, previousAsOf)) {
      return {
        dataset: 'roster',
        reason: 'SOURCE_STALE',
        message: `The roster in force is of ${asOf}, older than one before it, of ${previousAsOf}.`,
      };
    }
    return null;
  }
}

/** What the roster in force can carry. `quarantined` is the sentence about a newer one that waits for a decision. */
export interface RosterGround {
  readonly asOf: Instant | null;
  /** The newest of all that were in force before. */
  readonly previousAsOf: Instant | null;
  readonly maxAge: string;
  readonly maxAgeMs: number;
  readonly quarantined: string | null;
}

function label(dataset: Dataset): string {
  return `The listing ${dataset}`;
}
