import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** How a run ended: `broken` was stopped or lost its database, and goes on later. */
export type RunEnd = 'finished' | 'failed' | 'broken';

/** What is known of one credential's rate limit on Docker Hub. */
export interface HubBudget {
  /** A keyed fingerprint. */
  readonly credential: string;
  readonly limit: number | null;
  readonly remaining: number | null;
}

/** What this process counts by itself since its start. What the database knows is in `StoredMetrics`. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #runs: Histogram<'outcome'>;
  readonly #hubRequests: Counter;
  readonly #hubRemaining: Gauge<'credential'>;
  readonly #hubLimit: Gauge<'credential'>;

  constructor(version: string) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'hubwarden_build_info',
      help: 'Always 1; the labels say which program this is.',
      labelNames: ['version', 'node'],
      registers,
    }).set({ version, node: process.version }, 1);
    this.#requests = new Histogram({
      name: 'hubwarden_http_request_duration_seconds',
      help: 'How long answers took, by method, route pattern and class of the status. Streams of events are left out.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#runs = new Histogram({
      name: 'hubwarden_run_duration_seconds',
      help: 'How long runs of this process took. Outcome: finished, failed, or broken (stopped or interrupted, goes on later).',
      labelNames: ['outcome'],
      buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 2_400, 3_600],
      registers,
    });
    for (const outcome of ['finished', 'failed', 'broken']) this.#runs.zero({ outcome });
    this.#hubRequests = new Counter({
      name: 'hubwarden_hub_requests_total',
      help: 'Requests sent to Docker Hub and SCIM by this process, sign-ins included.',
      registers,
    });
    this.#hubRemaining = new Gauge({
      name: 'hubwarden_hub_budget_remaining',
      help: 'Requests left in the rate limit window of a credential (a fingerprint of it), as Docker Hub said last.',
      labelNames: ['credential'],
      registers,
    });
    this.#hubLimit = new Gauge({
      name: 'hubwarden_hub_budget_limit',
      help: 'Requests that a rate limit window of a credential allows, as Docker Hub said last.',
      labelNames: ['credential'],
      registers,
    });
  }

  /** What waits in the queues and is at work, over all processes; nothing where that is not known. */
  watchJobs(counts: () => ReadonlyMap<string, Readonly<Record<string, number>> | null>): void {
    const jobs = new Gauge({
      name: 'hubwarden_jobs',
      help: 'Jobs by queue and state (waiting, active, delayed, failed), over all processes that share the queue.',
      labelNames: ['queue', 'state'],
      registers: [],
      collect() {
        this.reset();
        for (const [queue, states] of counts())
          for (const [state, number] of Object.entries(states ?? {})) this.set({ queue, state }, number);
      },
    });
    const up = new Gauge({
      name: 'hubwarden_jobs_up',
      help: 'Whether this process reaches the queue (1) or works without it (0).',
      labelNames: ['queue'],
      registers: [],
      collect() {
        for (const [queue, states] of counts()) this.set({ queue }, Number(states !== null));
      },
    });
    for (const gauge of [jobs, up]) this.registry.registerMetric(gauge);
  }

  readonly onHubRequest = (): void => this.#hubRequests.inc();

  readonly onHubBudget = (budgets: readonly HubBudget[]): void => {
    for (const { credential, limit, remaining } of budgets) {
      const labels = { credential: credential.slice(0, 12) };
      if (remaining !== null) this.#hubRemaining.set(labels, remaining);
      if (limit !== null) this.#hubLimit.set(labels, limit);
    }
  };

  readonly onRunFinished = (outcome: RunEnd, seconds: number): void => this.#runs.observe({ outcome }, seconds);

  /** `route` is the pattern: with the path itself every id would be a series of its own. */
  onAnswered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds);
  }
}
