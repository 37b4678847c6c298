import type { AlertConfig } from '../config/configuration.js';
import type { ReportSeverity } from '../findings/report.js';
import type { Hook } from './notifier.js';
import { isQuiet } from './quiet-hours.js';

/** One hook that is told. */
export interface AlertChannel {
  readonly id: string;
  /** Of the hook that this process knows; the row has another one once the hook was replaced. */
  readonly fingerprint: string;
  readonly kind: AlertConfig['kind'];
  /** Kind and host; the rest of the address is a secret. */
  readonly label: string;
  readonly hook: Hook;
  /** Entries of the configuration with one address are one channel, which is told what any of them asks for. */
  readonly routes: readonly Route[];
}

export type Route = Pick<AlertConfig, 'minSeverity' | 'organizations' | 'checks' | 'quietHours'>;

/** The most urgent first. */
export const severityOrder = ['critical', 'high', 'medium', 'low'] as const satisfies readonly ReportSeverity[];

export function admits({ minSeverity }: Route, severity: ReportSeverity): boolean {
  return severityOrder.indexOf(severity) <= severityOrder.indexOf(minSeverity);
}

/** Whether a message of this severity has to wait: all entries that ask for it want to be left alone. */
export function mustWait({ routes }: AlertChannel, severity: ReportSeverity, now: number): boolean {
  const asking = routes.filter((route) => admits(route, severity));
  // A route that was narrowed since: what waited for it is still told, at its hours.
  const deciding = asking.length > 0 ? asking : routes;
  return deciding.every(({ quietHours }) => quietHours !== null && isQuiet(quietHours, now));
}
