import type { Answer } from './answers.js';
import { ok, refusal } from './answers.js';
import { changeWorld, isWorldChange } from './change-world.js';
import type { Fault } from './faults.js';
import { isSentFault, matches } from './faults.js';
import type { SignInDesk } from './sign-in.js';
import type { HubWorld } from './world.js';

export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** 0 until it is answered, and for good where it never was. */
  status: number;
  /** Unix time in milliseconds of its arrival. */
  readonly at: number;
}

/** What a test may do with a hub in another process. */
interface Simulator {
  readonly world: HubWorld;
  readonly faults: Fault[];
  readonly requests: RecordedRequest[];
  readonly desk: SignInDesk;
}

/**
 * GET /simulator/requests[?match=PART]  {"count": …, "requests": […]}; DELETE forgets them
 * GET /simulator/faults                 {"count": …}; POST adds one or an array, `on` a text or {"pattern": …}; DELETE ends them
 * POST /simulator/world                 one `WorldChange` or an array
 * DELETE /simulator/tokens              every bearer issued so far is refused from now on
 */
export function simulatorRoute(hub: Simulator, method: string, path: string, body: unknown): Answer {
  const url = new URL(path, 'http://simulator');
  switch (`${method} ${url.pathname.replace(/\/$/, '')}`) {
    case 'GET /simulator/requests': {
      const part = url.searchParams.get('match') ?? '';
      const requests = hub.requests.filter((one) => matches(part, one.path));
      return ok({ count: requests.length, requests });
    }
    case 'DELETE /simulator/requests':
      hub.requests.length = 0;
      return ok({ count: 0 });
    case 'GET /simulator/faults':
      return ok({ count: hub.faults.length });
    case 'POST /simulator/faults':
      return addFaults(hub.faults, Array.isArray(body) ? body : [body]);
    case 'DELETE /simulator/faults':
      hub.faults.length = 0;
      return ok({ count: 0 });
    case 'POST /simulator/world': {
      const changes: readonly unknown[] = Array.isArray(body) ? body : [body];
      for (const change of changes) {
        const mistake = isWorldChange(change)
          ? changeWorld(hub.world, change)
          : 'a change needs "op" and "organization"';
        if (mistake) return refusal(400, mistake);
      }
      return ok({ changed: changes.length });
    }
    case 'DELETE /simulator/tokens':
      hub.desk.expireAll();
      return ok({});
    default:
      return refusal(404);
  }
}

function addFaults(faults: Fault[], sent: readonly unknown[]): Answer {
  const read: Fault[] = [];
  for (const one of sent) {
    if (!isSentFault(one)) return refusal(400, 'a fault needs "on" (a text or {"pattern": …}) and "answer"');
    const { on } = one;
    read.push({ ...one, on: typeof on === 'string' ? on : new RegExp(on.pattern) });
  }
  faults.push(...read);
  return ok({ count: faults.length });
}
