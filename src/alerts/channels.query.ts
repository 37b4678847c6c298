import type { DataSource, EntityManager } from 'typeorm';

/** After so many evaluations without it a hook was dropped for good, and a new one is no replacement. */
const mostEvaluationsWithout = 3;

/**
 * The newest transition below which none can appear any more: waits for those who are writing some at this moment. Numbers
 * are given out before they are committed, so that the highest that can be seen says nothing about the lower ones.
 */
export async function newestSettledTransition(dataSource: DataSource): Promise<string> {
  return dataSource.transaction(async (manager) => {
    await manager.query('lock table finding_transition in share mode');
    const [row]: { newest: string }[] = await manager.query(
      'select coalesce(max(id), 0) as newest from finding_transition',
    );
    return row?.newest ?? '0';
  });
}

/** Channels that were dropped only now, or shortly before, and still have something to tell. */
export async function leftBehind(
  manager: EntityManager,
  configured: readonly string[],
): Promise<{ id: string; kind: string }[]> {
  return manager.query(
    `select alert_channel.id, alert_channel.kind from alert_channel
      where alert_channel.fingerprint <> all ($1)
        and (select count(*) from evaluation where evaluation.started_at > alert_channel.last_seen_at) <= $2
        and (exists (select from alert_message
                      where alert_message.channel_id = alert_channel.id and alert_message.state in ('waiting', 'sending'))
          or exists (select from finding_transition
                      where finding_transition.id > alert_channel.planned_through
                        and finding_transition.kind not in ('acknowledged', 'excepted')))`,
    [configured, mostEvaluationsWithout],
  );
}

/** Those of them that were ever watched. */
export async function organizationsNamed(
  manager: EntityManager,
  names: readonly string[],
): Promise<{ id: string; name: string }[]> {
  return manager.query('select id, name from organization where name = any ($1) order by name collate "C"', [names]);
}
