import type { DataSource } from 'typeorm';
import type { AuditEventData } from '../../src/dockerhub/reading.js';
import { ArrayHub, smallWorld } from './array-hub.js';
import { sealedSync, type Sealed } from './snapshots.js';

export type ArrayEvent = { id: string } & AuditEventData;

/** `2026-11-21` is the first night; noon and so on of the days before it. */
export function pushAt(at: string, id = `e-${at}`): ArrayEvent {
  return {
    id,
    at: new Date(at).toISOString(),
    action: 'repo.tag.push',
    actor: 'ada',
    name: 'acme/api',
    details: { tag: 'latest' },
  };
}

/** Docker Hub with these events, newest first unless told otherwise. */
export function logOf(events: readonly ArrayEvent[], order: 'newest first' | 'as given' = 'newest first'): ArrayHub {
  const sorted = order === 'as given' ? [...events] : events.toSorted((one, other) => (one.at < other.at ? 1 : -1));
  return new ArrayHub({ ...smallWorld(), auditEvents: sorted });
}

export function auditReading({ datasets }: Sealed): { status: string; reason: string | null; received: number } {
  const reading = datasets.find(({ dataset }) => dataset === 'audit_log');
  if (reading === undefined) throw new Error('the audit log was not judged');
  return { status: reading.status, reason: reading.reason, received: reading.received };
}

export function nightAt(dataSource: DataSource, hub: ArrayHub, now: string, organization = 'acme'): Promise<Sealed> {
  return sealedSync(dataSource, hub, { now, machineNow: () => Date.parse(now) }, organization);
}

/** Windows of the pages of the audit log that were asked for, a line each. */
export function askedWindows(hub: ArrayHub): string[] {
  return hub.asked
    .filter(({ dataset }) => dataset === 'audit_log')
    .map(({ window, page }) => `${window?.from} ${window?.to} p${page}`);
}

/** Ids with the run that archived them, oldest event first. */
export async function archivedEvents(dataSource: DataSource, organization = 'acme'): Promise<string[]> {
  const rows: { key: string }[] = await dataSource.query(
    `select key from audit_event join organization on organization.id = organization_id where organization.name = $1
      order by audit_event.at, key, audit_event.id`,
    [organization],
  );
  return rows.map(({ key }) => key);
}

/** `from`, `to` and since when it is covered, in the order in which the windows were archived. */
export async function archivedWindows(dataSource: DataSource, organization = 'acme'): Promise<string[]> {
  const rows: { from_at: Date; to_at: Date; covered_from: Date | null }[] = await dataSource.query(
    `select from_at, to_at, covered_from from audit_window join organization on organization.id = organization_id
      where organization.name = $1 order by audit_window.id`,
    [organization],
  );
  return rows.map(
    ({ from_at, to_at, covered_from }) =>
      `${from_at.toISOString()} ${to_at.toISOString()} ${covered_from?.toISOString() ?? 'nothing'}`,
  );
}

/** What was said of events that were there once: `id absent` or `id there`, in order. */
export async function absences(dataSource: DataSource, organization = 'acme'): Promise<string[]> {
  const rows: { key: string; absent: boolean }[] = await dataSource.query(
    `select key, absent from audit_absence as word join audit_event on audit_event.id = word.event_id
       join organization on organization.id = organization_id
      where organization.name = $1 order by word.run_id, key`,
    [organization],
  );
  return rows.map(({ key, absent }) => `${key} ${absent ? 'absent' : 'there'}`);
}
