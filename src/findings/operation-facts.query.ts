import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { AlertChannelFacts, ScheduleFacts } from '../checks/facts.js';
import { previousSlot, type Schedule } from '../config/schedule.js';
import { endedAtSql, mostSlots, slotsWithoutRun } from './schedule-state.query.js';

/** One entry of the configuration's alerts. */
export interface ConfiguredChannel {
  /** See config/alert-fingerprint.ts. */
  readonly fingerprint: string;
  readonly label: string;
  /** Null: told about all of them. */
  readonly organizations: readonly string[] | null;
}

/** The two clocks of a run: what it believes, and the machine's when it began. */
interface Clocks {
  readonly now: Instant;
  readonly startedAt: Date;
}

/** More missed slots than these are counted and not named. */
const mostNamed = 50;

/** How the evaluations of one organization kept to the schedule, up to the one that is being made. */
export async function scheduleFacts(
  manager: EntityManager,
  organizationId: string,
  schedule: Schedule,
  now: Instant,
): Promise<ScheduleFacts> {
  const [previous]: { ended_at: Date; schedule: Schedule | null }[] = await manager.query(
    `select ${endedAtSql} as ended_at, evaluation.policy->'schedule' as schedule
       from evaluation
       join evaluated_snapshot on evaluated_snapshot.evaluation_number = evaluation.number
      where evaluated_snapshot.organization_id = $1 and evaluation.finished_at is not null
      order by evaluation.number desc limit 1`,
    [organizationId],
  );
  if (previous === undefined) return { previousEndedAt: null, missed: [], missedCount: 0, slot: null };
  const clock = new Date(now);
  const newest = previousSlot(schedule, clock);
  const promised = { schedule, before: previous.schedule };
  const open = await slotsWithoutRun(manager, promised, previous.ended_at, clock);
  const missed = open.filter((slot) => slot.getTime() !== newest?.getTime());
  const isDue = missed.length < open.length || open.length >= mostSlots;
  return {
    previousEndedAt: previous.ended_at.toISOString(),
    missed: missed.slice(0, mostNamed).map((slot) => slot.toISOString()),
    missedCount: missed.length,
    slot: isDue ? iso(newest) : null,
  };
}

interface ChannelRow {
  fingerprint: string;
  gone_at: Date | null;
  gone_because: string | null;
  failing_since: Date | null;
  waiting_since: Date | null;
  refused: number;
}

/**
 * How the configured channels fare, by fingerprint. What the machine noted is told in the clock of the run, so that a run
 * with a clock of its own sees the same ages.
 */
export async function channelStates(
  manager: EntityManager,
  configured: readonly ConfiguredChannel[],
  { now, startedAt }: Clocks,
): Promise<ReadonlyMap<string, AlertChannelFacts>> {
  const rows: ChannelRow[] = await manager.query(
    `select alert_channel.fingerprint, alert_channel.gone_at, alert_channel.gone_because, alert_channel.failing_since,
            least(min(alert_message.created_at) filter (where alert_message.state in ('waiting', 'sending')),
                  unplanned.since) as waiting_since,
            (count(*) filter (where alert_message.state = 'refused'
                                and alert_message.created_at > $2::timestamptz - interval '7 days'))::integer as refused
       from alert_channel
       left join alert_message on alert_message.channel_id = alert_channel.id
        and alert_message.state in ('waiting', 'sending', 'refused')
       -- What nobody has made a message of: where nobody plans, no message ever waits.
       left join lateral (
         select coalesce(evaluation.finished_at, transition.at) as since
           from finding_transition as transition
           left join evaluation on evaluation.number = transition.evaluation_number
          where transition.id > alert_channel.planned_through and transition.kind not in ('acknowledged', 'excepted')
          order by transition.id limit 1) as unplanned on true
      where alert_channel.fingerprint = any ($1)
      group by alert_channel.id, unplanned.since`,
    [configured.map(({ fingerprint }) => fingerprint), startedAt],
  );
  const ahead = Date.parse(now) - startedAt.getTime();
  const told = (noted: Date | null): Instant | null => iso(noted && new Date(noted.getTime() + ahead));
  const known = new Map(rows.map((row) => [row.fingerprint, row]));
  return new Map(
    configured.map(({ fingerprint, label }) => {
      const row = known.get(fingerprint);
      return [
        fingerprint,
        {
          label,
          ...(row === undefined && { registered: false }),
          goneAt: told(row?.gone_at ?? null),
          goneBecause: row?.gone_because ?? null,
          failingSince: told(row?.failing_since ?? null),
          waitingSince: told(row?.waiting_since ?? null),
          refused: row?.refused ?? 0,
        },
      ];
    }),
  );
}

/** The channels that are told about one organization; null: none is; undefined: nobody said which channels there are. */
export function channelsOf(
  organization: string,
  configured: readonly ConfiguredChannel[] | undefined,
  states: ReadonlyMap<string, AlertChannelFacts>,
): { readonly alertChannels?: readonly AlertChannelFacts[] | null } {
  if (configured === undefined) return {};
  const told = configured.filter(({ organizations }) => organizations?.includes(organization) ?? true);
  const fingerprints = new Set(told.map(({ fingerprint }) => fingerprint));
  const channels = [...states].flatMap(([fingerprint, state]) => (fingerprints.has(fingerprint) ? [state] : []));
  return { alertChannels: channels.length === 0 ? null : channels };
}

function iso(at: Date | null): Instant | null {
  return at?.toISOString() ?? null;
}
