import { type Check, type Severity, severities } from '../checks/check.js';
import type { ReportHead } from '../findings/report.js';
import type { CheckOutcome } from './judge.js';
import type { Tally } from './tallied-report.js';

/** 0: all in order. 1: somebody must act. 2: what was asked for is wrong. 3: nobody knows whether all is in order. */
export const exitStatus = { inOrder: 0, failing: 1, mistake: 2, unknown: 3 } as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** What the catalogue says of a check that judges the data and not somebody's access: where it fails, the rest proves nothing. */
export type Trust = Pick<Check<never>, 'id' | 'dataTrust'>;

/** The first that applies of 2, 1, 3 and 0. `failOn`: the mildest severity whose failures count. */
export async function exitStatusOf(
  outcome: CheckOutcome,
  failOn: Severity,
  catalogue: readonly Trust[],
): Promise<ExitStatus> {
  if (outcome.kind === 'mistakes') return exitStatus.mistake;
  if (outcome.kind === 'broken') return exitStatus.unknown;
  const tallies = await outcome.report.tally();
  const dataTrust = new Set(catalogue.filter((check) => check.dataTrust === true).map(({ id }) => id));
  if (hasFailure(outcome.report, tallies, failOn, dataTrust)) return exitStatus.failing;
  return isTrustworthy(tallies, dataTrust) ? exitStatus.inOrder : exitStatus.unknown;
}

type Tallies = ReadonlyMap<string, Tally>;

function hasFailure(
  { checks }: ReportHead,
  tallies: Tallies,
  failOn: Severity,
  dataTrust: ReadonlySet<string>,
): boolean {
  const counting = severities.slice(0, severities.indexOf(failOn) + 1);
  return checks
    .filter(({ id, severity }) => counting.includes(severity) && !dataTrust.has(id))
    .some(({ id }) => {
      const tally = tallies.get(id);
      return tally !== undefined && tally.fail > tally.excepted;
    });
}

function isTrustworthy(tallies: Tallies, dataTrust: ReadonlySet<string>): boolean {
  return [...tallies].every(
    ([check, { unknown, error, fail }]) => unknown === 0 && error === 0 && !(fail > 0 && dataTrust.has(check)),
  );
}
