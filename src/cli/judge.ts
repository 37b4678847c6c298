import type { Instant } from '../checks/check.js';
import { loadEncryptionKey } from '../config/encryption-key.js';
import { isMistake } from '../database/mistake.js';
import { CheckRun } from '../runs/check-run.js';
import type { CheckOutcome, Progress } from '../runs/run-outcome.js';
import type { Settings } from './load-settings.js';
import { withApplication } from './with-application.js';

/** One run of the whole pipeline, from the settings to what it came to. */
export async function judge(
  { environment, configuration }: Settings,
  now: Instant | null,
  progress: Progress,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const outcome = await withApplication(
    environment,
    (line) => progress.line(line),
    async (application): Promise<CheckOutcome> => {
      const key = await loadEncryptionKey(environment);
      if (isMistake(key)) return mistaken(key.mistake);
      return application.get(CheckRun).run({
        configuration,
        hubUrl: environment.hubUrl,
        fingerprintKey: key,
        now,
        signal,
        progress,
      });
    },
  );
  return isMistake(outcome) ? mistaken(outcome.mistake) : outcome;
}

function mistaken(message: string): CheckOutcome {
  return { kind: 'mistakes', mistakes: [{ file: null, line: null, message }] };
}
