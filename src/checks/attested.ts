import type { Attestation, Evidence, Instant, Verdict } from './check.js';
import { dayOf } from './compare.js';
import type { Meanings } from './documented-check.js';
import { fail, unknown } from './verdicts.js';
import { asSentence, counted } from './wording.js';

/** However long somebody wants to vouch for something, it counts no longer than that. */
export const mostAttestedDays = 90;

interface Standing {
  /** Continues "Nobody can see ". */
  readonly matter: string;
  /** How long a word counts, whatever its own expiry says. */
  readonly maxAgeDays: number;
  readonly now: Instant;
}

/**
 * What somebody's word makes of what nobody can observe: the word itself where it stands and says that all is well, else the
 * verdict.
 */
export function judgeAttestation(
  attestation: Attestation | undefined,
  { matter, maxAgeDays, now }: Standing,
): Attestation | Verdict {
  if (attestation === undefined || Date.parse(attestation.attestedAt) > Date.parse(now)) {
    return unknown('NOT_OBSERVABLE', `Nobody can see ${matter}, and nobody has vouched for it.`);
  }
  const { attestedBy, attestedAt, expiresAt, statement } = attestation;
  const facts = attestedFacts(attestation, maxAgeDays);
  const ageMs = Date.parse(now) - Date.parse(attestedAt);
  const stands = Date.parse(now) < Date.parse(expiresAt) && ageMs <= maxAgeDays * 86_400_000;
  if (!stands) {
    return unknown(
      'ATTESTATION_EXPIRED',
      `Nobody can see ${matter}, and what ${attestedBy} said about it on ${dayOf(attestedAt)} counted ${term(attestation, maxAgeDays)}.`,
      facts,
    );
  }
  if (attestation.answer === 'yes') return attestation;
  return fail(
    'ATTESTED_NO',
    `${attestedBy} said on ${dayOf(attestedAt)} that it is not so: ${asSentence(statement)}`,
    facts,
  );
}

/** Names who vouches for it and until when; ends a pass. */
export function attestedSentence(attestation: Attestation, maxAgeDays: number): string {
  const { attestedBy, attestedAt, statement } = attestation;
  return `${attestedBy} vouched for it on ${dayOf(attestedAt)}, ${term(attestation, maxAgeDays)}: ${asSentence(statement)}`;
}

export function attestedFacts(attestation: Attestation, maxAgeDays: number): Evidence {
  const { id, answer, statement, attestedBy, attestedAt, expiresAt } = attestation;
  return { attestation: id, answer, statement, attestedBy, attestedAt, expiresAt, maxAgeDays };
}

/** Its own expiry, or the longest time that any word counts, whichever comes first. */
function term({ attestedAt, expiresAt }: Attestation, maxAgeDays: number): string {
  return Date.parse(expiresAt) - Date.parse(attestedAt) <= maxAgeDays * 86_400_000
    ? `until ${dayOf(expiresAt)}`
    : `for ${counted(maxAgeDays, 'day')}`;
}

export const attestationMeanings: { readonly fail: Meanings; readonly unknown: Meanings } = {
  fail: { ATTESTED_NO: 'somebody who was asked to vouch for it said that it is not so' },
  unknown: {
    NOT_OBSERVABLE: 'no source shows it, and nobody has vouched for it',
    ATTESTATION_EXPIRED: 'somebody vouched for it, too long ago',
  },
};
