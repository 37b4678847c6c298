import type { Digest } from './digest.js';

/** Where a message goes. Both are secrets. */
export interface Hook {
  readonly url: string;
  /** Signs what a webhook gets. */
  readonly secret: string | null;
}

export interface Delivery {
  /** The same in every attempt; the receiver sees it. */
  readonly id: string;
  readonly digest: Digest;
  /** Where people open Hubwarden; null: not configured. Without a slash at its end. */
  readonly publicUrl: string | null;
}

/** What became of one attempt. `because` is a sentence for people without secrets. */
export type Attempt =
  | { readonly outcome: 'sent' }
  /**
   * The same message again, after `afterMs` where the receiver said so. `ambiguous`: no answer came, so that the receiver may
   * have it already.
   */
  | {
      readonly outcome: 'retry';
      readonly afterMs: number | null;
      readonly ambiguous: boolean;
      readonly because: string;
    }
  /** The hook is no more: nothing is sent there until somebody has looked. */
  | { readonly outcome: 'gone'; readonly because: string }
  /** This message will never be taken, another one may. */
  | { readonly outcome: 'refused'; readonly because: string };

/** Puts one digest in front of people, in one request. What to send and who retries is decided elsewhere. */
export interface Notifier {
  readonly id: 'slack' | 'webhook';
  send(hook: Hook, delivery: Delivery, signal: AbortSignal): Promise<Attempt>;
}
