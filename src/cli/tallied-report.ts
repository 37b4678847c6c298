import { type Outcome, outcomes, type ReportResult, type StreamedReport } from '../findings/report.js';

/** Of the results of one check. `excepted` counts those of its failures that are under an exception. */
export type Tally = Readonly<Record<Outcome | 'excepted', number>>;

/** A report whose results are counted as they go by, so that what has to be known of all of them does not hold them. */
export interface TalliedReport extends StreamedReport {
  /** By check, in the order of the results. Reads them once where nobody has read them to their end yet. */
  tally(): Promise<ReadonlyMap<string, Tally>>;
}

export function tallied(report: StreamedReport): TalliedReport {
  let known: ReadonlyMap<string, Tally> | null = null;
  async function* counted(): AsyncGenerator<ReportResult> {
    const counts = new Map<string, Record<Outcome | 'excepted', number>>();
    for await (const result of report.results) {
      const tally = counts.get(result.check) ?? { ...noneOf };
      counts.set(result.check, tally);
      tally[result.verdict] += 1;
      if (result.verdict === 'fail' && result.disposition === 'excepted') tally.excepted += 1;
      yield result;
    }
    known = counts;
  }
  const results = { [Symbol.asyncIterator]: counted };
  return {
    ...report,
    results,
    tally: async () => {
      if (known === null) for await (const _ of results);
      return known ?? new Map();
    },
  };
}

export const noneOf: Tally = { pass: 0, fail: 0, unknown: 0, error: 0, not_applicable: 0, excepted: 0 };

export function sumOf(tallies: Iterable<Tally>): Tally {
  const sum: Record<Outcome | 'excepted', number> = { ...noneOf };
  for (const tally of tallies) for (const name of [...outcomes, 'excepted'] as const) sum[name] += tally[name];
  return sum;
}

export function subjectsOf(tally: Tally): number {
  return outcomes.reduce((sum, outcome) => sum + tally[outcome], 0);
}
