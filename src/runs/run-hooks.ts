import type { Configuration } from '../config/configuration.js';
import type { HubUsage } from './check-run.js';

/** `broken`: stopped or interrupted, goes on later. */
export type RunEnd = 'finished' | 'failed' | 'broken';

/** What others want to do or to know around a run. */
export interface RunHooks {
  /** Before anything is read. What it throws breaks the attempt. */
  readonly beforeRun?: (configuration: Configuration) => Promise<void>;
  /** After each attempt, however it ended. Must not throw. */
  readonly afterRun?: () => void;
  /** For each request to Docker Hub or SCIM, as it is sent. */
  readonly onHubRequest?: () => void;
  /** Once Docker Hub has been read. */
  readonly onHubUsage?: (usage: HubUsage) => void;
  readonly onFinished?: (end: { readonly outcome: RunEnd; readonly seconds: number }) => void;
}
