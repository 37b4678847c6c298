/**
 * The best of `offered` (best first, as `text/csv`) for an Accept header; null where none is accepted. Of ranges that fit one
 * offer the most exact counts, as RFC 9110 has it.
 */
export function accepted<Offer extends string>(header: string | undefined, offered: readonly Offer[]): Offer | null {
  const ranges = (header ?? '*/*').split(',').map(rangeOf);
  const rated = offered.map((offer) => ({ offer, quality: qualityOf(offer, ranges) }));
  const best = Math.max(...rated.map(({ quality }) => quality));
  return best > 0 ? (rated.find(({ quality }) => quality === best)?.offer ?? null) : null;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const quality = given === undefined ? 1 : Number(given);
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

function qualityOf(offer: string, ranges: readonly Range[]): number {
  const [family] = offer.split('/');
  for (const type of [offer, `${family}/*`, '*/*']) {
    const fitting = ranges.filter((range) => range.type === type);
    if (fitting.length > 0) return Math.max(...fitting.map(({ quality }) => quality));
  }
  return 0;
}
