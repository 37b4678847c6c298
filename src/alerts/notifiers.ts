import type { Notifier } from './notifier.js';
import { SlackNotifier } from './notifiers/slack.notifier.js';
import { WebhookNotifier } from './notifiers/webhook.notifier.js';

/** Every kind of channel there is. */
export const notifiers: readonly Notifier[] = [new SlackNotifier(), new WebhookNotifier()];

export function notifierOf(kind: Notifier['id']): Notifier {
  const notifier = notifiers.find(({ id }) => id === kind);
  if (notifier === undefined) throw new Error(`There is no notifier for channels of kind ${kind}.`);
  return notifier;
}
