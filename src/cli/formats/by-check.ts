import type { ReportCheck, ReportResult, StreamedReport } from '../../findings/report.js';

/** The results of one check; what of them is not taken is passed over. */
export type CheckResults = readonly [check: ReportCheck, results: AsyncIterable<ReportResult>];

/**
 * Each check with its results, in one reading of them: they come in the order of the checks, as the database gives both. Those of a
 * check that is not in the report are left out.
 */
export async function* byCheck({
  checks,
  results,
}: Pick<StreamedReport, 'checks' | 'results'>): AsyncGenerator<CheckResults> {
  const known = new Set(checks.map(({ id }) => id));
  const reading = whereKnown(results, known);
  try {
    let next = await reading.next();
    for (const check of checks) {
      const own = async function* (): AsyncGenerator<ReportResult> {
        for (; next.done !== true && next.value.check === check.id; next = await reading.next()) yield next.value;
      };
      yield [check, own()];
      for await (const _ of own());
    }
    if (next.done !== true) throw new Error(`The results are not in the order of the checks: ${next.value.check}.`);
  } finally {
    await reading.return();
  }
}

async function* whereKnown(
  results: StreamedReport['results'],
  known: ReadonlySet<string>,
): AsyncGenerator<ReportResult, void, void> {
  for await (const result of results) if (known.has(result.check)) yield result;
}
