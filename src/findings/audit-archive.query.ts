import type { EntityManager } from 'typeorm';
import type { AdminEvent, AdminEventFacts, AuditArchiveFacts, BurstFacts } from '../checks/audit-facts.js';
import {
  adminActions,
  AdminEventsPolicy,
  bulkActions,
  suspiciousAdminEvents,
} from '../checks/catalog/suspicious-admin-events.check.js';
import type { Instant } from '../checks/check.js';
import type { OrganizationFacts } from '../checks/facts.js';
import { millisecondsOf } from '../checks/threshold.js';
import { foldUsername } from '../config/username.js';
import {
  auditCoverage,
  auditEvents,
  isKnown,
  type ArchiveAsOf,
  type AuditEvent,
  type CoveredTime,
} from './audit-facts.query.js';
import type { StandingDecisions } from './decisions.query.js';
import type { EnabledCheck } from './judge-subject.js';
import { memberOf, roleChanged, roleGivenBy } from './member-events.js';

/** Docker Hub shows this much of its audit log; what is older than that may be gone for good. */
const shownMs = 30 * 86_400_000;

/** What the archive of one organization holds and lacks, and what administrators did, as far as a check asks for it. */
export async function auditFacts(
  manager: EntityManager,
  organization: {
    readonly id: string;
    readonly name: string;
    readonly snapshot: string;
    readonly decisions: Pick<StandingDecisions, 'lookBackOf'>;
  },
  now: Instant,
  checks: readonly EnabledCheck[],
): Promise<Pick<OrganizationFacts, 'auditArchive' | 'adminEvents'>> {
  const archive = { organizationId: organization.id, snapshot: organization.snapshot };
  const policy = checks.find(({ check }) => check.id === suspiciousAdminEvents.id)?.policy;
  return {
    auditArchive: await archiveFacts(manager, archive, now),
    ...(policy instanceof AdminEventsPolicy && {
      adminEvents: await adminEventFacts(manager, archive, { ...organization, now, policy }),
    }),
  };
}

async function archiveFacts(manager: EntityManager, archive: ArchiveAsOf, now: Instant): Promise<AuditArchiveFacts> {
  const { organizationId, snapshot } = archive;
  const [begun]: [{ begins_at: Date | null }] = await manager.query(
    'select min(from_at) as begins_at from audit_window where organization_id = $1 and run_id <= $2',
    [organizationId, snapshot],
  );
  const coverage = await auditCoverage(manager, archive);
  const readableSince = new Date(Date.parse(now) - shownMs).toISOString();
  const beginsAt = beginningOf(coverage, begun.begins_at?.toISOString() ?? null, readableSince);
  return {
    beginsAt,
    coveredSince: coverage.at(-1)?.from ?? null,
    coveredUntil: coverage.at(-1)?.to ?? null,
    holes: holesIn(coverage, beginsAt),
    readableSince,
    gone: await goneEvents(manager, archive),
  };
}

/** What the first nights did not get to read in time is no hole: the archive begins that much later. */
function beginningOf(coverage: readonly CoveredTime[], asked: Instant | null, readableSince: Instant): Instant | null {
  const first = coverage[0]?.from;
  if (asked === null || asked >= readableSince) return asked;
  return first !== undefined && first < readableSince ? first : readableSince;
}

function holesIn(coverage: readonly CoveredTime[], beginsAt: Instant | null): AuditArchiveFacts['holes'] {
  const ends = [...(beginsAt === null ? [] : [beginsAt]), ...coverage.map(({ to }) => to)];
  return coverage.flatMap(({ from: to }, place) => {
    const from = ends[place];
    return from === undefined || from >= to ? [] : [{ from, to }];
  });
}

async function goneEvents(
  manager: EntityManager,
  { organizationId, snapshot }: ArchiveAsOf,
): Promise<AuditArchiveFacts['gone']> {
  const [row]: [{ events: number; first_at: Date; last_at: Date; noted_at: Date }] = await manager.query(
    `select count(*)::integer as events, min(word.at) as first_at, max(word.at) as last_at, max(word.noted_at) as noted_at
       from (select distinct on (word.event_id) word.absent, event.at, sync_run.believed_at as noted_at
               from audit_absence as word
               join audit_event as event on event.id = word.event_id
               join sync_run on sync_run.id = word.run_id
              where event.organization_id = $1 and word.run_id <= $2
              order by word.event_id, word.run_id desc) as word
      where word.absent`,
    [organizationId, snapshot],
  );
  return row.events === 0
    ? null
    : {
        events: row.events,
        firstAt: row.first_at.toISOString(),
        lastAt: row.last_at.toISOString(),
        notedAt: row.noted_at.toISOString(),
      };
}

