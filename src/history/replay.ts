import type { DataSource } from 'typeorm';
import { judgedConfiguration } from '../findings/recorded-policy.js';
import { reportHash } from '../findings/report-json.js';
import { readReport } from '../findings/report.query.js';
import type { Report } from '../findings/report.js';
import { firstDifference, type Difference } from './first-difference.js';
import { judgeAgain } from './judge-again.js';
import { findRecorded, type RecordedEvaluation } from './recorded-evaluation.query.js';
import { asEvaluationSaw } from './shadow.query.js';

export interface Replay {
  readonly outcome: 'replayed';
  readonly evaluation: Pick<RecordedEvaluation, 'id' | 'number' | 'at'>;
  /** SHA-256 in hex of the report as JSON, as it was when the evaluation was recorded. */
  readonly recorded: string;
  /** Of the one that the same rules give today over what is stored. */
  readonly replayed: string;
  readonly equal: boolean;
  /** Between the report as it is stored now and the replayed one; null where both say the same. */
  readonly difference: Difference | null;
  readonly report: Report;
}

/**
 * Judges a recorded evaluation anew from what is stored: its snapshots, roster, links, decisions, policy and clock. Nothing is
 * written, and nobody is kept waiting. A mistake is a sentence.
 */
export async function replay(
  dataSource: DataSource,
  named: string,
  onJudged?: (subjects: number) => void,
): Promise<Replay | { readonly outcome: 'mistake'; readonly mistake: string }> {
  const evaluation = await findRecorded(dataSource.manager, named);
  if ('mistake' in evaluation) return { outcome: 'mistake', mistake: evaluation.mistake };
  const { id, number, at, policy, readAt, reportHash: recorded } = evaluation;
  const report = await asEvaluationSaw(dataSource, evaluation, readAt, (runner) =>
    judgeAgain(runner, evaluation, judgedConfiguration(policy), onJudged),
  );
  const replayed = reportHash(report);
  const stored = await readReport(dataSource.manager, number);
  const difference = firstDifference(stored, report);
  return {
    outcome: 'replayed',
    evaluation: { id, number, at },
    recorded,
    replayed,
    equal: recorded === replayed && difference === null,
    difference,
    report,
  };
}
