import type { EntityManager } from 'typeorm';
import { type Actor, actorName, actorToken, isSomebodyElse } from './actor.js';
import { recordChange } from './record-change.js';

/** What one of two people says. */
export interface Voice {
  /** What is to be decided, such as `roster/12`. */
  readonly subject: string;
  readonly decision: string;
  readonly reason: string;
  readonly actor: Actor;
}

export type Heard =
  /** It is the first voice, or the same person's again: somebody else has to say the same. */
  | { readonly outcome: 'waits'; readonly since: Date; readonly by: string }
  /** Two people agree: whoever asked now does it, in this transaction. */
  | { readonly outcome: 'agreed'; readonly first: { readonly by: string; readonly reason: string; readonly at: Date } }
  /** A sentence: somebody else has said the opposite. */
  | { readonly outcome: 'contradicted'; readonly message: string };

interface VoiceRow {
  readonly decision: string;
  readonly reason: string;
  readonly actor: string;
  readonly actor_token: string | null;
  readonly at: Date;
}

/** What nobody has agreed to for so long was said about another situation. */
const countsFor = '7 days';

/**
 * Hears one of the two people that a guard asks for. Who has spoken may say something else as long as nobody has agreed. To be
 * called in the transaction that decides, under the lock of what is decided; a voice that waits is in the trail at once, the
 * decision is for the caller to record.
 */
export async function hearVoice(manager: EntityManager, voice: Voice): Promise<Heard> {
  const { subject, decision, reason, actor } = voice;
  const speaker = { name: actorName(actor), tokenId: actorToken(actor) };
  const [before]: VoiceRow[] = await manager.query(
    `select decision, reason, actor, actor_token, at from voice
      where subject = $1 and at > clock_timestamp() - $2::interval`,
    [subject, countsFor],
  );
  if (before !== undefined && isSomebodyElse(speaker, { name: before.actor, tokenId: before.actor_token })) {
    if (before.decision !== decision) {
      return {
        outcome: 'contradicted',
        message:
          `${before.actor} has asked to ${before.decision} it (“${before.reason}”). It takes two who say the same: somebody else ` +
          `may agree, or ${before.actor} may ask to ${decision} it instead.`,
      };
    }
    await forgetVoice(manager, subject);
    return { outcome: 'agreed', first: { by: before.actor, reason: before.reason, at: before.at } };
  }
  if (before?.decision === decision) return { outcome: 'waits', since: before.at, by: before.actor };

  const [row]: { at: Date }[] = await manager.query(
    `insert into voice (subject, decision, reason, actor, actor_token, at)
     values ($1, $2, $3, $4, $5, clock_timestamp())
         on conflict (subject) do update
        set decision = excluded.decision, reason = excluded.reason, actor = excluded.actor,
            actor_token = excluded.actor_token, at = excluded.at
     returning at`,
    [subject, decision, reason, speaker.name, speaker.tokenId],
  );
  if (row === undefined) throw new Error('The voice was not recorded.');
  await recordChange(manager, {
    actor,
    action: `${subject.split('/')[0]}.${decision}-asked`,
    subject,
    before: before === undefined ? null : { decision: before.decision },
    after: { decision },
    reason,
  });
  return { outcome: 'waits', since: row.at, by: speaker.name };
}

/** Whatever was said about it no longer counts: it is decided, or there is nothing to decide any more. */
export async function forgetVoice(manager: EntityManager, subject: string): Promise<void> {
  await manager.query('delete from voice where subject = $1', [subject]);
}
