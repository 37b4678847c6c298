import type { Reason } from './check.js';
import { folded } from './compare.js';
import type { Duty, DutyPair } from './duties.js';
import type { CriticalSystem, HolderFacts } from './facts.js';
import { describeDoubt, effectiveRole } from './roles.js';
import { pushRights } from './push-rights.js';
import { listed } from './wording.js';

/** Whether somebody holds a duty, or both of a pair. */
export type Held =
  /** `by`: what shows it. */
  | { readonly state: 'held'; readonly by: readonly string[] }
  | { readonly state: 'free' }
  /** `why` completes "is not known: …". */
  | { readonly state: 'unknown'; readonly reason: Reason; readonly why: string };

/** What the policy knows that no source shows. */
export interface DutyPolicy {
  readonly people: Readonly<Record<string, string | null>>;
  readonly hrAdmins: readonly string[];
}

interface Bearer {
  readonly account: HolderFacts;
  readonly personId: string;
  readonly policy: DutyPolicy;
}

const free: Held = { state: 'free' };

/**
 * Both, where both are held. Two pairs say more than their two words: it has to be one and the same exception that somebody
 * asked for and approved, and the token has to reach what the system is about.
 */
export function pairHeld(pair: DutyPair, bearer: Bearer): Held {
  if (isPairOf(pair, 'exception-requester', 'exception-approver')) return decidedAlone(bearer);
  if (isPairOf(pair, 'push-token-creator', 'critical-system-owner')) return pushesIntoOwn(bearer);
  return both(dutyHeld(pair[0], bearer), dutyHeld(pair[1], bearer));
}

function isPairOf(pair: DutyPair, one: Duty, other: Duty): boolean {
  return pair.includes(one) && pair.includes(other);
}

function both(one: Held, other: Held): Held {
  if (one.state === 'free' || other.state === 'free') return free;
  if (one.state === 'unknown') return one;
  if (other.state === 'unknown') return other;
  return { state: 'held', by: [...new Set([...one.by, ...other.by])] };
}

function dutyHeld(duty: Duty, bearer: Bearer): Held {
  const { account, personId, policy } = bearer;
  switch (duty) {
    case 'hub-owner':
      return ofRank(account, 3);
    case 'hub-editor':
      return ofRank(account, 2);
    case 'hubwarden-admin':
      return asCaller(bearer, 'admin');
    case 'hubwarden-operator':
      return asCaller(bearer, 'operator');
    case 'exception-requester':
      return inExceptions(bearer, 'requestedBy');
    case 'exception-approver':
      return inExceptions(bearer, 'approvedBy');
    case 'push-token-creator':
      return createdToken(account, null);
    case 'service-account-owner':
      return ofPolicy(
        account.duties?.serviceAccounts
          .filter(({ owner }) => folded(owner) === folded(personId))
          .map(({ name }) => name),
      );
    case 'critical-system-owner':
      return ofPolicy(account.systems === undefined ? undefined : ownSystems(bearer).map(({ name }) => name));
    case 'hr-roster-admin':
      return ofPolicy(policy.hrAdmins.filter((admin) => folded(admin) === folded(personId)));
  }
}

function ofPolicy(shown: readonly string[] | undefined): Held {
  if (shown === undefined) return unsaid('nobody said what the configuration has about them');
  return shown.length === 0 ? free : { state: 'held', by: shown };
}

function unsaid(why: string): Held {
  return { state: 'unknown', reason: 'FIELD_NOT_EXPOSED', why };
}

function ofRank(account: HolderFacts, rank: 2 | 3): Held {
  const effective = effectiveRole(account, account.vocabulary ?? {}, new Set());
  if (effective.rank === rank) return { state: 'held', by: [account.name] };
  if (effective.doubt === null || effective.rank > rank) return free;
  return { state: 'unknown', reason: effective.doubt.reason, why: describeDoubt(effective.doubt) };
}

/** Whether a name under which Hubwarden knows a caller is this person's; null: nobody said whose it is. */
function isTheirs(caller: string, { personId, policy }: Bearer): boolean | null {
  const entry = Object.entries(policy.people).find(([name]) => folded(name) === folded(caller));
  if (entry === undefined) return null;
  return entry[1] !== null && folded(entry[1]) === folded(personId);
}

