import { expect } from 'vitest';
import type { AlertSettings } from '../../src/alerts/alert-channels.js';
import { severityOrder } from '../../src/alerts/channel.js';
import type { DigestItem } from '../../src/alerts/digest.js';
import type { AlertRig, Severity } from './alert-rig.js';

/** Exactly one item for each transition and channel, in a message that was sent or is told in one. */
export async function expectAllTold(rig: AlertRig, { alerts }: AlertSettings): Promise<void> {
  const transitions = await rig.query<{ id: string; severity: Severity; organization: string }>(
    `select finding_transition.id, finding.severity, organization.name as organization
       from finding_transition join finding on finding.id = finding_transition.finding_id
       join organization on organization.id = finding.organization_id 
      where finding_transition.kind not in ('acknowledged', 'excepted')`,
  );
  const expected = alerts.flatMap(({ kind, minSeverity, organizations }, index) =>
    transitions
      .filter(({ severity }) => severityOrder.indexOf(severity) <= severityOrder.indexOf(minSeverity))
      .filter(({ organization }) => organizations?.includes(organization) ?? true)
      .map(({ id }) => `${kind} ${index}: ${id}`),
  );
  const channels = await rig.query<{ id: string }>('select id from alert_channel order by id');
  const told = await rig.query<{ transition_id: string; channel_id: string; kind: string; state: string }>(
    `select alert_item.transition_id, alert_item.channel_id, alert_channel.kind, coalesce(told.state, message.state) as state
       from alert_item join alert_channel on alert_channel.id = alert_item.channel_id
       join alert_message as message on message.id = alert_item.message_id
       left join alert_message as told on told.id = message.told_in
      where alert_item.transition_id is not null`,
  );
  expect(told.filter(({ state }) => state !== 'sent')).toEqual([]);
  const actual = told.map(
    ({ kind, channel_id, transition_id }) =>
      `${kind} ${channels.findIndex(({ id }) => id === channel_id)}: ${transition_id}`,
  );
  expect(actual.toSorted()).toEqual(expected.toSorted());
}

/** Copies have the first one's id and words, and there are only as many as answers that nobody heard. */
export function expectHonestCopies({ receiver: { received } }: AlertRig): void {
  for (const id of new Set(received.map(({ delivery }) => delivery.id))) {
    const copies = received.filter(({ delivery }) => delivery.id === id);
    expect(new Set(copies.map(({ delivery, url }) => JSON.stringify([delivery, url]))).size).toBe(1);
    const shown = copies.filter((copy) => copy.shown).length;
    const unheard = copies.filter((copy) => copy.shown && copy.unheard).length;
    expect(shown).toBeLessThanOrEqual(1 + unheard);
  }
}

/** What may have arrived is not told once more in another message. */
export async function expectNothingSaidAnew(rig: AlertRig): Promise<void> {
  const condensed = await rig.query<{ id: string }>(`select id from alert_message where state = 'condensed'`);
  const shown = new Set(rig.receiver.shown.map(({ id }) => id));
  expect(condensed.filter(({ id }) => shown.has(id))).toEqual([]);
}

export function expectPacing({ receiver: { received, mostAtOnce } }: AlertRig): void {
  expect(mostAtOnce).toBeLessThanOrEqual(1);
  const last = new Map<string, number>();
  for (const { url, at } of received) {
    expect(at - (last.get(url) ?? -Infinity)).toBeGreaterThanOrEqual(1_000);
    last.set(url, at);
  }
}

/** Who reads a channel to its end knows what is still open. */
export async function expectFinalStates(rig: AlertRig): Promise<void> {
  const open = new Set(
    (await rig.query<{ id: string }>('select id from finding where resolved_at is null')).map(({ id }) => id),
  );
  const last = new Map<string, DigestItem>();
  for (const { delivery, url, shown } of rig.receiver.received) {
    if (shown) for (const item of delivery.digest.items) last.set(`${url} ${item.finding}`, item);
  }
  for (const item of last.values()) expect(item.change !== 'resolved').toBe(open.has(item.finding));
}
