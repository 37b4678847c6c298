import type { Verdict } from './check.js';
import type { Meanings } from './documented-check.js';
import type { HolderFacts, PersonFacts } from './facts.js';
import { notApplicable, unknown } from './verdicts.js';
import { listed, subjectIn, subjectOf } from './wording.js';

/**
 * The verdict about an account or invite that Docker Hub no longer shows, for checks that do not follow it any further;
 * null where it is there.
 */
export function goneVerdict(holder: HolderFacts): Verdict | null {
  if (holder.presence === 'present') return null;
  return holder.removalConfirmed
    ? notApplicable('ACCESS_GONE', `${subjectOf(holder)} is no longer there.`)
    : unknown(
        'REMOVAL_UNCONFIRMED',
        `${subjectOf(holder)} was not shown by one listing; a second one has to confirm it.`,
      );
}

export const goneReasons: { readonly not_applicable: Meanings; readonly unknown: Meanings } = {
  not_applicable: { ACCESS_GONE: 'a confirmed listing no longer has it' },
  unknown: { REMOVAL_UNCONFIRMED: 'one listing no longer has it, and no second one has confirmed that' },
};

/**
 * The person behind an account, for checks that judge people: null, or what is said instead. Who is not identified fails
 * one check only, `user-identified`.
 */
export function personBehind(holder: HolderFacts): PersonFacts | Verdict {
  const { identity } = holder;
  const missing = (why: string): Verdict =>
    unknown('IDENTITY_UNLINKED', `${subjectOf(holder)} cannot be judged before it is known whose it is: ${why}.`);
  if (identity.state === 'service_account') {
    return notApplicable('SERVICE_ACCOUNT', `${subjectOf(holder)} is a service account, not a person.`);
  }
  if (identity.state === 'unlinked') return missing('nobody in the roster matches it');
  if (identity.state === 'ambiguous') return missing(`${identity.candidates.length} people match it`);
  return identity.person.person ?? missing(`it is linked to ${identity.person.id}, whom no roster ever had`);
}

/** Where Docker Hub withheld what would have tied the account or invite to somebody, nobody can say that nobody matches. */
export function unseenIdentity(holder: HolderFacts): Verdict | null {
  const { identity } = holder;
  if (identity.state !== 'unlinked' || identity.hidden === undefined || identity.hidden.length === 0) return null;
  return unknown(
    'FIELD_NOT_EXPOSED',
    `Docker Hub did not send the ${listed(identity.hidden)} of ${subjectIn(holder)}, which could tell whose it is.`,
  );
}

export const unseenMeaning: Meanings = {
  FIELD_NOT_EXPOSED: 'Docker Hub did not send a field that could tell whose it is, or that decides the verdict',
};

export const unlinkedMeaning: Meanings = { IDENTITY_UNLINKED: 'nobody, or more than one, is behind the account' };
