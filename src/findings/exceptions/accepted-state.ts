/** What is known of a failing subject, as far as whoever accepts it relies on it. */
export interface AcceptedState {
  /** Of the verdict. */
  readonly reason: string;
  /** The steady part of the verdict's facts; null: it had none that are known. */
  readonly facts: unknown;
  /** The version of the catalogue that said so: another one may say more. */
  readonly catalogue: string;
  /** Of an account or invite that was seen; null: it is none, or was not seen. */
  readonly holder: AcceptedHolder | null;
  /** Of a service account or a critical system. */
  readonly owner: AcceptedPerson | null;
}

export interface AcceptedHolder {
  /** Every role that it has or that its teams carry, sorted. */
  readonly roles: readonly string[];
  /** Of the highest role that can be ranked: 3 owner, 2 editor, 1 member, 0 none. */
  readonly rank: number;
  /** One of its roles cannot be ranked. */
  readonly unranked: boolean;
  /** A hash; null: it has none. Absent: Docker Hub did not say. */
  readonly email?: string | null;
  /** Whose it is. */
  readonly person: AcceptedPerson | null;
}

export interface AcceptedPerson {
  readonly id: string;
  /** Null: no roster ever had them. */
  readonly employment: string | null;
}

/** Why what was accepted is not what is there. */
export type VoidCause = keyof typeof causes;

const causes = {
  PERSON_LEFT: 'the person has left the company since',
  OWNER_LEFT: 'the owner has left the company since',
  ROLE_ROSE: 'the role is higher than it was',
  EMAIL_CHANGED: 'the e-mail address is another one',
  PERSON_CHANGED: 'the account is somebody else’s',
  REASON_CHANGED: 'it fails for another reason',
  FACTS_CHANGED: 'what the verdict rests on has changed',
} as const;

/** Completes "The exception is void: …". */
export function causeSentence(cause: VoidCause): string {
  return causes[cause];
}

/**
 * Null: whoever accepted `then` accepts `now`. What is not seen now says nothing; that there is less than there was (fewer
 * teams, fewer owners, a lower role) is accepted, too.
 */
export function whyVoid(then: AcceptedState, now: AcceptedState): VoidCause | null {
  if (left(then.holder?.person ?? null, now.holder?.person ?? null)) return 'PERSON_LEFT';
  if (left(then.owner, now.owner)) return 'OWNER_LEFT';
  if (then.holder !== null && now.holder !== null) {
    if (rose(then.holder, now.holder)) return 'ROLE_ROSE';
    const { email } = now.holder;
    if (then.holder.email !== undefined && email !== undefined && then.holder.email !== email) return 'EMAIL_CHANGED';
    if ((then.holder.person?.id ?? null) !== (now.holder.person?.id ?? null)) return 'PERSON_CHANGED';
  }
  // Whoever accepted it had nothing of this before them.
  if (then.holder === null && now.holder !== null) return 'FACTS_CHANGED';
  if (then.reason !== now.reason) return 'REASON_CHANGED';
  if (then.facts === null || now.facts === null) return null;
  return includes(then.facts, now.facts, then.catalogue !== now.catalogue) ? null : 'FACTS_CHANGED';
}

function left(then: AcceptedPerson | null, now: AcceptedPerson | null): boolean {
  return now?.employment === 'ended' && !(then?.id === now.id && then.employment === 'ended');
}

/** What cannot be ranked may be anything, so it must have been there before. */
function rose(then: AcceptedHolder, now: AcceptedHolder): boolean {
  return now.rank > then.rank || (now.unranked && now.roles.some((role) => !then.roles.includes(role)));
}

/** Texts for people, guesses, and what changes with every night although nothing happened. */
const passing =
  /^(message|because|suggestions|since|name|names|label|title|age|days?|hours?|count)$|(At|On|From|Until|Since|Age|Days|Hours|Seen)$/;
const date = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2}))?$/;

/** What of a verdict's facts has to stay for the verdict to be the same one: no numbers, dates and sentences. */
export function steadyFacts(facts: unknown): unknown {
  if (Array.isArray(facts)) return facts.map(steadyFacts).filter((item) => item !== undefined);
  if (typeof facts === 'object' && facts !== null) {
    return Object.fromEntries(
      Object.entries(facts)
        .filter(([name]) => !passing.test(name))
        .map(([name, value]): [string, unknown] => [name, steadyFacts(value)])
        .filter(([, value]) => value !== undefined),
    );
  }
  if (typeof facts === 'number' || (typeof facts === 'string' && date.test(facts))) return undefined;
  return facts;
}

/** Whether there is nothing in `now` that was not in `then`. `tolerant`: of objects, fields that `then` does not know are new. */
function includes(then: unknown, now: unknown, tolerant: boolean): boolean {
  if (Array.isArray(now)) {
    return Array.isArray(then) && now.every((item) => then.some((one) => includes(one, item, tolerant)));
  }
  if (typeof now === 'object' && now !== null) {
    if (typeof then !== 'object' || then === null || Array.isArray(then)) return false;
    const known = new Map(Object.entries(then));
    return Object.entries(now).every(([name, value]) =>
      known.has(name) ? includes(known.get(name), value, tolerant) : tolerant,
    );
  }
  return now === null || then === now;
}
