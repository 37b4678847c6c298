/** One figure beside its limit or its peer, which was measured in the same run on the same machine. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** One entry a repetition, in `unit`. */
  readonly figures: readonly number[];
  /** What `against` is, in a few words. */
  readonly peer: string;
  /** One entry a repetition, or the one limit that was set. */
  readonly against: readonly number[];
  /** Of the ratio of the medians; null: reported without a goal. */
  readonly goal: { readonly atMost: number } | { readonly atLeast: number } | { readonly below: number } | null;
}

/** What `bench/results.json` holds of a measure. */
export interface Result {
  readonly name: string;
  /** The median of its repetitions. */
  readonly figure: number;
  readonly unit: string;
  readonly against: number;
  readonly ratio: number;
  readonly goal: string;
  readonly holds: boolean;
}

export function median(figures: readonly number[]): number {
  const inOrder = figures.toSorted((one, other) => one - other);
  const middle = inOrder.length / 2;
  const upper = inOrder[Math.floor(middle)];
  const lower = inOrder[Math.ceil(middle) - 1];
  if (upper === undefined || lower === undefined) throw new Error('There is no median of nothing.');
  return (lower + upper) / 2;
}

export function resultOf({ name, unit, figures, against, goal }: Measure): Result {
  const ratio = median(figures) / median(against);
  return {
    name,
    figure: median(figures),
    unit,
    against: median(against),
    ratio,
    goal: goalText(goal),
    holds: holds(ratio, goal),
  };
}

/** How far the repetitions lie apart, as a share of their median. */
export function spread(figures: readonly number[]): number {
  const apart = Math.max(...figures) - Math.min(...figures);
  return apart === 0 ? 0 : apart / median(figures);
}

/** Ends a benchmark that `npm run bench` started: the measures are the only line on its standard output. */
export function tell(measures: readonly Measure[]): void {
  process.stdout.write(`${JSON.stringify(measures)}\n`);
}

function goalText(goal: Measure['goal']): string {
  if (goal === null) return 'reported';
  if ('atMost' in goal) return `≤ ${goal.atMost}`;
  return 'below' in goal ? `< ${goal.below}` : `≥ ${goal.atLeast}`;
}

function holds(ratio: number, goal: Measure['goal']): boolean {
  if (goal === null) return true;
  if ('atMost' in goal) return ratio <= goal.atMost;
  return 'below' in goal ? ratio < goal.below : ratio >= goal.atLeast;
}
