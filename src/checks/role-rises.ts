import { folded } from './compare.js';
import type { Instant } from './check.js';
import type { RoleVocabulary } from './facts.js';
import type { GrantedRole, RoleHistory, RoleState } from './privilege-facts.js';
import { describeHeld, effectiveRole, rankOf, type EffectiveRole, type RoleDoubt } from './roles.js';

/** The step up to what is held tonight. */
export interface Rise {
  /** The clock of the first reading that showed it, or the audit log's own time. */
  readonly at: Instant;
  /** The last complete reading that showed less. */
  readonly lowerUntil: Instant;
  readonly from: string;
  readonly to: string;
  /** The step before this one. */
  readonly earlierAt: Instant | null;
}

export type Compared =
  | { readonly outcome: 'rose'; readonly rise: Rise }
  | { readonly outcome: 'steady' }
  /** What was held before cannot be compared with what is held now. */
  | { readonly outcome: 'doubt'; readonly doubt: RoleDoubt };

interface Ranked {
  readonly state: RoleState;
  readonly held: EffectiveRole;
  /** Nothing more was held then. */
  readonly certain: boolean;
}

/**
 * Compares what is held tonight with what complete readings showed before. What was held in an incomplete reading, or with a
 * role that nobody ranked, is no less than what was seen: it can show when a role was there, never that it was not.
 */
export function compareRoles(
  tonight: EffectiveRole,
  history: RoleHistory,
  vocabulary: RoleVocabulary,
  now: Instant,
): Compared {
  const states = history.before.map((state) => ranked(state, vocabulary));
  const older = (history.older ?? []).map((state) => ranked(state, vocabulary));
  const lower = states.findLast(({ certain, held }) => certain && held.rank < tonight.rank);
  if (lower === undefined) return uncompared(states, tonight);
  const after = states.slice(states.indexOf(lower) + 1);
  const shown = after.find(({ held }) => held.rank >= tonight.rank)?.state.at ?? now;
  return {
    outcome: 'rose',
    rise: {
      at: notedBetween(history.granted ?? [], lower.state.at, shown, tonight.rank, vocabulary) ?? shown,
      lowerUntil: lower.state.at,
      from: describeHeld(lower.held),
      to: describeHeld(tonight),
      earlierAt: stepBefore([...older, ...states], lower),
    },
  };
}

/** A reading has the run's clock and goes on for a while, so that it may show what the log has later. */
const readingMs = 3_600_000;

/**
 * Oldest first, the roles that the audit log gave to somebody and that the next reading did not show, because they were taken
 * away before it. That another reading shows the same role, long before or since, says nothing of this time.
 */
export function unseenRises(tonight: EffectiveRole, history: RoleHistory, vocabulary: RoleVocabulary): GrantedRole[] {
  const states = [...(history.older ?? []), ...history.before];
  const rankIn = (state: RoleState): number => effectiveRole(state, vocabulary, none).rank;
  return (history.granted ?? []).filter(({ at, role }) => {
    const next = states.find((state) => Date.parse(state.at) > Date.parse(at));
    const during = states.filter(
      (state) => Date.parse(state.at) <= Date.parse(at) && Date.parse(state.at) + readingMs > Date.parse(at),
    );
    const seen = Math.max(next === undefined ? tonight.rank : rankIn(next), ...during.map(rankIn));
    return (rankOf(folded(role), vocabulary) ?? 0) > seen;
  });
}

/** The clocks of the readings that showed more than the one before, oldest first. */
export function stepsUp(history: RoleHistory, vocabulary: RoleVocabulary): Instant[] {
  const certain = [...(history.older ?? []), ...history.before]
    .map((state) => ranked(state, vocabulary))
    .filter((one) => one.certain);
  return certain.filter((one, place) => isStepUp(one, certain[place - 1])).map(({ state }) => state.at);
}

function isStepUp({ held }: Ranked, before: Ranked | undefined): boolean {
  return before !== undefined && held.rank > before.held.rank;
}

function ranked(state: RoleState, vocabulary: RoleVocabulary): Ranked {
  const held = effectiveRole(state, vocabulary, none);
  return { state, held, certain: state.whole && held.doubt === null };
}

const none: ReadonlySet<string> = new Set();

/**
 * Nobody can hold less than a member does, so a member's past is of no interest. A role that nobody ranked may have been a lower
 * one; a reading that did not say the role is as good as none, unless there is no other.
 */
function uncompared(states: readonly Ranked[], tonight: EffectiveRole): Compared {
  if (tonight.rank <= 1) return { outcome: 'steady' };
  const doubtful = states.filter(({ state, held }) => state.whole && held.doubt !== null && held.rank < tonight.rank);
  const known = states.findIndex(({ certain }) => certain);
  const first =
    doubtful.find(({ held }) => held.doubt?.reason === 'ROLE_UNKNOWN') ??
    doubtful.find((one) => known === -1 || states.indexOf(one) < known);
  return first?.held.doubt ? { outcome: 'doubt', doubt: first.held.doubt } : { outcome: 'steady' };
}

function stepBefore(states: readonly Ranked[], last: Ranked): Instant | null {
  const certain = states.slice(0, states.indexOf(last) + 1).filter((one) => one.certain);
  return certain.findLast((one, place) => isStepUp(one, certain[place - 1]))?.state.at ?? null;
}

function notedBetween(
  granted: readonly GrantedRole[],
  after: Instant,
  until: Instant,
  rank: number,
  vocabulary: RoleVocabulary,
): Instant | null {
  return (
    granted.find(
      ({ at, role }) =>
        Date.parse(at) > Date.parse(after) &&
        Date.parse(at) <= Date.parse(until) &&
        (rankOf(folded(role), vocabulary) ?? 0) >= rank,
    )?.at ?? null
  );
}
