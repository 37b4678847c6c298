import { approvalFacts, handoverAmong } from '../approvals.js';
import type { Given, Verdict } from '../check.js';
import { folded } from '../compare.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, leftSentence, undecidedEmployment } from '../employment.js';
import type { HolderFacts, PersonFacts } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import type { CreatedToken, LeavingFacts } from '../privilege-facts.js';
import { describeDoubt, describeHeld, effectiveRole } from '../roles.js';
import { WholeNumber } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, listed, subjectOf } from '../wording.js';

export class PreplannedPolicy {
  @WholeNumber({ least: 1, most: 60 })
  noticeDays = 7;
}

const day = 86_400_000;

export const leaverAccessPreplanned: DocumentedCheck<HolderFacts, PreplannedPolicy> = {
  id: 'leaver-access-preplanned',
  title: 'Whoever leaves soon has handed over what only they can do',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'teams', 'team_members', 'roster'],
  severity: 'medium',
  sla: '24h',
  why: 'What a leaver alone owned breaks on the day after, or stays in their hands.',
  remedy:
    'Make somebody else owner or editor, name another owner of the service accounts, and have the tokens created anew; or plan it, and have an exception for this finding approved whose reason is `handover`.',
  controls: [...soc2('CC6.2'), ...iso27001('A.6.5'), ...nist('PS-4')],
  policy: PreplannedPolicy,
  settings: {
    noticeDays:
      'how many days before the end of the last working day the hand-over has to be planned; with the usual `sla` it is due one working day before that end',
  },
  reasons: {
    pass: {
      HANDOVER_RECORDED: 'an approved hand-over stands',
      NOTHING_TO_HAND_OVER: 'the person leaves soon as an ordinary member, with nothing in their name',
    },
    fail: { HANDOVER_MISSING: 'the person leaves soon with something in their name, and no hand-over is recorded' },
    unknown: {
      ...unlinkedMeaning,
      ...employmentDoubts,
      ...goneReasons.unknown,
      ROLE_UNKNOWN: 'the person leaves soon and holds a custom role that `roles` does not rank',
      CAPABILITY_MISSING:
        'the person leaves soon, and the organization tokens were not read, so nobody knows who created them',
      FIELD_NOT_EXPOSED: 'nobody said what decides the role, or whose a token is',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account is no person',
      NOT_LEAVING: 'HR names no last working day, or none that is near',
      NOT_STARTED: 'the person is not employed yet',
      OFFBOARDED: 'the person has left; `offboarded-access-removed` and `leaver-artefacts-cleared` judge that',
    },
  },
  judge(account, given) {
    const gone = goneVerdict(account);
    if (gone !== null) return gone;
    const person = personBehind(account);
    if ('outcome' in person) return person;
    const subject = subjectOf(account);
    const { employment } = person;
    if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
    if (employment.state === 'ended') {
      return notApplicable('OFFBOARDED', `${leftSentence(person, employment)}: there is nothing left to plan.`);
    }
    const whose = `${subject} belongs to ${labelOf(person)}`;
    if (employment.state === 'not_started') {
      return notApplicable('NOT_STARTED', `${whose}, who starts on ${employment.firstDay}.`);
    }
    const { leaving } = account;
    if (leaving === undefined)
      return unknown('FIELD_NOT_EXPOSED', `Nobody said whether ${labelOf(person)} leaves soon.`);
    const left = leaving === null ? Number.POSITIVE_INFINITY : Date.parse(leaving.endsAt) - Date.parse(given.now);
    if (leaving === null || left > given.policy.noticeDays * day) {
      return notApplicable('NOT_LEAVING', `${whose}, who does not leave within ${given.policy.noticeDays} days.`);
    }
    return judgeLeaver(account, person, leaving, given);
  },
};

function judgeLeaver(
  account: HolderFacts,
  person: PersonFacts,
  leaving: LeavingFacts,
  { approvals }: Given<PreplannedPolicy>,
): Verdict {
  const { lastDay, endsAt, handoverBy } = leaving;
  const facts = { person: person.id, lastDay, endsAt, handoverBy };
  const leaves = `${labelOf(person)} leaves${lastDay === null ? ' soon' : ` after ${lastDay}`}`;
  const handover = handoverAmong(approvals);
  if (handover !== null) {
    return pass('HANDOVER_RECORDED', `${leaves}, and ${handover.approvedBy} approved the hand-over.`, {
      ...facts,
      ...approvalFacts(handover),
    });
  }
  const effective = effectiveRole(account, account.vocabulary ?? {}, new Set());
  const { duties } = account;
  const services = duties?.serviceAccounts.filter(({ owner }) => folded(owner) === folded(person.id)) ?? [];
  const tokens = duties?.tokens?.filter(({ creator, isActive }) => creator === account.id && isActive === true) ?? [];
  const holds = [
    ...(effective.rank > 1 ? [`is ${describeHeld(effective)} as ${account.name}`] : []),
    ...(services.length > 0 ? [`answers for the service account ${listed(services.map(({ name }) => name))}`] : []),
    ...(tokens.length > 0 ? [`created the token ${listed(tokens.map(({ label }) => label))}`] : []),
  ];
  if (holds.length > 0) {
    return fail(
      'HANDOVER_MISSING',
      `${leaves}, ${listed(holds)}, and no hand-over is recorded.`,
      {
        ...facts,
        heldRoles: effective.rank > 1 ? effective.roles.map(({ name }) => name) : [],
        serviceAccounts: services.map(({ name }) => name),
        tokens: tokens.map(({ id }) => id),
      },
      { dueFrom: leaving.clockFrom },
    );
  }
  return (
    whatIsOpen(account, leaves, duties?.tokens) ??
    pass('NOTHING_TO_HAND_OVER', `${leaves}, with nothing in their name.`, facts)
  );
}

function whatIsOpen(account: HolderFacts, leaves: string, tokens: readonly CreatedToken[] | undefined): Verdict | null {
  const { doubt } = effectiveRole(account, account.vocabulary ?? {}, new Set());
  if (doubt !== null)
    return unknown(doubt.reason, `${leaves}, and what ${account.name} may do is not known: ${describeDoubt(doubt)}.`);
  if (account.duties === undefined)
    return unknown('FIELD_NOT_EXPOSED', `${leaves}, and nobody said what is in their name.`);
  if (tokens === undefined) {
    return unknown(
      'CAPABILITY_MISSING',
      `${leaves}, and the organization tokens were not read, so nobody knows who created them.`,
    );
  }
  const open = tokens.filter(
    ({ creator, isActive }) => creator === undefined || (creator === account.id && typeof isActive !== 'boolean'),
  );
  if (open.length === 0) return null;
  return unknown(
    'FIELD_NOT_EXPOSED',
    `${leaves}, and Docker Hub did not say who created the token ${listed(open.map(({ label }) => label))}, or whether it is active.`,
  );
}
