import { anOrganization } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { AlertChannelFacts } from '../facts.js';
import { alertChannelsWorking } from './alert-channels-working.check.js';

function channel(state: Partial<AlertChannelFacts> = {}): AlertChannelFacts {
  return {
    label: 'slack hooks.slack.com',
    goneAt: null,
    goneBecause: null,
    failingSince: null,
    waitingSince: null,
    refused: 0,
    ...state,
  };
}

const facts = (...alertChannels: AlertChannelFacts[]) => anOrganization({ alertChannels });
const siem = { label: 'webhook siem.example.com' };
const dayAgo = '2026-11-20T02:00:00.000Z';
const longer = '2026-11-20T01:59:59.000Z';

judgeCases(alertChannelsWorking, [
  {
    when: 'nothing waits',
    facts: facts(channel(), channel(siem)),
    expect: 'pass CHANNELS_WORKING',
    says: /keep slack hooks\.slack\.com and webhook siem\.example\.com from being told/,
    verdict: { facts: { channels: ['slack hooks.slack.com', 'webhook siem.example.com'] } },
  },
  { when: 'it fails since a day', facts: facts(channel({ failingSince: dayAgo })), expect: 'pass CHANNELS_WORKING' },
  {
    when: 'a message waits for a day',
    facts: facts(channel({ waitingSince: dayAgo })),
    expect: 'pass CHANNELS_WORKING',
  },
  {
    when: 'one hook is gone and another one fails',
    facts: facts(
      channel({ ...siem, failingSince: longer }),
      channel({ goneAt: dayAgo, goneBecause: 'the receiver answered 404' }),
    ),
    expect: 'fail CHANNEL_GONE',
    says: /^slack hooks\.slack\.com is gone since 2026-11-20 02:00 UTC: the receiver answered 404\.$/,
    verdict: { facts: { channels: [{ label: 'slack hooks.slack.com', goneAt: dayAgo }] } },
  },
  {
    when: 'two have failed for longer than a day',
    facts: facts(
      channel({ failingSince: longer, waitingSince: longer }),
      channel({ ...siem, failingSince: longer, refused: 1 }),
    ),
    expect: 'fail CHANNEL_FAILING',
    says: /tell slack hooks\.slack\.com has failed since 2026-11-20 01:59 UTC\. .*siem.* 01:59 UTC\.$/,
  },
  {
    when: 'it fails since a time that nobody can read',
    facts: facts(channel({ failingSince: 'yesterday' })),
    expect: 'fail CHANNEL_FAILING',
  },
  {
    when: 'nobody delivers',
    facts: facts(channel({ waitingSince: longer })),
    expect: 'fail MESSAGES_WAITING',
    says: /has waited since 2026-11-20 01:59 UTC, and nobody/,
  },
  {
    when: 'the database has never heard of one',
    facts: facts(channel(), channel({ ...siem, registered: false })),
    expect: 'unknown NOT_OBSERVABLE',
    says: /how webhook siem\.example\.com fares/,
  },
  {
    when: 'one is gone, and the database has never heard of the other one',
    facts: facts(channel({ goneAt: dayAgo, goneBecause: 'it is' }), channel({ ...siem, registered: false })),
    expect: 'fail CHANNEL_GONE',
  },
  {
    when: 'a message was refused',
    facts: facts(channel(), channel({ ...siem, refused: 2 })),
    expect: 'fail MESSAGE_REFUSED',
    says: /^webhook siem\.example\.com refused 2 messages for good/,
  },
  { when: 'no channel is told', facts: anOrganization({ alertChannels: null }), expect: 'not_applicable NO_CHANNELS' },
  { when: 'the list is empty', facts: facts(), expect: 'not_applicable NO_CHANNELS' },
  { when: 'nobody said', facts: anOrganization(), expect: 'unknown NOT_OBSERVABLE' },
]);
