import { pruneRows, type PruneStep } from '../database/pruning.js';

/**
 * Messages that have come to their end, with what they told, unless they tell of a finding that is open: when that was told last
 * decides when it is told again. What waits is kept however old it is, because that it waits is a finding.
 */
export const messageSteps: readonly PruneStep[] = [
  // Of findings that go themselves, also where the message stays for another one.
  pruneRows(
    'alert_item',
    `select item.id as key from alert_item as item
       join alert_message as message on message.id = item.message_id
       join finding on finding.id = item.finding_id
      where message.created_at < (select begins_at from horizon) and message.state in ('sent', 'condensed', 'refused')
        and finding.resolved_at < (select facts_at from horizon)
      order by item.id`,
  ),
  pruneRows(
    'alert_message',
    `select message.id as key from alert_message as message
      where message.created_at < (select begins_at from horizon) and message.state in ('sent', 'condensed', 'refused')
        and not exists (
          select from alert_item join finding on finding.id = alert_item.finding_id
           where alert_item.message_id = message.id and finding.resolved_at is null)
        and not exists (
          select from alert_message as condensed
           where condensed.told_in = message.id)
      order by message.number`,
    { also: 'items as (delete from alert_item where message_id in (select key from due) returning 1),' },
  ),
];
