import {
  ambiguous,
  anInvite,
  declared,
  doubtfulEmployments,
  ended,
  linkedTo,
  named,
  nobody,
  notStarted,
  unlinked,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { HolderFacts, NamedPerson } from '../facts.js';
import { noInviteToLeaverOrUnknown } from './no-invite-to-leaver-or-unknown.check.js';

type InviteFacts = NonNullable<HolderFacts['invite']>;

function sentBy(inviterPerson: NamedPerson | null | undefined, more: Partial<InviteFacts> = {}): HolderFacts {
  return anInvite({ invite: { inviter: 'olga', inviterPerson, vocabulary: {}, ...more } });
}

const leaver = linkedTo(named({ employment: ended }));
const vocabulary = { root: 'owner', 'registry-auditor': 'member' } as const;

judgeCases(noInviteToLeaverOrUnknown, [
  {
    when: 'a colleague invites a colleague',
    facts: anInvite(),
    expect: 'pass INVITE_IN_ORDER',
    says: /^The invite for jane\.doe@acme\.example leads a known colleague into an ordinary role\.$/,
  },
  {
    when: 'the colleague starts next month',
    facts: anInvite({ identity: linkedTo(named({ employment: notStarted })) }),
    expect: 'pass INVITE_IN_ORDER',
  },
  {
    when: 'it leads into no team',
    facts: anInvite({ teams: [''], teamRoles: undefined }),
    expect: 'pass INVITE_IN_ORDER',
  },
  {
    when: 'it offers no role and leads into no team',
    facts: anInvite({ role: null, teams: null }),
    expect: 'pass INVITE_IN_ORDER',
  },
  {
    // The documented answer of Docker Hub has the team and no role.
    when: 'Docker Hub names the team alone',
    facts: anInvite({ role: undefined }),
    expect: 'pass INVITE_IN_ORDER',
    says: /into no team of owners; Docker Hub did not name the role\.$/,
  },
  {
    when: 'it offers a ranked custom role',
    facts: sentBy(named(), { vocabulary, inviter: 'olga' }),
    expect: 'pass INVITE_IN_ORDER',
  },
  {
    when: 'the offered custom role equals member',
    facts: anInvite({ role: 'Registry-Auditor', invite: { inviter: 'olga', inviterPerson: named(), vocabulary } }),
    expect: 'pass INVITE_IN_ORDER',
  },
  {
    when: 'Docker Hub names nobody who sent it',
    facts: sentBy(undefined, { inviter: null }),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  { when: 'a service account sent it', facts: sentBy(null), expect: 'pass INVITE_IN_ORDER' },
  { when: 'a service account is invited', facts: anInvite({ identity: declared() }), expect: 'pass INVITE_IN_ORDER' },
  {
    when: 'a service account without an owner is invited',
    facts: anInvite({ identity: declared({ owner: null }) }),
    expect: 'pass INVITE_IN_ORDER',
  },

  {
    when: 'it leads into the team owners',
    facts: anInvite({ teams: ['Owners'], role: undefined }),
    expect: 'fail OWNER_INVITE',
    says: /Cancel it, and promote them/,
    verdict: { facts: { teams: ['Owners'] } },
  },
  { when: 'it offers the role owner', facts: anInvite({ role: 'Owner' }), expect: 'fail OWNER_INVITE' },
  { when: 'its team makes owners', facts: anInvite({ teamRoles: ['owner'] }), expect: 'fail OWNER_INVITE' },
  {
    when: 'the offered custom role equals owner',
    facts: anInvite({ role: 'root', invite: { inviter: 'olga', inviterPerson: named(), vocabulary } }),
    expect: 'fail OWNER_INVITE',
  },
  {
    // That a leaver becomes an owner is a second thing that is wrong.
    when: 'a leaver is invited into the owners',
    facts: anInvite({ identity: leaver, teams: ['owners'] }),
    expect: 'fail OWNER_INVITE',
  },
  {
    when: 'the inviter has left',
    facts: sentBy(named({ id: 'E-1001', name: 'Olga Owner', employment: ended })),
    expect: 'fail INVITER_LEFT',
    says: /was sent by olga, and Olga Owner \(E-1001\) has left \(last working day 2026-11-19\)\.$/,
    verdict: { facts: { inviter: 'olga', inviterPerson: 'E-1001' } },
  },
  {
    when: 'the inviter has left and nobody known is invited',
    facts: { ...sentBy(named({ employment: ended })), identity: unlinked },
    expect: 'fail INVITER_LEFT',
  },

  ...[unlinked, ambiguous, linkedTo(nobody)].flatMap((identity) => [
    {
      when: `user-identified fails for it (${identity.state})`,
      facts: anInvite({ identity }),
      expect: 'not_applicable JUDGED_BY' as const,
      says: /user-identified fails for it\.$/,
    },
    {
      when: `user-identified is disabled (${identity.state})`,
      facts: anInvite({ identity }),
      enabled: ['no-invite-to-leaver-or-unknown', 'offboarded-access-removed'],
      expect: 'fail INVITEE_UNKNOWN' as const,
      absentFrom: ['roster' as const],
    },
  ]),
  {
    when: 'Docker Hub did not say whom it invites',
    facts: anInvite({ identity: { state: 'unlinked', suggestions: [], hidden: ['invitee'] } }),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'offboarded-access-removed fails for it',
    facts: anInvite({ identity: leaver }),
    expect: 'not_applicable JUDGED_BY',
    says: /offboarded-access-removed fails for the invite/,
  },
  {
    when: 'it fails there, and Docker Hub did not say who sent it',
    facts: anInvite({ identity: leaver, invite: undefined }),
    expect: 'not_applicable JUDGED_BY',
  },
  {
    when: 'offboarded-access-removed is disabled',
    facts: anInvite({ identity: leaver }),
    enabled: ['no-invite-to-leaver-or-unknown', 'user-identified'],
    expect: 'fail INVITEE_LEFT',
  },

  ...doubtfulEmployments.flatMap((employment) => [
    {
      when: "the invitee's employment is open",
      facts: anInvite({ identity: linkedTo(named({ employment })) }),
      expect: `unknown ${employment.reason}` as const,
    },
    {
      when: "the inviter's employment is open",
      facts: sentBy(named({ employment })),
      expect: `unknown ${employment.reason}` as const,
    },
  ]),
  {
    when: 'it offers a custom role that nobody ranked',
    facts: anInvite({ role: 'wizard' }),
    expect: 'unknown ROLE_UNKNOWN',
    says: /^It is not known what the invite for .* leads to: nobody ranked the custom role wizard/,
  },
  {
    when: 'it offers a custom role and nothing ranks any',
    facts: anInvite({ role: 'root', invite: { inviter: 'olga', inviterPerson: named() } }),
    expect: 'unknown ROLE_UNKNOWN',
  },
  {
    when: 'Docker Hub did not say the team',
    facts: anInvite({ teams: undefined }),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'the policy wants the role and Docker Hub did not say it',
    facts: anInvite({ role: undefined }),
    policy: { requireRole: true },
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'it is not known which role its team carries',
    facts: anInvite({ teamRoles: undefined }),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'Docker Hub did not say who sent it',
    facts: anInvite({ invite: {} }),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /did not say who sent the invite/,
  },
  {
    when: 'it is not known whose the account of the inviter is',
    facts: sentBy(undefined),
    expect: 'unknown IDENTITY_UNLINKED',
  },
  { when: 'the inviter is linked to nobody', facts: sentBy(nobody), expect: 'unknown IDENTITY_UNLINKED' },
  {
    when: 'one listing no longer shows it',
    facts: anInvite({ presence: 'gone' }),
    expect: 'unknown REMOVAL_UNCONFIRMED',
  },
  {
    when: 'it is gone',
    facts: anInvite({ presence: 'gone', removalConfirmed: true }),
    expect: 'not_applicable ACCESS_GONE',
  },
]);
