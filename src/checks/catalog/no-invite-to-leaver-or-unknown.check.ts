import type { Given, Verdict } from '../check.js';
import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, leftSentence, undecidedEmployment } from '../employment.js';
import type { HolderFacts } from '../facts.js';
import { goneReasons, goneVerdict, unseenIdentity } from '../holders.js';
import { describeDoubt, effectiveRole, ownerRank } from '../roles.js';
import { YesOrNo } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { subjectIn, subjectOf } from '../wording.js';

export class InvitePolicy {
  @YesOrNo()
  requireRole = false;
}

export const noInviteToLeaverOrUnknown: DocumentedCheck<HolderFacts, InvitePolicy> = {
  id: 'no-invite-to-leaver-or-unknown',
  title: 'Every pending invite leads a known colleague, invited by a colleague, into an ordinary role',
  subjects: ['invite'],
  population: ['invites'],
  needs: ['invites', 'members', 'teams', 'roster'],
  severity: 'high',
  sla: '24h',
  why: 'An invite is access in waiting: it can be accepted long after its mail has expired.',
  remedy:
    'Cancel the invite and let a colleague send a new one; make somebody an owner only after they have joined, where the access rules judge it.',
  controls: [...soc2('CC6.2'), ...iso27001('A.5.18'), ...pci('8.2.4'), ...nist('AC-2')],
  policy: InvitePolicy,
  settings: {
    requireRole:
      'whether an invite passes only where Docker Hub says which role it offers; its documented answer names the team alone',
  },
  reasons: {
    pass: { INVITE_IN_ORDER: 'a known colleague was invited by a colleague into an ordinary role' },
    fail: {
      OWNER_INVITE:
        'whoever accepts it becomes an owner; there is no approval of that yet, so cancel it or wait until it is accepted',
      INVITER_LEFT: 'whoever sent it has left',
      INVITEE_UNKNOWN: 'nobody known is invited, and `user-identified` is disabled',
      INVITEE_LEFT: 'whoever is invited has left, and `offboarded-access-removed` is disabled',
    },
    unknown: {
      ...employmentDoubts,
      ...goneReasons.unknown,
      ROLE_UNKNOWN: 'it offers a custom role that `roles` does not rank',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say whom it invites, what it offers, or who sent it',
      IDENTITY_UNLINKED: 'it is not known who sent it: that account is not linked',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      JUDGED_BY:
        'the invitee fails `user-identified` or `offboarded-access-removed` already, and nothing else is wrong',
    },
  },
  judge(holder, given) {
    const gone = goneVerdict(holder);
    if (gone !== null) return gone;
    const aspects = [judgeOffer(holder, given.policy), judgeInviter(holder), judgeInvitee(holder, given)];
    const first = (outcome: Verdict['outcome']): Verdict | undefined =>
      aspects.find((aspect) => aspect !== null && aspect.outcome === outcome) ?? undefined;
    return (
      first('fail') ??
      first('not_applicable') ??
      first('unknown') ??
      pass(
        'INVITE_IN_ORDER',
        holder.role === undefined
          ? `${subjectOf(holder)} leads a known colleague into no team of owners; Docker Hub did not name the role.`
          : `${subjectOf(holder)} leads a known colleague into an ordinary role.`,
        { role: holder.role ?? null, teams: holder.teams ?? [] },
      )
    );
  },
};

/** What whoever accepts it will be. */
function judgeOffer(holder: HolderFacts, { requireRole }: InvitePolicy): Verdict | null {
  const { role, teamRoles } = holder;
  const teams = (holder.teams ?? []).filter((team) => team.trim() !== '');
  const teamsSaid = holder.teams !== undefined;
  // Without a team there is no role of a team.
  const offered = {
    role,
    teams: holder.teams,
    teamRoles: teamRoles === undefined && teamsSaid && teams.length === 0 ? [] : teamRoles,
  };
  const { rank, doubt } = effectiveRole(offered, holder.invite?.vocabulary ?? {}, new Set());
  if (rank === ownerRank) {
    return fail(
      'OWNER_INVITE',
      `${subjectOf(holder)} makes whoever accepts it an owner. Cancel it, and promote them once they are a member and a rule allows it.`,
      { role: role ?? null, teams },
    );
  }
  if (doubt === null) return null;
  // No role at all leads to plain membership, and Docker Hub documents no role of an invite, only its team.
  const onlyRoleMissing = doubt.reason === 'FIELD_NOT_EXPOSED' && teamsSaid && offered.teamRoles !== undefined;
  if (onlyRoleMissing && (role === null || !requireRole)) return null;
  return unknown(doubt.reason, `It is not known what ${subjectIn(holder)} leads to: ${describeDoubt(doubt)}.`);
}

function judgeInviter(holder: HolderFacts): Verdict | null {
  const subject = subjectOf(holder);
  const { inviter, inviterPerson } = holder.invite ?? {};
  if (inviterPerson === null) return null;
  // Somebody sent it, so null says nothing.
  if (inviter === undefined || inviter === null) {
    return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say who sent ${subjectIn(holder)}.`);
  }
  const person = inviterPerson?.person ?? null;
  if (person === null) {
    return unknown('IDENTITY_UNLINKED', `${subject} was sent by ${inviter}, and it is not known who that is.`);
  }
  const { employment } = person;
  if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
  if (employment.state !== 'ended') return null;
  return fail('INVITER_LEFT', `${subject} was sent by ${inviter}, and ${leftSentence(person, employment)}.`, {
    inviter,
    inviterPerson: person.id,
  });
}

function judgeInvitee(holder: HolderFacts, { enabled }: Given<InvitePolicy>): Verdict | null {
  const { identity } = holder;
  const subject = subjectOf(holder);
  // Its owner, whatever is wrong with them, is user-identified's.
  if (identity.state === 'service_account') return null;
  const unseen = unseenIdentity(holder);
  if (unseen !== null) return unseen;
  const known = identity.state === 'linked' ? identity.person : null;
  if (known === null || known.person === null) {
    const whose = known === null ? 'leads to nobody known' : `is linked to ${known.id}, whom no roster ever had`;
    return enabled?.has('user-identified') === false
      ? fail('INVITEE_UNKNOWN', `${subject} ${whose}.`, { person: known?.id ?? null }, { absentFrom: ['roster'] })
      : notApplicable('JUDGED_BY', `${subject} ${whose}: user-identified fails for it.`);
  }
  const { person } = known;
  const { employment } = person;
  if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
  if (employment.state !== 'ended') return null;
  const left = leftSentence(person, employment);
  return enabled?.has('offboarded-access-removed') === false
    ? fail('INVITEE_LEFT', `${left}, and ${subjectIn(holder)} is still pending.`, { person: person.id })
    : notApplicable('JUDGED_BY', `${left}: offboarded-access-removed fails for ${subjectIn(holder)}.`);
}
