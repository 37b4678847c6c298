import { channelsAtOnce, type DeliveryLoop } from '../alerts/delivery-loop.js';
import type { JobPlace } from '../jobs/job-place.js';
import { type JobCounts, JobQueue } from '../jobs/job-queue.js';
import type { EvaluateTogether } from './evaluate-together.js';
import type { HubsAtWork } from './hubs-at-work.js';
import type { ReadOrganization } from './read-organization.js';

/** The queues of the service. A further kind of work is one more of them. */
export class JobQueues {
  readonly readings: JobQueue;
  readonly deliveries: JobQueue;
  readonly evaluations: JobQueue;

  constructor(place: JobPlace, concurrency: number) {
    this.readings = new JobQueue('hubwarden-readings', place, concurrency);
    this.deliveries = new JobQueue('hubwarden-deliveries', place, channelsAtOnce);
    // Judging takes a processor; a process has one to give.
    this.evaluations = new JobQueue('hubwarden-evaluations', place, 1);
  }

  /** Null: they can be reached, or nobody needs them. */
  get trouble(): string | null {
    return this.readings.trouble ?? this.deliveries.trouble ?? this.evaluations.trouble;
  }

  get counts(): ReadonlyMap<string, JobCounts | null> {
    return new Map([
      ['readings', this.readings.counts],
      ['deliveries', this.deliveries.counts],
      ['evaluations', this.evaluations.counts],
    ]);
  }
}

/** What this process does of the work of all: it takes jobs of every kind. */
export class JobWorkers {
  constructor(
    private readonly queues: JobQueues | null,
    private readonly reader: ReadOrganization,
    private readonly delivery: DeliveryLoop,
    private readonly evaluations: EvaluateTogether | null,
    private readonly hubs: HubsAtWork,
  ) {}

  start(): void {
    this.queues?.readings.start(({ run, organization }) => this.reader.read(run ?? '', organization ?? ''));
    this.queues?.deliveries.start(async ({ channel }) => {
      await this.delivery.takeTurn(channel ?? '');
      return 'done';
    });
    const { evaluations } = this;
    if (evaluations !== null) this.queues?.evaluations.start(({ attempt }) => evaluations.help(attempt ?? ''));
  }

  /** Readings and slices stop where they are, and go back into the queue. */
  async stop(): Promise<void> {
    this.reader.stop();
    this.evaluations?.stop();
    await Promise.all([this.queues?.readings.stop(), this.queues?.deliveries.stop(), this.queues?.evaluations.stop()]);
    this.hubs.close();
  }
}
