import type { Given, Verdict } from '../check.js';
import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { leaveDoubts, leftSentence, undecidedLeave } from '../employment.js';
import type { Artefact, ArtefactKind, LeaverArtefactsFacts } from '../leaver-facts.js';
import { NoThresholds } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { capitalized, labelOf, listed } from '../wording.js';

/** The check that fails for the artefact itself. Nothing but this one asks who approved an exception. */
const judgedBy: Readonly<Record<ArtefactKind, { readonly checks: readonly string[]; readonly called: string }>> = {
  token: { checks: ['oat-accountable'], called: 'the token' },
  invite: { checks: ['no-invite-to-leaver-or-unknown'], called: 'the invite for' },
  service_account: { checks: ['user-identified', 'service-account-owned'], called: 'the service account' },
  critical_system: { checks: ['critical-system-access-configured'], called: 'the critical system' },
  exception: { checks: [], called: 'the exception' },
};

export const leaverArtefactsCleared: DocumentedCheck<LeaverArtefactsFacts, NoThresholds> = {
  id: 'leaver-artefacts-cleared',
  title: 'Nothing that works stands in the name of somebody who has left',
  subjects: ['account', 'organization'],
  source: 'leaver-artefacts',
  population: ['members'],
  needs: ['members', 'invites', 'roster'],
  severity: 'high',
  sla: '24h',
  why: 'An account is gone in a minute; what its holder made, owned and approved goes on working.',
  remedy:
    'Have the exceptions decided again by somebody who is here; replace the tokens, cancel the invites, and name another owner of the rest.',
  controls: [...soc2('CC6.3'), ...iso27001('A.5.11', 'A.5.18'), ...pci('8.2.5', '8.6.3'), ...nist('IA-5')],
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: {
      CLEARED: 'nothing stands in the name of the leaver; of the organization: of any leaver without an account in it',
    },
    fail: {
      ARTEFACTS_LEFT:
        'an exception stands by the word of a leaver, or a token, an invite, a service account or a critical system is theirs and the check that fails for it is disabled; all leavers without an account are one subject, the organization',
    },
    unknown: {
      ...leaveDoubts,
      CAPABILITY_MISSING: 'the organization tokens were not read, and no other enabled check asks who created them',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say whether a token of the leaver is active',
      CALLER_UNKNOWN:
        'an exception stands by the word of somebody of whom `people` of `segregation-of-duties` does not say who it is',
    },
    not_applicable: {
      JUDGED_BY:
        'what the leaver left behind fails a check of its own already: `oat-accountable`, `no-invite-to-leaver-or-unknown`, `user-identified` or `critical-system-access-configured`',
    },
  },
  judge(facts, given) {
    const gone = facts.leavers.filter(({ person }) => person.employment.state === 'ended');
    const left = gone.flatMap(({ artefacts }) => artefacts);
    const here = left.filter((artefact) => works(artefact) && judgedElsewhere(artefact, given) === null);
    if (here.length > 0) return judgeLeft(facts, here);
    const undecided = facts.leavers
      .filter(({ artefacts }) => artefacts.some(works))
      .map(({ person, artefacts }) => undecidedLeave(capitalized(named(artefacts)), person))
      .find((verdict) => verdict !== null);
    if (undecided !== undefined) return undecided;
    const { organization, unnamed } = facts;
    if (unnamed.length > 0) {
      const approvers = unnamed.map(({ approver }) => approver);
      return unknown(
        'CALLER_UNKNOWN',
        `Exceptions in ${organization} stand by the word of ${listed(approvers)}, and nobody said who that is.`,
        { approvers },
      );
    }
    const open = openVerdict(facts, left, given);
    if (open !== null) return open;
    const elsewhere = left.filter(works);
    if (elsewhere.length > 0) {
      const checks = new Set(elsewhere.flatMap((artefact) => judgedElsewhere(artefact, given) ?? []));
      return notApplicable(
        'JUDGED_BY',
        `${nameOf(gone)} left ${named(elsewhere)}, for which ${listed([...checks])} fails.`,
        {
          artefacts: elsewhere.map(keyOf),
        },
      );
    }
    return pass('CLEARED', `Nothing that works stands in the name of ${inSentence(facts)}.`, {
      people: facts.leavers.map(({ person }) => person.id),
    });
  },
};

function judgeLeft(facts: LeaverArtefactsFacts, here: readonly Artefact[]): Verdict {
  const leavers = facts.leavers.filter(({ artefacts }) => here.some((artefact) => artefacts.includes(artefact)));
  const sentences = leavers.map(({ person, artefacts }) => {
    const theirs = artefacts.filter((artefact) => here.includes(artefact));
    const { employment } = person;
    const left = employment.state === 'ended' ? leftSentence(person, employment) : `${labelOf(person)} has left`;
    return `${left}, and ${named(theirs)} still ${theirs.length === 1 ? 'stands' : 'stand'} in their name`;
  });
  const [only, ...others] = leavers;
  const since = only?.person.employment.state === 'ended' ? only.person.employment.endedAt : null;
  return fail(
    'ARTEFACTS_LEFT',
    `${sentences.join('; ')}.`,
    { people: leavers.map(({ person }) => person.id), artefacts: here.map(keyOf) },
    // Of several leavers nobody can say whose clock it is.
    since === null || others.length > 0 ? {} : { dueFrom: since },
  );
}

/** What cannot be seen, where nobody else looks. */
function openVerdict({ unread }: LeaverArtefactsFacts, left: readonly Artefact[], given: Given): Verdict | null {
  if (!asks('oat-accountable', given)) {
    if (unread.includes('tokens')) {
      return unknown('CAPABILITY_MISSING', 'The organization tokens were not read, so nobody knows who created them.');
    }
    const doubtful = left.filter(({ kind, isActive }) => kind === 'token' && typeof isActive !== 'boolean');
    if (doubtful.length > 0) {
      return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say whether ${named(doubtful)} is active.`);
    }
  }
  return null;
}

function works({ kind, isActive }: Artefact): boolean {
  return kind !== 'token' || isActive === true;
}

function judgedElsewhere({ kind }: Artefact, given: Given): string | null {
  return judgedBy[kind].checks.find((check) => asks(check, given)) ?? null;
}

function asks(check: string, { enabled }: Given): boolean {
  return enabled?.has(check) !== false;
}

function named(artefacts: readonly Artefact[]): string {
  return listed(artefacts.map(({ kind, name }) => `${judgedBy[kind].called} ${name}`));
}

function keyOf({ kind, id }: Artefact): string {
  return `${kind}/${id}`;
}

function nameOf(leavers: LeaverArtefactsFacts['leavers']): string {
  return listed(leavers.map(({ person }) => labelOf(person)));
}

function inSentence(facts: LeaverArtefactsFacts): string {
  return facts.account === null
    ? `anybody who left ${facts.organization} without an account in it`
    : nameOf(facts.leavers);
}
