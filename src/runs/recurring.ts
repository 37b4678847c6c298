import { Logger } from '@nestjs/common';
import { isDatabaseLost } from '../database/is-database-lost.js';

/**
 * Does something again and again, never twice at once. Nothing that goes wrong ends it: a lost database is told once and tried
 * again, everything else is told each time.
 */
export class Recurring {
  private readonly logger = new Logger('Runs');
  #timer: NodeJS.Timeout | null = null;
  #current: Promise<void> | null = null;
  #isPoked = false;
  #isAtWork = false;
  #lostSince: Date | null = null;

  constructor(
    private readonly task: string,
    private readonly everyMs: number,
    /** `reached`: for work that lasts, to say that the database has answered. */
    private readonly work: (reached: () => void) => Promise<void>,
  ) {}

  /** Null: at work. Otherwise what is wrong, in words for anybody. */
  get trouble(): string | null {
    if (!this.#isAtWork) return 'it is not at work';
    return this.#lostSince === null ? null : 'it cannot reach the database';
  }

  /** At once, and from then on every so often after the end of the time before. */
  start(): void {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.poke();
  }

  /** Now, or once more as soon as what is being done is done. */
  poke(): void {
    if (!this.#isAtWork) return;
    this.#isPoked = true;
    if (this.#current !== null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#current = this.#turns();
  }

  /** Nothing new begins; resolves once what is being done is done. */
  async stop(): Promise<void> {
    this.#isAtWork = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#current;
  }

  async #turns(): Promise<void> {
    while (this.#isPoked && this.#isAtWork) {
      this.#isPoked = false;
      await this.#turn();
    }
    this.#current = null;
    if (this.#isAtWork) this.#timer = setTimeout(() => this.poke(), this.everyMs);
  }

  async #turn(): Promise<void> {
    const { task } = this;
    try {
      await this.work(() => this.#reached());
      this.#reached();
    } catch (error) {
      if (!isDatabaseLost(error)) {
        this.logger.error('Work in the background broke down', { task, error });
        return;
      }
      if (this.#lostSince === null) this.logger.warn('The database cannot be reached; trying again', { task, error });
      this.#lostSince ??= new Date();
    }
  }

  #reached(): void {
    if (this.#lostSince === null) return;
    this.logger.log('The database can be reached again', { task: this.task });
    this.#lostSince = null;
  }
}
