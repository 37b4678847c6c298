/** An expected failure: one plain sentence for the person who set this up, without secrets. */
export interface Mistake {
  readonly mistake: string;
}

export function isMistake(value: unknown): value is Mistake {
  return typeof value === 'object' && value !== null && 'mistake' in value;
}
