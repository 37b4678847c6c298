import { catalog } from '../checks/catalog.js';
import type { Severity } from '../checks/check.js';
import { type ExitStatus, exitStatusOf } from './exit-status.js';
import type { FormatId } from './formats/format.js';
import { parseInstant } from './instant.js';
import { judge } from './judge.js';
import { loadSettings } from './load-settings.js';
import { prepareOutput } from './prepare-output.js';
import { printOutcome } from './print-outcome.js';
import { openProgress } from './progress/open-progress.js';
import type { Session } from './session.js';

export interface CheckArguments {
  readonly config: string;
  readonly format: FormatId;
  readonly output?: string;
  readonly failOn: Severity;
  readonly now?: string;
  readonly alert?: true;
  /** Both or neither: a trial of another policy (run-policy-trial.ts). */
  readonly policy?: string;
  readonly on?: string;
}

/** `hubwarden check`. Everything that is wrong with what was asked is said at once, before anything is touched. */
export async function runCheckCommand(asked: CheckArguments, session: Session): Promise<ExitStatus> {
  const now = asked.now === undefined ? null : parseInstant(asked.now);
  const settings = await loadSettings(asked.config, session.variables);
  const target = await prepareOutput(asked.output, session.terminal.out);
  if ('mistakes' in settings || 'mistake' in target || (asked.now !== undefined && now === null)) {
    const messages = [
      ...(asked.now !== undefined && now === null
        ? ['--now is not an instant; expected ISO 8601 with a zone, such as 2026-11-21T02:00:00Z']
        : []),
      ...('mistake' in target ? [target.mistake] : []),
    ];
    return session.refuse([
      ...messages.map((message) => ({ file: null, line: null, message })),
      ...('mistakes' in settings ? settings.mistakes : []),
    ]);
  }
  const progress = openProgress(session.terminal.err);
  try {
    const { alerts, checks } = settings.configuration;
    const alert = asked.alert ?? false;
    if (alerts.length > 0 && !alert)
      progress.line('alerts: what changes waits for “hubwarden serve” or “hubwarden check --alert”');
    return await judge(settings, now, progress, session.signal, { alert }, async (outcome) => {
      progress.stop();
      await printOutcome(outcome, { format: asked.format, policyFile: asked.config, checks }, target, session);
      return exitStatusOf(outcome, asked.failOn, catalog);
    });
  } finally {
    progress.stop();
  }
}
