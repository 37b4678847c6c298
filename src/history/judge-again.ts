import type { QueryRunner } from 'typeorm';
import type { Configuration } from '../config/configuration.js';
import { finish, recordAll } from '../findings/evaluate.js';
import { judgeAll } from '../findings/judge-all.js';
import { Readers } from '../findings/readers.js';
import { readReport } from '../findings/report.query.js';
import type { Report } from '../findings/report.js';
import type { RecordedEvaluation } from './recorded-evaluation.query.js';

/** Judges an evaluation's snapshots anew, on a connection that sees what it saw (shadow.query.ts), by a policy. */
export async function judgeAgain(
  runner: QueryRunner,
  evaluation: RecordedEvaluation,
  configuration: Configuration,
  onJudged?: (subjects: number) => void,
): Promise<Report> {
  const { id, at, startedAt, organizations, operation, decidedThrough } = evaluation;
  const input = { id, configuration, now: at.toISOString(), startedAt, organizations, onJudged };
  const { manager } = runner;
  const judged = await judgeAll(
    { readers: Readers.of(runner), writer: manager },
    {
      ...input,
      operation,
      decidedThrough,
      remembers: false,
    },
  );
  await recordAll(manager, input, judged);
  await finish(manager, judged.number, evaluation);
  return readReport(manager, judged.number);
}
