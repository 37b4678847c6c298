import type { DataSource } from 'typeorm';
import type { AlertChannels } from '../alerts/alert-channels.js';
import { AlertDelivery } from '../alerts/alert-delivery.js';
import { AlertPlanner } from '../alerts/alert-planner.js';
import { type Delivered, DeliveryLoop } from '../alerts/delivery-loop.js';
import { notifierOf } from '../alerts/notifiers.js';
import { catalog } from '../checks/catalog.js';
import { counted } from '../checks/wording.js';
import { isDatabaseLost } from '../database/is-database-lost.js';
import type { Progress } from '../runs/run-outcome.js';

/** Enough for a hook that asks for patience once or twice; a pipeline does not wait longer for a receiver that is away. */
const patienceMs = 120_000;

/** Sends what is due to the registered channels, and says what became of it and why some of it still waits. */
export async function deliverAlerts(
  dataSource: DataSource,
  channels: AlertChannels,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  if (channels.current.length === 0) {
    progress.line('alerts: nobody is told, because no channel is configured under `alerts`');
    return;
  }
  const planner = new AlertPlanner(dataSource, channels, catalog);
  const delivery = new AlertDelivery(dataSource, channels, notifierOf, catalog);
  const stage = progress.stage('deliver alerts', null);
  try {
    const delivered = await new DeliveryLoop(planner, delivery).deliverAll(patienceMs, signal);
    stage.done(summaryOf(delivered));
    for (const { label, last_error: because } of await troubled(dataSource, channels))
      progress.line(`alerts: ${label}: ${because ?? 'it does not work'}`);
  } catch (error) {
    // The report of the run is there to be printed, and nothing is lost.
    if (!isDatabaseLost(error)) throw error;
    progress.line('alerts: the database could not be reached any more, so they wait');
  }
}

function summaryOf({ sent, refused, waiting }: Delivered): string {
  return [
    `${counted(sent, 'message')} sent`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ].join(', ');
}

async function troubled(
  dataSource: DataSource,
  channels: AlertChannels,
): Promise<readonly { label: string; last_error: string | null }[]> {
  return dataSource.query(
    `select label, last_error from alert_channel
      where id = any ($1) and (failing_since is not null or gone_at is not null) order by id`,
    [channels.current.map(({ id }) => id)],
  );
}
