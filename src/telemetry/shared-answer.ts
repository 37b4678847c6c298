/** One question that many ask: whoever comes while it is being answered gets that answer, and so does everybody for a while after. */
export class SharedAnswer<Answer> {
  #answer: Promise<Answer> | null = null;
  #staleAt = 0;

  constructor(
    private readonly find: () => Promise<Answer>,
    private readonly keepMs: number,
  ) {}

  async get(): Promise<Answer> {
    if (this.#answer !== null && performance.now() < this.#staleAt) return this.#answer;
    this.#staleAt = Number.POSITIVE_INFINITY;
    this.#answer = this.find().finally(() => {
      this.#staleAt = performance.now() + this.keepMs;
    });
    return this.#answer;
  }
}
