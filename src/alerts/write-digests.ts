import type { EntityManager } from 'typeorm';
import type { ReportSeverity } from '../findings/report.js';
import type { AlertCheck } from './alert-check.js';
import { severityOrder } from './channel.js';
import { totalOf, type Digest, type DigestCheck, type DigestCounts, type DigestItem } from './digest.js';
import {
  countsOf,
  evaluationsOf,
  itemsOf,
  sourcesOf,
  type CountRow,
  type EvaluationRow,
  type ItemRow,
  type SourceRow,
} from './digest.query.js';
import type { CheckRoles } from './planned.query.js';

interface Unwritten {
  readonly id: string;
  readonly kind: Digest['kind'];
}

/** A digest has up to 200 items; this bounds how many of them are in memory. */
const writtenAtOnce = 20;

/** Writes down what each message says, from its items and from those of the messages that were condensed into it. */
export async function writeDigests(
  manager: EntityManager,
  messages: readonly Unwritten[],
  roles: CheckRoles,
  checks: readonly AlertCheck[],
): Promise<void> {
  const titles = new Map(checks.map(({ id, title }) => [id, title]));
  for (let start = 0; start < messages.length; start += writtenAtOnce) {
    const some = messages.slice(start, start + writtenAtOnce);
    const ids = some.map(({ id }) => id);
    const evaluations = byMessage(await evaluationsOf(manager, ids));
    const counts = byMessage(await countsOf(manager, ids));
    const items = byMessage(await itemsOf(manager, ids));
    const sources = byMessage(await sourcesOf(manager, ids, roles));
    const digests = some.map(({ id, kind }) => ({
      id,
      digest: digestOf(
        kind,
        evaluations.get(id)?.[0] ?? null,
        counts.get(id) ?? [],
        items.get(id) ?? [],
        sources.get(id) ?? [],
        titles,
      ),
    }));
    await manager.query(
      `update alert_message set digest = row.digest, severity = row.digest->>'severity'
         from jsonb_to_recordset($1) as row (id uuid, digest jsonb) where alert_message.id = row.id`,
      [JSON.stringify(digests)],
    );
  }
}

function digestOf(
  kind: Digest['kind'],
  evaluation: EvaluationRow | null,
  counts: readonly CountRow[],
  items: readonly ItemRow[],
  sources: readonly SourceRow[],
  titles: ReadonlyMap<string, string>,
): Digest {
  const checks = checksOf(counts, titles);
  const total = sum(counts);
  return {
    schema: 'hubwarden.alert/1',
    kind,
    evaluation: evaluation === null ? null : { id: evaluation.id, at: evaluation.at.toISOString() },
    since: new Date(Math.min(...counts.map(({ since }) => since.getTime()))).toISOString(),
    severity: highest(counts.map(({ severity }) => severity)),
    counts: total,
    checks,
    items: items.map(itemOf),
    more: totalOf(total) - items.length,
    sources: sources.map(({ organization, check, message }) => ({ organization, check, message })),
  };
}

function checksOf(counts: readonly CountRow[], titles: ReadonlyMap<string, string>): DigestCheck[] {
  const byCheck = groupBy(counts, ({ check_id }) => check_id);
  const checks = [...byCheck].map(([id, rows]) => ({
    id,
    title: titles.get(id) ?? id,
    severity: highest(rows.map(({ severity }) => severity)),
    counts: sum(rows),
  }));
  const order = [...titles.keys()];
  return checks.toSorted(
    (a, b) =>
      severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity) ||
      order.indexOf(a.id) - order.indexOf(b.id),
  );
}

function itemOf(row: ItemRow): DigestItem {
  const { change, again, finding, check, severity, organization, kind, name, system, reason, message } = row;
  return {
    change,
    again,
    finding,
    check,
    severity,
    organization,
    subject: { kind, name, ...(system !== null && { system }) },
    reason,
    message,
    since: row.since.toISOString(),
    dueAt: row.due_at.toISOString(),
    acknowledged: row.acknowledged,
  };
}

function sum(rows: readonly CountRow[]): DigestCounts {
  const counts = { new: 0, overdue: 0, expiring: 0, resolved: 0 };
  for (const { change, count } of rows) counts[change] += count;
  const { expiring, ...others } = counts;
  return { ...others, ...(expiring > 0 && { expiring }) };
}

function highest(severities: readonly ReportSeverity[]): ReportSeverity {
  return severityOrder.find((severity) => severities.includes(severity)) ?? 'low';
}

function byMessage<Row extends { readonly message_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return groupBy(rows, ({ message_id }) => message_id);
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
