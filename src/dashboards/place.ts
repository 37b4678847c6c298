/** Where an item stands in the order of its list, as one text for the cursor. */
export function placeOf(parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}

export function partsOfPlace(place: string): readonly unknown[] {
  const parts: unknown = JSON.parse(place);
  if (!Array.isArray(parts)) throw new Error('A cursor of this list has no place in it.');
  return parts;
}
