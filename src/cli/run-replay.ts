import { reportJson } from '../findings/report-json.js';
import { replay, type Replay } from '../history/replay.js';
import { visible } from '../http/visible.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { jsonFormat } from './formats/json.format.js';
import { onDatabase } from './on-database.js';
import { prepareOutput } from './prepare-output.js';
import { showJudging } from './progress/show-judging.js';
import type { Session } from './session.js';
import { tallied } from './tallied-report.js';

export interface ReplayArguments {
  readonly format: 'table' | 'json';
  readonly output?: string;
}

/** `hubwarden replay`, on the database alone. */
export async function runReplay(
  named: string,
  { format, output }: ReplayArguments,
  session: Session,
): Promise<ExitStatus> {
  const { terminal } = session;
  const target = await prepareOutput(output, terminal.out);
  if ('mistake' in target) return session.refuseWith(target.mistake);
  return onDatabase(session, async (dataSource) => {
    const replayed = await showJudging(terminal.err, (onJudged) => replay(dataSource, named, onJudged));
    if (replayed.outcome === 'mistake') return session.refuseWith(replayed.mistake);
    const said = summary(replayed).map((line) => `${visible(line)}\n`);
    if (format === 'table') await target.write(said);
    else {
      await target.write(written(replayed, target.isFile ? null : (terminal.out.terminal?.columns ?? null)));
      const beside = target.isFile ? terminal.out : terminal.err;
      await beside.write(said.join(''));
    }
    return replayed.equal ? exitStatus.inOrder : exitStatus.unknown;
  });
}

function written({ report }: Replay, terminalWidth: number | null): Iterable<string> | AsyncIterable<string> {
  if (terminalWidth === null) return reportJson(report);
  return jsonFormat.render(tallied(report), {
    colours: false,
    terminalWidth,
    checks: [],
    version: '',
    policyFile: null,
    disabled: [],
  });
}

function summary({ evaluation, recorded, replayed, equal, difference }: Replay): string[] {
  const lines = [
    `evaluation ${evaluation.number} of ${evaluation.at.toISOString()}, ${evaluation.id}`,
    `recorded  sha256 ${recorded}`,
    `replayed  sha256 ${replayed}`,
  ];
  if (equal) return [...lines, 'identical'];
  if (difference === null)
    return [
      ...lines,
      'different: what is stored now gives the replayed report, which is not the one that was recorded',
    ];
  return [
    ...lines,
    `different, first in ${difference.where}`,
    `  recorded  ${difference.recorded ?? 'nothing'}`,
    `  replayed  ${difference.replayed ?? 'nothing'}`,
  ];
}
