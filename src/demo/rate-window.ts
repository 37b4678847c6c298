/** Counts the requests of each caller in fixed windows and says so in headers, as Docker Hub does. */
export class RateWindows {
  readonly #open = new Map<string, { until: number; used: number }>();

  /** Takes one request; `retryAfterMs` is null where it was within the limit. */
  take(
    caller: string,
    limit: number,
    windowMs: number,
  ): { headers: Record<string, string>; retryAfterMs: number | null } {
    const now = Date.now();
    let window = this.#open.get(caller);
    if (!window || window.until <= now) {
      window = { until: now + windowMs, used: 0 };
      this.#open.set(caller, window);
    }
    window.used += 1;
    return {
      headers: {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
        'x-ratelimit-reset': String(Math.ceil(window.until / 1000)),
      },
      retryAfterMs: window.used > limit ? window.until - now : null,
    };
  }
}
