import type { EntityManager } from 'typeorm';

/** Instants are ISO 8601 in UTC with milliseconds; `to` is the first instant that does not belong to it. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/** What can be shown of the window that was asked for. */
export interface EvidenceWindow extends Window {
  readonly asked: Window;
  /** Whether the record begins later or ends earlier than was asked for. */
  readonly cut: boolean;
  /** The last evaluation at or before the beginning, or else the first one within. */
  readonly start: EvaluationMark;
  /** The last evaluation within. */
  readonly end: EvaluationMark;
}

export interface EvaluationMark {
  readonly number: string;
  readonly id: string;
  readonly at: string;
}

export interface RecordSpan {
  readonly first: string;
  readonly last: string;
}

/** Null window: nothing was evaluated in it; `record` says from when to when anything was, null for never. */
export async function evidenceWindow(
  manager: EntityManager,
  asked: Window,
): Promise<{ readonly window: EvidenceWindow | null; readonly record: RecordSpan | null }> {
  const [bounds]: { first: Date | null; last: Date | null }[] = await manager.query(
    'select min(at) as first, max(at) as last from evaluation where finished_at is not null',
  );
  if (!bounds?.first || !bounds.last) return { window: null, record: null };
  const record = { first: bounds.first.toISOString(), last: bounds.last.toISOString() };
  const within = await markBefore(manager, 'at < $1 and at >= $2', 'desc', [asked.to, asked.from]);
  if (within === null) return { window: null, record };
  const before = await markBefore(manager, 'at <= $1', 'desc', [asked.from]);
  const first = before ?? (await markBefore(manager, 'at >= $1', 'asc', [asked.from]));
  const from = asked.from < record.first ? record.first : asked.from;
  // The last instant of the record belongs to it.
  const end = new Date(Date.parse(record.last) + 1).toISOString();
  const to = asked.to > end ? end : asked.to;
  return {
    window: {
      asked,
      from,
      to,
      cut: from !== asked.from || to !== asked.to,
      start: first ?? within,
      end: within,
    },
    record,
  };
}

async function markBefore(
  manager: EntityManager,
  condition: string,
  direction: 'asc' | 'desc',
  parameters: readonly string[],
): Promise<EvaluationMark | null> {
  const [row]: { number: string; id: string; at: Date }[] = await manager.query(
    `select number, id, at from evaluation where finished_at is not null and ${condition}
      order by at ${direction}, number ${direction} limit 1`,
    [...parameters],
  );
  return row === undefined ? null : { number: row.number, id: row.id, at: row.at.toISOString() };
}

/**
 * What was asked for and nobody looked at: until when after the last evaluation, as far as that has passed, and since when before
 * the first one; null: somebody had looked before.
 */
export function unwatched(
  { asked, from, to }: EvidenceWindow,
  writtenAt: string,
): { readonly until: string; readonly since: string | null } {
  const passed = asked.to < writtenAt ? asked.to : writtenAt;
  return { until: passed > to ? passed : to, since: asked.from < from ? asked.from : null };
}