function nobodysCaller(callers: readonly string[]): Held {
  return {
    state: 'unknown',
    reason: 'CALLER_UNKNOWN',
    why: `\`people\` does not say whose the API token ${listed([...new Set(callers)])} is`,
  };
}

function asCaller(bearer: Bearer, role: string): Held {
  const callers = bearer.account.duties?.callers;
  if (callers === undefined) return unsaid('nobody said who may call Hubwarden');
  const names = callers.filter((caller) => caller.role === role).map(({ name }) => name);
  return byNames(names, names, bearer);
}

/** Held by whoever is known to be behind one of the names; not known while one of them is nobody's. */
function byNames(names: readonly string[], shown: readonly string[], bearer: Bearer): Held {
  const theirs = shown.filter((_, place) => isTheirs(names[place] ?? '', bearer) === true);
  if (theirs.length > 0) return { state: 'held', by: theirs };
  const nobodys = names.filter((name) => isTheirs(name, bearer) === null);
  return nobodys.length > 0 ? nobodysCaller(nobodys) : free;
}

const unseenExceptions = 'nobody said which exceptions stand';

function inExceptions(bearer: Bearer, as: 'requestedBy' | 'approvedBy'): Held {
  const exceptions = bearer.account.duties?.exceptions;
  if (exceptions === undefined) return unsaid(unseenExceptions);
  return byNames(
    exceptions.map((exception) => exception[as]),
    exceptions.map(({ id }) => `exception ${id}`),
    bearer,
  );
}

/** Where neither name is known to be this person's, the exception is as good as anybody's, and nobody is suspected. */
function decidedAlone(bearer: Bearer): Held {
  const exceptions = bearer.account.duties?.exceptions;
  if (exceptions === undefined) return unsaid(unseenExceptions);
  const sides = exceptions.map(({ id, requestedBy, approvedBy }) => ({
    id,
    callers: [requestedBy, approvedBy],
    theirs: [isTheirs(requestedBy, bearer), isTheirs(approvedBy, bearer)],
  }));
  const alone = sides.filter(({ theirs }) => theirs.every((one) => one === true));
  if (alone.length > 0) return { state: 'held', by: alone.map(({ id }) => `exception ${id}`) };
  const open = sides.filter(({ theirs }) => theirs.includes(true) && theirs.includes(null));
  if (open.length === 0) return free;
  return nobodysCaller(open.flatMap(({ callers, theirs }) => callers.filter((_, place) => theirs[place] === null)));
}

function ownSystems({ account, personId }: Bearer): readonly CriticalSystem[] {
  return (account.systems ?? []).filter(({ owner }) => owner !== null && folded(owner.id) === folded(personId));
}

function pushesIntoOwn(bearer: Bearer): Held {
  if (bearer.account.systems === undefined) return unsaid('nobody said which critical systems there are');
  const systems = ownSystems(bearer);
  if (systems.length === 0) return free;
  const created = createdToken(bearer.account, systems);
  if (created.state !== 'held') return created;
  return { state: 'held', by: [...created.by, ...systems.map(({ name }) => name)] };
}

/** `into`: only what can push to a repository of one of these; null: to any. */
function createdToken(account: HolderFacts, into: readonly CriticalSystem[] | null): Held {
  const tokens = account.duties?.tokens;
  if (tokens === undefined) {
    return {
      state: 'unknown',
      reason: 'CAPABILITY_MISSING',
      why: 'the organization tokens were not read to their end, so nobody knows who created them',
    };
  }
  const own = tokens
    .filter(({ creator }) => creator === undefined || creator === account.id)
    .map((token) => ({ token, rights: pushRights(token, account.organization, into) }));
  const pushing = own.filter(
    ({ token, rights }) => rights === 'pushes' && token.creator === account.id && token.isActive === true,
  );
  if (pushing.length > 0) return { state: 'held', by: pushing.map(({ token }) => token.label) };
  const open = own.filter(({ rights }) => rights !== 'reads');
  if (open.length === 0) return free;
  const strange = open.every(({ rights }) => rights === 'strange');
  const which = `the token ${listed(open.map(({ token }) => token.label))}`;
  return strange
    ? { state: 'unknown', reason: 'UNRECOGNISED_VALUE', why: `${which} has a scope that nobody knows` }
    : unsaid(`Docker Hub did not say who created ${which}, whether it is active, or what it may do`);
}
