import { type Check, type Severity, severities } from '../checks/check.js';
import type { Report } from '../findings/report.js';
import type { CheckOutcome } from '../runs/run-outcome.js';

/** 0: all in order. 1: somebody must act. 2: what was asked for is wrong. 3: nobody knows whether all is in order. */
export const exitStatus = { inOrder: 0, failing: 1, mistake: 2, unknown: 3 } as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** What the catalogue says of a check that judges the data and not somebody's access: where it fails, the rest proves nothing. */
export type Trust = Pick<Check<never>, 'id' | 'dataTrust'>;

/** The first that applies of 2, 1, 3 and 0. `failOn`: the mildest severity whose failures count. */
export function exitStatusOf(outcome: CheckOutcome, failOn: Severity, catalogue: readonly Trust[]): ExitStatus {
  if (outcome.kind === 'mistakes') return exitStatus.mistake;
  if (outcome.kind === 'broken') return exitStatus.unknown;
  const { report } = outcome;
  const dataTrust = new Set(catalogue.filter((check) => check.dataTrust === true).map(({ id }) => id));
  if (hasFailure(report, failOn, dataTrust)) return exitStatus.failing;
  return isTrustworthy(report, dataTrust) ? exitStatus.inOrder : exitStatus.unknown;
}

function hasFailure({ checks, results }: Report, failOn: Severity, dataTrust: ReadonlySet<string>): boolean {
  const counting = severities.slice(0, severities.indexOf(failOn) + 1);
  const ids = new Set(
    checks.filter(({ id, severity }) => counting.includes(severity) && !dataTrust.has(id)).map(({ id }) => id),
  );
  return results.some(
    ({ check, verdict, disposition }) => verdict === 'fail' && disposition !== 'excepted' && ids.has(check),
  );
}

function isTrustworthy({ results }: Report, dataTrust: ReadonlySet<string>): boolean {
  return results.every(
    ({ check, verdict }) =>
      verdict !== 'unknown' && verdict !== 'error' && !(verdict === 'fail' && dataTrust.has(check)),
  );
}
