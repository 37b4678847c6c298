import { json } from '../findings/report-json.js';
import type { ChangedSubject, ComparedCheck, Said } from '../history/compare-reports.js';
import { tryPolicy, type PolicyTrial } from '../history/try-policy.js';
import { visible } from '../http/visible.js';
import { aligned } from './columns.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { loadSettings } from './load-settings.js';
import { onDatabase } from './on-database.js';
import { prepareOutput } from './prepare-output.js';
import { showJudging } from './progress/show-judging.js';
import type { CheckArguments } from './run-check.js';
import type { Session } from './session.js';

/** `hubwarden check --policy FILE --on EVALUATION`: nothing is read from anywhere else, and nothing is recorded. */
export async function runPolicyTrial(asked: CheckArguments, session: Session): Promise<ExitStatus> {
  const { policy, on, format } = asked;
  if (policy === undefined || on === undefined)
    return session.refuseWith(
      `--${policy === undefined ? 'on' : 'policy'} is given alone; expected --policy FILE and --on EVALUATION together`,
    );
  if (format !== 'table' && format !== 'json')
    return session.refuseWith(`--format is ${format}; expected table or json with --policy`);
  if (asked.now !== undefined || asked.alert !== undefined)
    return session.refuseWith(
      `--${asked.now === undefined ? 'alert' : 'now'} does not go with --policy: a past evaluation keeps its clock, and nobody is told`,
    );
  const settings = await loadSettings(policy, session.variables);
  if ('mistakes' in settings) return session.refuse(settings.mistakes);
  const target = await prepareOutput(asked.output, session.terminal.out);
  if ('mistake' in target) return session.refuseWith(target.mistake);
  return onDatabase(session, async (dataSource) => {
    const trial = await showJudging(session.terminal.err, (onJudged) =>
      tryPolicy(dataSource, on, settings.configuration, onJudged),
    );
    if (trial.outcome === 'mistake') return session.refuseWith(trial.mistake);
    const lines = format === 'json' ? [jsonOf(trial)] : tableOf(trial).map((line) => `${visible(line)}\n`);
    await target.write(lines);
    return exitStatus.inOrder;
  });
}

function jsonOf({ evaluation, checks, changes }: PolicyTrial): string {
  return `${json({ schema: 'hubwarden.policy-trial/1', evaluation, checks, changes }, 2)}\n`;
}

function tableOf({ evaluation, checks, changes }: PolicyTrial): string[] {
  const title = `evaluation ${evaluation.id} of ${evaluation.at}, as it was and under the other policy`;
  if (changes.length === 0) return [title, '', 'Nothing would change.'];
  const changed = checks.filter((check) => summaryOf(check.before) !== summaryOf(check.after));
  const subjects = changes.length === 1 ? '1 subject' : `${changes.length} subjects`;
  return [
    title,
    '',
    ...aligned([
      ['CHECK', 'BEFORE', 'AFTER'],
      ...changed.map((check) => [check.id, summaryOf(check.before), summaryOf(check.after)]),
    ]),
    '',
    ...aligned([
      ['CHECK', 'ORGANIZATION', 'SUBJECT', 'BEFORE', 'AFTER'],
      ...changes.map(({ check, organization, subject, before, after }) => [
        check,
        organization ?? '',
        nameOf(subject),
        saidOf(before),
        saidOf(after),
      ]),
    ]),
    '',
    `${subjects} would be judged otherwise. Nothing was recorded.`,
  ];
}

const outcomes = ['pass', 'fail', 'unknown', 'error', 'not_applicable', 'excepted'] as const;

function summaryOf(side: ComparedCheck['before']): string {
  if (side === null) return 'no such check';
  const counts = outcomes.flatMap((outcome) =>
    side.counts[outcome] === 0 ? [] : [`${side.counts[outcome]} ${outcome}`],
  );
  return [side.status, ...counts].join(', ');
}

function nameOf({ kind, name, system }: ChangedSubject['subject']): string {
  return system === undefined ? `${kind} ${name}` : `${kind} ${name} (${system})`;
}

function saidOf(said: Said | null): string {
  if (said === null) return 'not judged';
  const due = said.dueAt === null ? '' : `, due ${said.dueAt.slice(0, 16)}Z`;
  return `${said.verdict} ${said.reason}${due}`;
}
