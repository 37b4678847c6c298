import type { EntityManager } from 'typeorm';
import type { Listing } from '../dockerhub/reading.js';
import type { ListingState } from './listing-state.js';
import type { UnchangedRow } from './unchanged-batches.js';

/**
 * What the process that holds a run need not ask the database for, because all of it stands there and nobody else writes it:
 * on which page a listing that goes on has shown each row that is as it stands, and which listings have been opened.
 */
export class RunMemory {
  private readonly pages = new Map<string, Map<number, number>>();
  private readonly opened = new Set<string>();

  /** As another process left it. */
  async recall(manager: EntityManager, runId: string): Promise<void> {
    const rows: { listing: string; reading: number; observation: string; page: number }[] = await manager.query(
      `select same.listing_id as listing, same.reading, same.observation_id as observation, same.page
         from unchanged_batch as batch
         cross join lateral unnest(batch.listing_ids, batch.readings, batch.pages, batch.observation_ids)
           as same(listing_id, reading, page, observation_id)
         join listing on listing.id = same.listing_id and listing.reading = same.reading and listing.status is null
        where batch.run_id = $1`,
      [runId],
    );
    for (const { listing, reading, observation, page } of rows) {
      this.ofReading({ id: listing, reading }).set(Number(observation), page);
    }
    const details: { dataset: Listing['dataset']; scope: string }[] = await manager.query(
      `select dataset, scope from listing where run_id = $1 and scope <> ''`,
      [runId],
    );
    for (const detail of details) this.opened.add(nameOf(detail));
  }

  pageOf(listing: Pick<ListingState, 'id' | 'reading'>, observation: string): number | undefined {
    return this.pages.get(keyOf(listing))?.get(Number(observation));
  }

  note({ listing, reading, page, observation }: UnchangedRow): void {
    this.ofReading({ id: listing, reading }).set(Number(observation), page);
  }

  forget(listing: Pick<ListingState, 'id' | 'reading'>): void {
    this.pages.delete(keyOf(listing));
  }

  isOpen(listing: Listing): boolean {
    return this.opened.has(nameOf(listing));
  }

  noteOpened(listings: readonly Listing[]): void {
    for (const listing of listings) this.opened.add(nameOf(listing));
  }

  private ofReading(listing: { readonly id: string; readonly reading: number }): Map<number, number> {
    const key = keyOf(listing);
    const known = this.pages.get(key) ?? new Map<number, number>();
    this.pages.set(key, known);
    return known;
  }
}

function keyOf({ id, reading }: { readonly id: string; readonly reading: number }): string {
  return `${id}/${reading}`;
}

function nameOf({ dataset, scope }: Listing): string {
  return `${dataset}/${scope}`;
}
