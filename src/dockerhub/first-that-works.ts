export type Outcome = 'worked' | 'denied' | 'failed';

/** How often every option may be denied before only the first one is tried any more. */
const mostVainTrials = 10;

/**
 * Remembers which of several ways works, so that the others are paid for once. While the first question is under way the
 * next ones wait for what it finds out.
 */
export class FirstThatWorks<Option> {
  #order: readonly Option[];
  #firstTrial: Promise<unknown> | null = null;
  #vainTrials = 0;

  /** `decidesForGood`: once an option has worked, none of the others is tried again; else they come after it. */
  constructor(
    options: readonly Option[],
    private readonly decidesForGood: boolean,
  ) {
    this.#order = options;
  }

  /** Tries the options in turn until one is not denied. Gives every result, the last one decides. */
  async ask<Result>(
    attempt: (option: Option) => Promise<Result>,
    outcomeOf: (result: Result) => Outcome,
  ): Promise<readonly Result[]> {
    if (this.#order.length < 2) return await this.#tryAll(attempt, outcomeOf);
    if (this.#firstTrial) {
      await this.#firstTrial;
      return await this.#tryAll(attempt, outcomeOf);
    }
    const trial = this.#tryAll(attempt, outcomeOf);
    // Whoever waits wants to know that it is over, not how.
    this.#firstTrial = trial.then(
      () => undefined,
      () => undefined,
    );
    return await trial;
  }

  async #tryAll<Result>(
    attempt: (option: Option) => Promise<Result>,
    outcomeOf: (result: Result) => Outcome,
  ): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const option of this.#order) {
      const result = await attempt(option);
      results.push(result);
      const outcome = outcomeOf(result);
      if (outcome === 'denied') continue;
      if (outcome === 'worked') this.#prefer(option);
      return results;
    }
    this.#vainTrials += 1;
    if (this.decidesForGood && this.#vainTrials >= mostVainTrials) this.#order = this.#order.slice(0, 1);
    return results;
  }

  #prefer(option: Option): void {
    if (this.decidesForGood) this.#order = [option];
    else if (this.#order[0] !== option) this.#order = [option, ...this.#order.filter((one) => one !== option)];
  }
}
