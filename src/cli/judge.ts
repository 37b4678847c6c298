import { AlertChannels } from '../alerts/alert-channels.js';
import type { Instant } from '../checks/check.js';
import { loadEncryptionKey } from '../config/encryption-key.js';
import { isMistake } from '../database/mistake.js';
import type { OpenDatabase } from '../database/open-database.js';
import { CommandRun } from '../runs/command-run.js';
import type { CheckOutcome, Progress } from '../runs/run-outcome.js';
import { deliverAlerts } from './deliver-alerts.js';
import type { Settings } from './load-settings.js';
import { whoIAm } from './who-i-am.js';
import { withApplication } from './with-application.js';

/**
 * One run of the whole pipeline, from the settings to what it came to. With `alert`, what is due is delivered before it ends,
 * also where the run was broken off: something may wait since another one. A `database` that is open is used and stays open.
 */
export async function judge(
  { environment, configuration }: Settings,
  now: Instant | null,
  progress: Progress,
  signal: AbortSignal,
  { alert = false, database }: { readonly alert?: boolean; readonly database?: OpenDatabase } = {},
): Promise<CheckOutcome> {
  const outcome = await withApplication(
    database ?? environment,
    (line) => progress.line(line),
    async (application, { dataSource }): Promise<CheckOutcome> => {
      const key = await loadEncryptionKey(environment);
      if (isMistake(key)) return mistaken(key.mistake);
      const channels = new AlertChannels(dataSource, key);
      // A channel is told what changes from its registration on, and that includes this run.
      await channels.register(configuration);
      const run = await application.get(CommandRun).run({
        configuration,
        hubUrl: environment.hubUrl,
        fingerprintKey: key,
        now,
        signal,
        progress,
        by: whoIAm(),
      });
      if (alert) await deliverAlerts(dataSource, channels, progress, signal);
      return run;
    },
    signal,
  );
  return isMistake(outcome) ? mistaken(outcome.mistake) : outcome;
}

function mistaken(message: string): CheckOutcome {
  return { kind: 'mistakes', mistakes: [{ file: null, line: null, message }] };
}
