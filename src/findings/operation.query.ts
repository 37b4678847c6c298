import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { AlertChannelFacts, ScheduleFacts } from '../checks/facts.js';
import type { DutyFacts } from '../checks/privilege-facts.js';
import type { Schedule } from '../config/schedule.js';
import { liveCallers } from './duties.query.js';
import { channelsOf, channelStates, scheduleFacts, type ConfiguredChannel } from './operation-facts.query.js';

/**
 * The facts about our own operation that an evaluation judges. It records them, because what they are made of (the state of every
 * message, run and channel) is not kept.
 */
export interface Operation {
  /** Null: nobody said which channels there are. */
  readonly channels: readonly ConfiguredChannel[] | null;
  /** With their fingerprints, in the order in which they are judged. */
  readonly states: readonly (readonly [string, AlertChannelFacts])[];
  /** By the id of the organization. */
  readonly schedules: Readonly<Record<string, ScheduleFacts>>;
  /** API tokens that worked, by the machine's clock; absent: recorded before anybody asked. */
  readonly callers?: DutyFacts['callers'];
}

interface Asked {
  readonly now: Instant;
  readonly startedAt: Date;
  readonly configuration: { readonly schedule: Schedule };
  readonly organizations: readonly { readonly id: string }[];
  readonly alertChannels?: readonly ConfiguredChannel[];
}

export async function readOperation(manager: EntityManager, asked: Asked): Promise<Operation> {
  const { organizations, configuration, now, alertChannels } = asked;
  const schedules: Record<string, ScheduleFacts> = {};
  for (const { id } of organizations) schedules[id] = await scheduleFacts(manager, id, configuration.schedule, now);
  const states = await channelStates(manager, alertChannels ?? [], asked);
  const callers = await liveCallers(manager, asked.startedAt);
  return { channels: alertChannels ?? null, states: [...states], schedules, callers };
}

/** What is told to the checks about one organization. */
export function operationOf(
  { channels, states, schedules }: Operation,
  { id, name }: { readonly id: string; readonly name: string },
): { readonly schedule?: ScheduleFacts; readonly alertChannels?: readonly AlertChannelFacts[] | null } {
  const schedule = schedules[id];
  return {
    ...(schedule !== undefined && { schedule }),
    ...channelsOf(name, channels ?? undefined, new Map(states)),
  };
}
