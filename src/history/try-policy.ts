import type { DataSource } from 'typeorm';
import type { Configuration } from '../config/configuration.js';
import { judgedConfiguration, type RecordedPolicy } from '../findings/recorded-policy.js';
import { readReport } from '../findings/report.query.js';
import type { Report } from '../findings/report.js';
import { matchAccounts } from '../identity/link-accounts.js';
import { compareReports, type Comparison } from './compare-reports.js';
import { judgeAgain } from './judge-again.js';
import { findRecorded } from './recorded-evaluation.query.js';
import { asEvaluationSaw } from './shadow.query.js';

/** The sections of hubwarden.yaml that are tried; where the roster and the schedule are concerned, it stays that night. */
export type TriedPolicy = Pick<Configuration, 'identity' | 'criticalSystems' | 'roles' | 'checks' | 'calendar'>;

export interface PolicyTrial extends Comparison {
  readonly outcome: 'tried';
  readonly evaluation: Report['evaluation'];
}

/**
 * What a recorded evaluation would have said under another policy: accounts are matched anew from the links that its run found,
 * and everything is judged anew. Open findings keep the dates that they had, as with any change of policy. Nothing is written.
 */
export async function tryPolicy(
  dataSource: DataSource,
  named: string,
  { identity, criticalSystems, roles, checks, calendar }: TriedPolicy,
  onJudged?: (subjects: number) => void,
): Promise<PolicyTrial | { readonly outcome: 'mistake'; readonly mistake: string }> {
  const evaluation = await findRecorded(dataSource.manager, named);
  if ('mistake' in evaluation) return { outcome: 'mistake', mistake: evaluation.mistake };
  const { at, startedAt, organizations } = evaluation;
  const tried: RecordedPolicy = { ...evaluation.policy, identity, criticalSystems, roles, checks, calendar };
  const before = await readReport(dataSource.manager, evaluation.number);
  const after = await asEvaluationSaw(dataSource, evaluation, startedAt.toISOString(), async (runner) => {
    const connections = { reader: runner, writer: runner };
    for (const organization of organizations) {
      await matchAccounts(connections, organization, identity, at.toISOString());
    }
    return judgeAgain(runner, evaluation, judgedConfiguration(tried), onJudged);
  });
  return { outcome: 'tried', evaluation: before.evaluation, ...compareReports(before, after) };
}
