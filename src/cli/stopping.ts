import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceLog } from '../telemetry/service-log.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { Service } from './service.js';

/** Supervisors kill after ten seconds. What is not parked by then is as safe as after a kill: the next start takes it up. */
const patienceMs = 9_000;
/** Longer than the service's own, which has more to say. */
const lastPatienceMs = 9_500;
const lookMs = 2_000;
const mostAwayMs = 15_000;

export async function stopAsked(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  await new Promise<void>((stop) => signal.addEventListener('abort', () => stop(), { once: true }));
  return undefined;
}

/**
 * The embedded server restarts by itself after a crash of one of its processes, within seconds. One that stays away has ended as a
 * whole; this process cannot bring it back under its connections, but its next start can.
 */
export async function stopAskedOrEnded(
  service: Pick<Service, 'isDatabaseUp'>,
  signal: AbortSignal,
): Promise<'ended' | undefined> {
  let lastUp = performance.now();
  while (!signal.aborted) {
    if (await service.isDatabaseUp()) lastUp = performance.now();
    else if (performance.now() - lastUp > mostAwayMs) return 'ended';
    await wait(lookMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/**
 * Asked to stop, the service ends in time, whatever hangs: a database that does not answer, a request. The exit status is that of
 * an orderly end, because whoever asked got what they asked for and nothing is lost; the log says that something hung.
 */
export async function hardStop(signal: AbortSignal, log: ServiceLog): Promise<ExitStatus> {
  await stopAsked(signal);
  await wait(patienceMs, undefined, { ref: false });
  log.warn('Stopped before everything was parked; the next start takes it up', 'Service');
  return exitStatus.inOrder;
}

/** Asked to stop, a command ends in time as well, whatever hangs. Never resolves. */
export async function endInTime(signal: AbortSignal): Promise<never> {
  await stopAsked(signal);
  await wait(lastPatienceMs, undefined, { ref: false });
  throw new Error('What was at work did not end.');
}
