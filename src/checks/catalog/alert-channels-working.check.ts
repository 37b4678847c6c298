import type { Instant } from '../check.js';
import { minuteOf } from '../compare.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { AlertChannelFacts, OrganizationFacts } from '../facts.js';
import { NoThresholds } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { asSentence, counted, listed } from '../wording.js';

/** An outage of a receiver is nothing to wake anybody for, and neither are quiet hours. */
const patienceMs = 24 * 3_600_000;

export const alertChannelsWorking: DocumentedCheck<OrganizationFacts, NoThresholds> = {
  id: 'alert-channels-working',
  title: 'Alerts about the organization reach every channel that is to be told',
  subjects: ['organization'],
  population: [],
  needs: [],
  severity: 'high',
  sla: '24h',
  why: 'A channel that nothing arrives in looks like one in which nothing happened.',
  remedy:
    'Run `hubwarden alerts test`; make a new hook where the old one is gone and put it into `alerts` in hubwarden.yaml: what waited for the old one is told by the new one.',
  // No published requirement about the delivery of alerts was compared, so none is claimed.
  controls: [],
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: { CHANNELS_WORKING: 'no channel is gone, and nothing waits in one for longer than a day' },
    fail: {
      CHANNEL_GONE: 'the receiver says that the hook does not exist any more; nothing is sent to it',
      CHANNEL_FAILING: 'every attempt has failed for more than 24 hours',
      MESSAGES_WAITING: 'something to tell has waited for more than 24 hours without a failed attempt: nobody delivers',
      MESSAGE_REFUSED: 'the receiver refused a message for good in the last 7 days',
    },
    unknown: { NOT_OBSERVABLE: 'nobody said which channels there are, or nothing is known about one of them' },
    not_applicable: { NO_CHANNELS: 'no entry of `alerts` is told about the organization' },
  },
  judge({ organization, alertChannels }, { now }) {
    if (alertChannels === undefined)
      return unknown('NOT_OBSERVABLE', `Nobody said which channels are told about ${organization}.`);
    if (alertChannels === null || alertChannels.length === 0)
      return notApplicable('NO_CHANNELS', `No channel is told about ${organization}.`);
    for (const { reason, of, say } of troubles) {
      const channels = alertChannels.filter((channel) => of(channel, now));
      if (channels.length > 0) return fail(reason, channels.map(say).join(' '), { channels });
    }
    const unheard = alertChannels.filter(({ registered }) => registered === false);
    if (unheard.length > 0)
      return unknown(
        'NOT_OBSERVABLE',
        `Nothing is known about how ${listed(unheard.map(nameOf))} ${unheard.length === 1 ? 'fares' : 'fare'}.`,
      );
    return pass('CHANNELS_WORKING', `Nothing is known to keep ${listed(alertChannels.map(nameOf))} from being told.`, {
      channels: alertChannels.map(({ label }) => label),
    });
  },
};

interface Trouble {
  readonly reason: string;
  readonly of: (channel: AlertChannelFacts, now: Instant) => boolean;
  readonly say: (channel: AlertChannelFacts) => string;
}

/** The worst first: what is gone also fails. */
const troubles: readonly Trouble[] = [
  {
    reason: 'CHANNEL_GONE',
    of: ({ goneAt }) => goneAt !== null,
    say: ({ label, goneAt, goneBecause }) =>
      `${label} is gone since ${minuteOf(goneAt ?? '')}: ${asSentence(goneBecause)}`,
  },
  {
    reason: 'CHANNEL_FAILING',
    of: ({ failingSince }, now) => isLongAgo(failingSince, now),
    say: ({ label, failingSince }) =>
      `Every attempt to tell ${label} has failed since ${minuteOf(failingSince ?? '')}.`,
  },
  {
    reason: 'MESSAGES_WAITING',
    of: ({ waitingSince, failingSince }, now) => failingSince === null && isLongAgo(waitingSince, now),
    say: ({ label, waitingSince }) =>
      `What ${label} is to be told has waited since ${minuteOf(waitingSince ?? '')}, and nobody has tried to deliver it.`,
  },
  {
    reason: 'MESSAGE_REFUSED',
    of: ({ refused }) => refused > 0,
    say: ({ label, refused }) => `${label} refused ${counted(refused, 'message')} for good in the last 7 days.`,
  },
];

function nameOf({ label }: AlertChannelFacts): string {
  return label;
}

function isLongAgo(since: Instant | null, now: Instant): boolean {
  return since !== null && !(Date.parse(now) - Date.parse(since) <= patienceMs);
}
