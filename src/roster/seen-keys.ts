import { mostRows } from './limits.js';

/** Twice as many places as there may be keys, so that a free one is near. */
const places = 2 ** Math.ceil(Math.log2(mostRows * 2));

/**
 * Which of as many keys as a roster may have rows came before, in memory that does not depend on how many they are or how
 * long. A key that came before is always known; once in many thousand rosters another one is taken for it, so whoever is told
 * that a key came before has to look.
 */
export class SeenKeys {
  private readonly marks = new Uint32Array(places);

  /** Whether it came before. From now on it did. */
  see(key: string): boolean {
    let place = 0x811c9dc5;
    let mark = 0x9747b28c;
    for (let at = 0; at < key.length; at++) {
      const code = key.charCodeAt(at);
      place = Math.imul(place ^ code, 0x01000193);
      mark = Math.imul(mark ^ code, 0x5bd1e995);
      mark ^= mark >>> 15;
    }
    place = Math.imul(place ^ (place >>> 15), 0x2c1b3c6d) & (places - 1);
    // Nothing stands for a free place.
    mark = mark >>> 0 || 1;
    for (; ; place = (place + 1) & (places - 1)) {
      const found = this.marks[place] ?? 0;
      if (found === mark) return true;
      if (found === 0) {
        this.marks[place] = mark;
        return false;
      }
    }
  }

  clear(): void {
    this.marks.fill(0);
  }
}
