import type { Configuration } from '../config/configuration.js';
import type { ConfigurationInForce } from '../config/configuration-in-force.js';
import { isDatabaseLost } from '../database/is-database-lost.js';
import type { ServiceLog } from '../telemetry/service-log.js';
import type { Service } from './service.js';

export interface Reloading {
  /** Once the service is up. */
  tell(service: Service): void;
  end(): void;
}

/** Reads the configuration again at each signal, one after the other, and says what became of it. */
export function reloadOn(signal: NodeJS.Signals, inForce: ConfigurationInForce, log: ServiceLog): Reloading {
  let service: Service | null = null;
  let last = Promise.resolve();
  const onSignal = (): void => {
    last = last
      .then(() => reload(inForce, service, log))
      .catch((error: unknown) => log.error('The configuration could not be read again', { error }, 'Service'));
  };
  process.on(signal, onSignal);
  return {
    tell: (up) => {
      service = up;
    },
    end: () => void process.off(signal, onSignal),
  };
}

async function reload(inForce: ConfigurationInForce, service: Service | null, log: ServiceLog): Promise<void> {
  const before = inForce.current;
  const mistakes = await inForce.reload();
  for (const { file, line, message } of mistakes)
    log.error('Configuration refused; the one before stays in force', { file, line, mistake: message }, 'Service');
  if (mistakes.length > 0) return;
  const after = inForce.current;
  const nextEvaluation = service?.nextEvaluation.toISOString();
  log.log('Configuration in force', { changed: changedKeys(before, after), nextEvaluation }, 'Service');
  if (!isSame(before.api.trustedProxies, after.api.trustedProxies))
    log.warn('A change of api.trustedProxies takes effect at the next start', 'Service');
  try {
    await service?.registerChannels();
  } catch (error) {
    if (!isDatabaseLost(error)) throw error;
    log.warn('The database is away; changed alert channels take effect with the next run', 'Service');
  }
}

/** The keys of the file, without what they hold. */
function changedKeys(before: Configuration, after: Configuration): string[] {
  const were: Readonly<Record<string, unknown>> = { ...before };
  return Object.entries(after)
    .filter(([key, value]) => !isSame(were[key], value))
    .map(([key]) => key);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
