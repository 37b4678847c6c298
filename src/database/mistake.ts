/** An expected failure: one plain sentence for the person who set this up, without secrets. */
export interface Mistake {
  readonly mistake: string;
}

/** One that may go away by itself: a server that is not up yet. */
interface PassingMistake extends Mistake {
  readonly passing: true;
}

export function passingMistake(mistake: string): Mistake {
  const passing: PassingMistake = { mistake, passing: true };
  return passing;
}

export function isMistake(value: unknown): value is Mistake {
  return typeof value === 'object' && value !== null && 'mistake' in value;
}

export function isPassing(mistake: Mistake): boolean {
  return 'passing' in mistake;
}
