import type { PageResult } from '../dockerhub/reading.js';
import type { HubReader } from './hub-reader.js';
import type { ListingState } from './listing-state.js';

/** Of one listing, while a page of it is being committed: enough that a long one takes no longer than many short ones. */
const mostAhead = 4;

type Page = Extract<PageResult, { outcome: 'page' }>;

/**
 * How many pages all listings together may have asked for ahead. Room that one of them had is kept for it until it has ended, as
 * otherwise the place of each page that arrives would be taken by a new listing, and what is on its way would be more than allowed
 * as soon as the next page is asked for.
 */
export class RoomAhead {
  private taken = 0;
  private kept = 0;

  /** `keep` is told how much room is kept; `isFree`: whether one page more may be on its way beside so many that were asked ahead. */
  constructor(
    private readonly most: number,
    private readonly keep: (room: number) => void,
    private readonly isFree: (taken: number) => boolean,
  ) {}

  /** Whoever gets none for now will have it once listings that are on their way have ended. */
  take(): boolean {
    if (this.taken >= this.most) return false;
    this.keepRoom(Math.max(this.kept, this.taken + 1));
    if (!this.isFree(this.taken)) return false;
    this.taken += 1;
    return true;
  }

  give(pages: number): void {
    this.taken -= pages;
  }

  /** Of a listing that has ended. */
  giveUp(): void {
    this.keepRoom(this.taken);
  }

  private keepRoom(room: number): void {
    this.kept = room;
    this.keep(room);
  }
}

/**
 * The pages of one listing, some of them asked for before the page that leads to them is durable. A page counts only once the
 * one before it has led to it, and in that order, so that what is seen is what asking for one after the other would have
 * shown; what was asked for in vain is dropped, and after a kill asked for again.
 */
export class PagesAhead {
  private readonly asked = new Map<string, Promise<PageResult>>();
  /** Rows of the last page. */
  private size: number | null = null;
  private guesses = true;
  private wantedRoom = false;

  constructor(
    private readonly reader: HubReader,
    private readonly room: RoomAhead,
  ) {}

  /** The page at the cursor, which may be on its way or here already. */
  async page(listing: ListingState, cursor: string | null): Promise<PageResult> {
    const known = cursor === null ? undefined : this.asked.get(cursor);
    if (known === undefined || cursor === null) {
      this.drop();
      return this.reader.page(listing, cursor);
    }
    this.asked.delete(cursor);
    this.room.give(1);
    return known;
  }

  /**
   * Asks for the page that this one leads to, and for those that are bound to come after it: as many as there are rows for,
   * once two pages have been of one size. `listing` is how it stood before the page.
   */
  lookBeyond(listing: ListingState, { next, received, reported }: Page): void {
    if (next !== null && this.asked.size > 0 && !this.asked.has(next)) {
      // The links lead elsewhere than they seemed to: from here on only they are followed.
      this.guesses = false;
      this.drop();
    }
    const isUsual = this.guesses && received > 0 && received === this.size;
    this.size = received;
    const left = (reported ?? 0) - listing.received - listing.unkept - received;
    const pages = isUsual ? Math.min(mostAhead, Math.floor(left / received)) : 1;
    let cursor = next;
    for (let ahead = 0; cursor !== null && (ahead === 0 || ahead < pages); ahead += 1) {
      if (!this.asked.has(cursor) && !this.ask(listing, cursor)) return;
      cursor = this.reader.cursorAfter(cursor, received);
    }
  }

  /** The listing begins again or has ended: what is on its way is of no use. */
  forget(): void {
    this.drop();
    this.size = null;
    if (this.wantedRoom) this.room.giveUp();
    this.wantedRoom = false;
  }

  private drop(): void {
    this.room.give(this.asked.size);
    this.asked.clear();
  }

  private ask(listing: ListingState, cursor: string): boolean {
    this.wantedRoom = true;
    if (!this.room.take()) return false;
    const page = this.reader.page(listing, cursor);
    // Nobody may ever come for it, and then what it throws is nobody's concern.
    page.catch(() => undefined);
    this.asked.set(cursor, page);
    return true;
  }
}
