import type { Gated } from './gate.js';
import type { JudgedSubject } from './subject-source.js';

export interface Judgement extends Gated {
  readonly check: string;
  readonly organizationId: string;
  readonly subject: JudgedSubject;
}

/** What is judged together of one thing: of an account, its place in every critical system as well. */
export interface JudgedGroup {
  /** Empty: it is of the accounts and invites, or of the organization itself. */
  readonly source: string;
  /** Its kind and its key, with a stroke between them; once in each source. */
  readonly subject: string;
  readonly judgements: readonly Judgement[];
}

/** One for each subject; what is about one subject stands together. */
export function* groupsOf(source: string, judgements: Iterable<Judgement>): Iterable<JudgedGroup> {
  let group: { subject: string; judgements: Judgement[] } | undefined;
  for (const judgement of judgements) {
    const subject = `${judgement.subject.kind}/${judgement.subject.key}`;
    if (group?.subject === subject) {
      group.judgements.push(judgement);
      continue;
    }
    if (group !== undefined) yield { source, ...group };
    group = { subject, judgements: [judgement] };
  }
  if (group !== undefined) yield { source, ...group };
}
