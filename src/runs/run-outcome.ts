import type { Mistake } from '../config/configuration.js';

/** What one run came to; `number` is the evaluation's. */
export type RunOutcome = { readonly kind: 'evaluated'; readonly number: string } | RunFailure;

export type RunFailure =
  /** The configuration, the database or the first roster is wrong; nothing was judged. */
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] }
  /** The run could not be brought to its end; nothing was recorded, and the next run goes on from here. */
  | { readonly kind: 'broken'; readonly message: string };

/** Tells people how far a run is. */
export interface Progress {
  /** Opens a stage; `total` is null where nobody knows yet how much there is. */
  stage(name: string, total: number | null): Stage;
  /** One line that stands by itself. */
  line(text: string): void;
}

export interface Stage {
  /** `by` things more are done; `total` where it is known by now, or has grown. */
  advance(by: number, total?: number): void;
  done(note?: string): void;
}
