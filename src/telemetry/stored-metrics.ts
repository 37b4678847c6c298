import { Counter, Gauge, Registry } from 'prom-client';
import type { DatabaseProbe } from './database-probe.js';
import type { ScheduleView, ScheduleWatch } from './schedule-watch.js';
import { SharedAnswer } from './shared-answer.js';
import { readStored, type Stored } from './stored.query.js';

const keepMs = 5_000;
const messageStates = ['waiting', 'sending', 'sent', 'condensed', 'refused'];

/**
 * What the database knows, read when somebody scrapes and at most every five seconds. All processes on one database show the
 * same, counters too, so that a graph takes the maximum over them. While the database is away these series are absent rather
 * than old, and `hubwarden_up_database` is 0.
 */
export class StoredMetrics {
  readonly #stored: SharedAnswer<Stored | null>;

  constructor(
    probe: DatabaseProbe,
    private readonly schedule: ScheduleWatch,
    /** Fingerprints of those that are configured. */
    channels: () => readonly string[],
  ) {
    this.#stored = new SharedAnswer(() => readStored(probe, channels()), keepMs);
  }

  async read(): Promise<Registry> {
    const [stored, schedule] = await Promise.all([this.#stored.get(), this.schedule.view()]);
    const sheet = new Sheet();
    sheet.gauge('hubwarden_up_database', 'Whether the database answered (1) or not (0).', stored === null ? 0 : 1);
    if (stored !== null) {
      addPosture(sheet, stored);
      addDatasets(sheet, stored.datasets);
      addAlerts(sheet, stored.channels);
      sheet.gauges(
        'hubwarden_runs_open',
        'Runs that wait or are at work, over all processes.',
        ['state'],
        Object.entries(stored.runs).map(([state, runs]) => [{ state }, runs]),
      );
    }
    addEvaluations(sheet, stored, schedule);
    return sheet.registry;
  }
}

function addEvaluations(sheet: Sheet, stored: Stored | null, schedule: ScheduleView | null): void {
  sheet.gauge(
    'hubwarden_evaluation_last_finished_timestamp_seconds',
    'When the last evaluation ended.',
    stored?.finishedAt ?? null,
  );
  if (schedule === null) return;
  sheet.gauge(
    'hubwarden_evaluation_on_time',
    'Whether the evaluations keep to the schedule (1) or nights are missing (0).',
    Number(schedule.onTime),
  );
  sheet.gauge(
    'hubwarden_evaluation_missed_slots',
    'Scheduled evaluations that never took place and that nothing made up for.',
    schedule.missed,
  );
  sheet.gauge(
    'hubwarden_evaluation_next_slot_timestamp_seconds',
    'When the next evaluation is due.',
    schedule.nextSlot.getTime() / 1000,
  );
}

function addPosture(sheet: Sheet, { checks, findings }: Stored): void {
  sheet.gauges(
    'hubwarden_verdicts',
    'Subjects of the last evaluation, by check and verdict; `excepted` are those of `fail` that somebody accepted.',
    ['check', 'status'],
    checks.flatMap(({ check, counts }) =>
      Object.entries(counts).map(([status, subjects]) => [{ check, status }, subjects] as const),
    ),
  );
  sheet.gauges(
    'hubwarden_check_status',
    'Always 1; the labels say how each check stands.',
    ['check', 'severity', 'status'],
    checks.map(({ check, severity, status }) => [{ check, severity, status }, 1]),
  );
  sheet.gauges(
    'hubwarden_findings_open',
    'Open findings, by severity and disposition.',
    ['severity', 'disposition'],
    findings.map(({ severity, disposition, open }) => [{ severity, disposition }, open]),
  );
}

function addDatasets(sheet: Sheet, datasets: Stored['datasets']): void {
  const labelNames = ['organization', 'dataset', 'status'];
  sheet.gauges(
    'hubwarden_dataset_age_seconds',
    'Age of what the last evaluation rests on; the roster belongs to no organization.',
    labelNames,
    datasets.map(({ organization, dataset, status, age }) => [{ organization, dataset, status }, age]),
  );
  sheet.gauges(
    'hubwarden_dataset_complete',
    'Whether a dataset of the last evaluation was complete (1) or not (0); also where it was never read and has no age.',
    labelNames,
    datasets.map(({ organization, dataset, status }) => [
      { organization, dataset, status },
      status === 'complete' ? 1 : 0,
    ]),
  );
}

function addAlerts(sheet: Sheet, channels: Stored['channels']): void {
  // Two hooks of one host have the same label.
  const labelNames = ['channel', 'id'];
  const labelled = channels.map((channel) => ({ ...channel, labels: { channel: channel.label, id: channel.id } }));
  sheet.gauges(
    'hubwarden_alert_messages',
    'Messages of the outbox by channel and state: waiting, sending, sent, condensed (told in another one), refused.',
    [...labelNames, 'state'],
    labelled.flatMap(({ labels, states }) =>
      messageStates.map((state) => [{ ...labels, state }, states[state] ?? 0] as const),
    ),
  );
  sheet.gauges(
    'hubwarden_alert_oldest_waiting_seconds',
    'Age of the oldest message that waits; 0: none does.',
    labelNames,
    labelled.map(({ labels, oldest }) => [labels, oldest ?? 0]),
  );
  sheet.gauges(
    'hubwarden_alert_channel_up',
    'Whether the last attempt at a channel worked (1), or it fails or is gone (0).',
    labelNames,
    labelled.map(({ labels, gone, failing }) => [labels, gone || failing ? 0 : 1]),
  );
  sheet.counters(
    'hubwarden_alert_messages_sent_total',
    'Messages that the receiver took.',
    labelNames,
    labelled.map(({ labels, states }) => [labels, states['sent'] ?? 0]),
  );
  sheet.counters(
    'hubwarden_alert_attempts_failed_total',
    'Attempts after which the receiver had not taken the message.',
    labelNames,
    labelled.map(({ labels, failed }) => [labels, failed]),
  );
}

type Values = readonly (readonly [Readonly<Record<string, string>>, number | null])[];

/** One reading: every scrape has its own, so that no series outlives what it counted. */
class Sheet {
  readonly registry = new Registry();

  /** Null: not known, so there is no series. */
  gauge(name: string, help: string, value: number | null): void {
    if (value !== null) new Gauge({ name, help, registers: [this.registry] }).set(value);
  }

  gauges(name: string, help: string, labelNames: readonly string[], values: Values): void {
    const gauge = new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
    for (const [labels, value] of values) if (value !== null) gauge.set(labels, value);
  }

  counters(name: string, help: string, labelNames: readonly string[], values: Values): void {
    const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
    for (const [labels, value] of values) if (value !== null) counter.inc(labels, value);
  }
}
