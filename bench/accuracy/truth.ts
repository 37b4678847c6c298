/**
 * What is true in a synthetic company, night by night, before anybody looks. Nothing here knows how Hubwarden finds out: the world
 * is written from it (company.ts), and what should have been said is worked out from it (oracle.ts).
 */

/** `YYYY-MM-DD`, of the roster's time zone. The nights are at an hour at which it is the same day there as in UTC. */
export type Day = string;
export const nights: readonly Day[] = ['2026-11-21', '2026-11-22', '2026-11-23'];
export const hour = 'T02:00:00.000Z';

export interface TruePerson {
  readonly id: string;
  readonly name: string;
  readonly department: string | null;
  readonly jobTitle: string;
  readonly type: 'employee' | 'contractor';
  readonly spells: readonly { readonly start: Day; readonly end: Day | null }[];
  /** Nights from which HR has them no more, though nobody said that they left; null: never. */
  readonly vanishesAt: number | null;
  /** HR learns of the last day only in this night; before, the last spell has no end. */
  readonly endKnownFrom: number;
  /** HR says `terminated`, and no day. */
  readonly undatedEnd: boolean;
  /** The first night in which HR has them. */
  readonly appearsAt: number;
  /** The last spell is under another employee id. */
  readonly newIdOnReturn: boolean;
  /** HR's status still says `active` after the last day. */
  readonly statusLies: boolean;
  readonly onLeave: boolean;
}

/** How an account can be recognized, which decides what anybody can know about whose it is. */
export type Trail =
  | 'work address'
  | 'work address in capitals'
  | 'plus address'
  | 'alias domain'
  | 'other address'
  | 'docker username'
  | 'docker username, address hidden'
  | 'declared link'
  | 'mailbox that moves on'
  | 'private address'
  | 'address hidden'
  | 'address of two people'
  | 'look-alike domain'
  | 'namesake'
  | 'stranger';

export type TrueRole = 'Owner' | 'Editor' | 'Member' | 'registry-auditor' | 'sorcerer';

export interface TrueAccount {
  readonly kind: 'account' | 'invite';
  /** As the report names the subject. */
  readonly name: string;
  /** Null: nobody of the company, or a machine. */
  readonly person: TruePerson | null;
  readonly trail: Trail;
  readonly role: TrueRole;
  /** Of its team, if it is in one that carries a role. */
  readonly teamRole: 'editor' | null;
  readonly service: TrueService | null;
  /** The first night in which it is not there any more; null: it stays. */
  readonly goneFrom: number | null;
  /** Who gets the address of this account after the first night. */
  readonly heir: TruePerson | null;
}

export interface TrueService {
  /** Null: nobody, or an id that nobody has. */
  readonly owner: TruePerson | null;
  readonly roles: readonly ('owner' | 'editor' | 'member')[];
}

export interface TrueSystem {
  readonly owner: TruePerson | null;
  readonly approvedOn: Day | null;
  readonly hasRules: boolean;
}

export interface TrueCompany {
  readonly name: string;
  readonly people: readonly TruePerson[];
  readonly accounts: readonly TrueAccount[];
  readonly system: TrueSystem;
}

export type Employment = 'employed' | 'ended' | 'not started' | 'between spells' | 'nobody knows';

/** In one night, as far as HR can know by then. */
export function employmentOf(person: TruePerson, night: number): Employment {
  const today = nights[night] ?? '';
  if (person.undatedEnd) return 'ended';
  const last = person.spells.length - 1;
  const spells = person.spells.map(({ start, end }, place) => ({
    start,
    end: place === last && night < person.endKnownFrom ? null : end,
  }));
  if (person.vanishesAt !== null && night >= person.vanishesAt) {
    // A last day that HR had named stays named; otherwise one list that lacks somebody is no proof, and a second one is.
    const named = spells.every(({ end }) => end !== null && end < today);
    return named || night > person.vanishesAt ? 'ended' : 'nobody knows';
  }
  if (spells.some(({ start, end }) => start <= today && (end === null || today <= end))) return 'employed';
  const coming = spells.some(({ start }) => start > today);
  const past = spells.some(({ end }) => end !== null && end < today);
  if (coming) return past ? 'between spells' : 'not started';
  return 'ended';
}

export function isThere(account: TrueAccount, night: number): boolean {
  return account.goneFrom === null || night < account.goneFrom;
}
