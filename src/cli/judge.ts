import { AlertChannels } from '../alerts/alert-channels.js';
import type { Instant } from '../checks/check.js';
import { loadEncryptionKey } from '../config/encryption-key.js';
import { isMistake } from '../database/mistake.js';
import type { OpenDatabase } from '../database/open-database.js';
import { CommandRun } from '../runs/command-run.js';
import { withReport } from '../findings/with-report.js';
import type { Progress, RunFailure } from '../runs/run-outcome.js';
import { deliverAlerts } from './deliver-alerts.js';
import type { Settings } from './load-settings.js';
import { tallied, type TalliedReport } from './tallied-report.js';
import { whoIAm } from './who-i-am.js';
import { withApplication } from './with-application.js';

/** What one run came to, for whoever wants its report. */
export type CheckOutcome = { readonly kind: 'report'; readonly report: TalliedReport } | RunFailure;

/**
 * One run of the whole pipeline, from the settings to what `tell` makes of it, while the report can be read. With `alert`, what is due
 * is delivered before, also where the run was broken off: something may wait since another one. A `database` that is open is used and
 * stays open.
 */
export async function judge<Told>(
  { environment, configuration }: Settings,
  now: Instant | null,
  progress: Progress,
  signal: AbortSignal,
  { alert = false, database }: { readonly alert?: boolean; readonly database?: OpenDatabase },
  tell: (outcome: CheckOutcome) => Promise<Told>,
): Promise<Told> {
  const told = await withApplication(
    database ?? environment,
    (line) => progress.line(line),
    async (application, { dataSource }): Promise<{ readonly told: Told }> => {
      const key = await loadEncryptionKey(environment);
      if (isMistake(key)) return { told: await tell(mistaken(key.mistake)) };
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
      if (run.kind !== 'evaluated') return { told: await tell(run) };
      return withReport(dataSource, run.number, async (report) => ({
        told: await tell({ kind: 'report', report: tallied(report) }),
      }));
    },
    signal,
  );
  return isMistake(told) ? tell(mistaken(told.mistake)) : told.told;
}

function mistaken(message: string): CheckOutcome {
  return { kind: 'mistakes', mistakes: [{ file: null, line: null, message }] };
}
