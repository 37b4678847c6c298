const bitsOfPage = 65_536;

/** A set of whole numbers from 0 on that takes a bit for each where they lie close together, as ids of rows do. */
export class SeenNumbers {
  private readonly pages = new Map<number, Uint8Array>();
  size = 0;

  /** False: it is in there already. */
  add(number: number): boolean {
    const page = Math.floor(number / bitsOfPage);
    const bits = this.pages.get(page) ?? new Uint8Array(bitsOfPage / 8);
    this.pages.set(page, bits);
    const [byte, mask] = placeOf(number);
    if (((bits[byte] ?? 0) & mask) !== 0) return false;
    bits[byte] = (bits[byte] ?? 0) | mask;
    this.size += 1;
    return true;
  }

  has(number: number): boolean {
    const [byte, mask] = placeOf(number);
    return ((this.pages.get(Math.floor(number / bitsOfPage))?.[byte] ?? 0) & mask) !== 0;
  }
}

function placeOf(number: number): [byte: number, mask: number] {
  const bit = number % bitsOfPage;
  return [bit >> 3, 1 << (bit & 7)];
}
