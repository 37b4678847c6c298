/** A disturbance on request. The first one that matches and is not used up decides; every matching delay is added. */
export interface Fault {
  /** A part of the path with its query, or a pattern for it. */
  on: string | RegExp;
  answer: FaultAnswer;
  /** How often it strikes; absent: for ever. */
  times?: number;
  /** How many matching requests pass unharmed before it strikes. */
  after?: number;
  /**
   * Of `undefined field`, `null field`, `unknown word`: the field as the answer spells it, `role` where absent. Dots lead
   * inside (`restricted_images.enabled`). A field of the page itself (`count`, `next`) is changed there, any other in its rows.
   */
  field?: string;
  /** Of the same three: the place of the one row to change, from 0; absent: every row. */
  row?: number;
  /** Of `unknown word`: what stands there instead. */
  value?: unknown;
  /** Of `next elsewhere`: the origin that the link leads to. */
  to?: string;
}

export type FaultAnswer =
  /** The usual error body of that status; 429 asks for one second. */
  | number
  | {
      status: number;
      /** `Retry-After`, seconds. */
      retryAfter?: number;
      /** `X-Retry-After`, the older header: the Unix time in seconds. */
      retryAt?: number;
      body?: unknown;
    }
  /** The connection is reset before the first byte. */
  | 'reset'
  /** Content-Length promises the whole body; half of it comes, then the connection ends. */
  | 'cut body'
  /** 200 with a maintenance page. */
  | 'html'
  /** 200 with no body. */
  | 'empty'
  /** Nothing, until the client gives up or the hub stops. */
  | 'hang'
  /** Drift: a page starts one row early and so repeats one; a first page ends with its own first row. The count stays. */
  | 'repeat ids'
  /** A page holds half of its rows. The count stays. */
  | 'shrink'
  /** The link to the next page leads to another host, also on the last page. */
  | 'next elsewhere'
  /** The link to the next page leads to the page itself. */
  | 'next loop'
  | 'undefined field'
  | 'null field'
  | 'unknown word'
  | { delayMs: number };

export type Strike = { readonly fault: Fault | null; readonly delayMs: number };

/** Counts what each fault saw and did, so that `after` and `times` need no state in the fault itself. */
export class FaultBook {
  readonly #seen = new WeakMap<Fault, { matched: number; struck: number }>();

  strike(faults: readonly Fault[], path: string): Strike {
    let decided: Fault | null = null;
    let delayMs = 0;
    for (const fault of faults) {
      const isDelay = typeof fault.answer === 'object' && 'delayMs' in fault.answer;
      if ((decided && !isDelay) || !matches(fault.on, path)) continue;
      const count = this.#seen.get(fault) ?? { matched: 0, struck: 0 };
      this.#seen.set(fault, count);
      count.matched += 1;
      if (count.matched <= (fault.after ?? 0) || count.struck >= (fault.times ?? Infinity)) continue;
      count.struck += 1;
      if (typeof fault.answer === 'object' && 'delayMs' in fault.answer) delayMs += fault.answer.delayMs;
      else decided = fault;
    }
    return { fault: decided, delayMs };
  }
}

/** `search` and not `test`: a pattern with the flag g would remember where it stopped. */
export function matches(pattern: string | RegExp, path: string): boolean {
  return typeof pattern === 'string' ? path.includes(pattern) : path.search(pattern) >= 0;
}

/** The answer of a page with the fault worked in. `pageUrl` is the absolute address of the page itself. */
export function tamper(body: unknown, fault: Fault, pageUrl: string): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const page: Record<string, unknown> = { ...body };
  if (fault.answer === 'shrink') return withRows(page, (rows) => rows.slice(0, Math.floor(rows.length / 2)));
  if (fault.answer === 'next loop') return { ...page, next: pageUrl };
  if (fault.answer === 'next elsewhere') {
    const link = new URL(typeof page['next'] === 'string' ? page['next'] : pageUrl);
    return { ...page, next: new URL(link.pathname + link.search, fault.to ?? 'http://hub.elsewhere.invalid').href };
  }
  const bends = ['undefined field', 'null field', 'unknown word'] as const;
  return bends.some((one) => one === fault.answer) ? withField(page, fault) : body;
}

function withField(page: Record<string, unknown>, fault: Fault): Record<string, unknown> {
  const value =
    fault.answer === 'null field' ? null : fault.answer === 'undefined field' ? undefined : (fault.value ?? 'Sorcerer');
  const path = (fault.field ?? 'role').split('.');
  if (path[0] !== undefined && path[0] in page) return replaced(page, path, value);
  return withRows(page, (rows) =>
    rows.map((row, place) => ((fault.row ?? place) === place && isRecord(row) ? replaced(row, path, value) : row)),
  );
}

function replaced(
  record: Record<string, unknown>,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const inner = record[name];
  return { ...record, [name]: rest.length > 0 && isRecord(inner) ? replaced(inner, rest, value) : value };
}

function withRows(page: Record<string, unknown>, change: (rows: unknown[]) => unknown[]): Record<string, unknown> {
  for (const name of ['results', 'data', 'Resources', 'logs']) {
    const rows = page[name];
    if (Array.isArray(rows)) return { ...page, [name]: change(rows) };
  }
  return page;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A fault as JSON has it: a pattern is `{"pattern": "…"}`. */
export type SentFault = Omit<Fault, 'on'> & { on: string | { pattern: string } };

export function isSentFault(value: unknown): value is SentFault {
  if (!isRecord(value) || value['answer'] === undefined) return false;
  const on = value['on'];
  return typeof on === 'string' || (isRecord(on) && typeof on['pattern'] === 'string');
}
