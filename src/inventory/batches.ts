import { setTimeout as wait } from 'node:timers/promises';

/**
 * Gathers what arrives while a batch is being worked on into the next one: a lone item goes at once, a thousand parallel
 * ones share a few transactions. Items of one batch succeed or fail together.
 */
export class Batches<Item, Result> {
  private waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  private isWorking = false;

  /**
   * `work` answers with one result for each item, in their order. Where items come faster than they are worked on, a batch
   * begins no sooner than `apartMs` after the last one did, because then more are about to come.
   */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly apartMs = 0,
  ) {}

  async add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.isWorking) void this.workOff();
    });
  }

  /**
   * Nothing may come between the look that finds nothing waiting and `isWorking = false`: whatever is added there would wait
   * for a worker who has gone.
   */
  private async workOff(): Promise<void> {
    this.isWorking = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      const next = performance.now() + this.apartMs;
      await this.workOn(batch);
      const early = next - performance.now();
      if (early > 0 && this.waiting.length > 0) await wait(early);
    }
    this.isWorking = false;
  }

  /** Never throws: what goes wrong is told to those who wait. */
  private async workOn(batch: typeof this.waiting): Promise<void> {
    try {
      const results = await this.work(batch.map(({ item }) => item));
      for (const [place, { resolve, reject }] of batch.entries()) {
        const result = results[place];
        if (result === undefined) reject(new Error(`A batch of ${batch.length} has no result for its item ${place}.`));
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
