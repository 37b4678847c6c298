import { DockerHub, type HubOptions } from '../dockerhub/docker-hub.js';

export interface HubAtWork {
  readonly hub: DockerHub;
  /** Machine milliseconds. */
  readonly deadline: number;
}

interface Kept extends HubAtWork {
  users: number;
  timer: NodeJS.Timeout | null;
}

const lingerMs = 30_000;

/**
 * Docker Hub as this process sees it during a run: one for all its organizations, so that they share sign-ins and what is
 * known of rate limits. Kept a little while nobody uses it, because the next organization may come at once.
 */
export class HubsAtWork {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly options: Omit<HubOptions, 'deadline'>) {}

  async using<Result>(run: string, deadline: number, work: (at: HubAtWork) => Promise<Result>): Promise<Result> {
    const kept = this.#kept.get(run) ?? this.#open(run, deadline);
    kept.users += 1;
    if (kept.timer !== null) clearTimeout(kept.timer);
    kept.timer = null;
    try {
      return await work(kept);
    } finally {
      kept.users -= 1;
      if (kept.users === 0) kept.timer = setTimeout(() => this.#drop(run), lingerMs).unref();
    }
  }

  close(): void {
    for (const run of this.#kept.keys()) this.#drop(run);
  }

  #open(run: string, deadline: number): Kept {
    const kept = { hub: new DockerHub({ ...this.options, deadline }), deadline, users: 0, timer: null };
    this.#kept.set(run, kept);
    return kept;
  }

  #drop(run: string): void {
    const kept = this.#kept.get(run);
    if (kept?.timer) clearTimeout(kept.timer);
    kept?.hub.close();
    this.#kept.delete(run);
  }
}