interface AdminQuestion {
  readonly name: string;
  readonly decisions: Pick<StandingDecisions, 'lookBackOf'>;
  readonly now: Instant;
  readonly policy: AdminEventsPolicy;
}

async function adminEventFacts(
  manager: EntityManager,
  archive: ArchiveAsOf,
  { name, decisions, now, policy }: AdminQuestion,
): Promise<AdminEventFacts> {
  const windowStart = new Date(Date.parse(now) - millisecondsOf(policy.window)).toISOString();
  const since = decisions.lookBackOf(suspiciousAdminEvents.id, windowStart);
  const events = await auditEvents(manager, archive, { actions: adminActions, since, until: now });
  return {
    events: events.map((event) => adminEvent(event, name)),
    bursts: await bursts(manager, archive, { since, until: now, policy }),
  };
}

function adminEvent(event: AuditEvent, organization: string): AdminEvent {
  const { id, at, action, actor, token, name } = event;
  const member = memberOf(event, organization);
  const role = roleGivenBy(event) ?? describedRole(event);
  return {
    id,
    at,
    action,
    ...(actor !== undefined && { actor }),
    ...(token !== undefined && { token }),
    ...(name !== undefined && { name }),
    ...(member !== null && { member }),
    ...(role !== null && { role }),
    ...switchOf(event),
  };
}

/** Only what Docker Hub's own sentence says outright; that it says nothing of an owner proves nothing. */
function describedRole({ action, data }: AuditEvent): string | null {
  return action === roleChanged && /\bto\s+["'`]?owner\b/i.test(data['description'] ?? '') ? 'owner' : null;
}

/**
 * How a switch stands after the event. A change of settings may be about anything; one that says nothing at all, or speaks of
 * the restriction of images and not of how it stands, may have lifted it.
 */
function switchOf({ action, data }: AuditEvent): Pick<AdminEvent, 'on' | 'unclear'> {
  const on = switchedOn(data);
  if (action !== 'org.settings.update') return on === null ? {} : { on };
  const said = Object.entries(data);
  // The setting may be a field of its own, or the value of one.
  if (said.length > 0 && !said.some((words) => isAboutImages(words.join(' ')))) return {};
  return on === null ? { unclear: true } : { on };
}

function isAboutImages(words: string): boolean {
  return /image/i.test(words) && /restrict|access|allow/i.test(words);
}

/** Docker documents no fields of these events either; what says how the switch stands afterwards, if all of it agrees. */
function switchedOn(data: AuditEvent['data']): boolean | null {
  const said = new Set<boolean>();
  for (const [name, value] of Object.entries(data)) {
    const plain = name.replaceAll(/[^a-z]/gi, '');
    if (!/^(enabled|enforced|newvalue|restrictedimages(enabled)?|imageaccess(enabled)?)$/i.test(plain)) continue;
    if (/^(true|on|enabled)$/i.test(value.trim())) said.add(true);
    if (/^(false|off|disabled)$/i.test(value.trim())) said.add(false);
  }
  const sentence = data['description'] ?? '';
  if (/\b(disabled|turned off|switched off)\b/i.test(sentence)) said.add(false);
  if (/\b(enabled|turned on|switched on)\b/i.test(sentence)) said.add(true);
  const [on = null] = said;
  return said.size > 1 ? null : on;
}

async function bursts(
  manager: EntityManager,
  { organizationId, snapshot }: ArchiveAsOf,
  { since, until, policy }: { readonly since: Instant; readonly until: Instant; readonly policy: AdminEventsPolicy },
): Promise<BurstFacts[]> {
  const rows: { action: string; began: Date; most: number; actors: string[] }[] = await manager.query(
    `with event as materialized (
       select action, at, lower(actor collate "C") as actor
         from audit_event as event
        where ${isKnown} and at between $3::timestamptz and $4::timestamptz and action = any ($5)
          and coalesce(lower(actor collate "C") <> all ($6), true) and coalesce(lower(token) <> all ($6), true)
     ), counted as (
       select action, at, count(*) over hour as many, min(at) over hour as began
         from event window hour as (partition by action order by at range between interval '1 hour' preceding and current row)
     ), burst as (
       select action, (began at time zone 'UTC')::date as day, min(began) as began, max(many)::integer as most, max(at) as ended
         from counted where many >= $7
        group by action, (began at time zone 'UTC')::date
     )
     select action, began, most,
            (select coalesce(array_agg(distinct event.actor collate "C"), '{}') from event
              where event.action = burst.action and event.at between burst.began and burst.ended and event.actor is not null)
              as actors
       from burst order by began, action`,
    [organizationId, snapshot, since, until, bulkActions, policy.routine.map(foldUsername), policy.bulk],
  );
  return rows.map(({ action, began, most, actors }) => ({ action, from: began.toISOString(), most, actors }));
}
