import { describe } from 'vitest';
import {
  ambiguous,
  declared,
  doubtfulEmployments,
  ended,
  linkedTo,
  named,
  nobody,
  notStarted,
  unlinked,
} from '../../../test/support/check-facts.js';
import { type Case, judgeCases } from '../../../test/support/judge-cases.js';
import type { CriticalWriteFacts, Writer } from '../repository-facts.js';
import { criticalRepoWriteApproved, type CriticalWritePolicy } from './critical-repo-write-approved.check.js';

const jane: Writer = {
  account: 'jane',
  byRole: false,
  teams: ['release'],
  identity: linkedTo(named()),
  isGuest: false,
};
const facts: CriticalWriteFacts = {
  organization: 'acme',
  name: 'prod-api',
  systems: ['Production'],
  teams: [{ name: 'release', permission: 'write' }],
  writers: [jane],
  doubts: [],
};
const policy = { approvedTeams: ['Release'] };
const written = (writer: Partial<Writer>): CriticalWriteFacts => ({ ...facts, writers: [{ ...jane, ...writer }] });

describe('critical-repo-write-approved', () => {
  judgeCases(criticalRepoWriteApproved, [
    {
      when: 'everybody is approved',
      facts,
      policy,
      expect: 'pass WRITERS_APPROVED',
      verdict: { facts: { writers: 1, byRole: 0 } },
    },
    {
      when: 'no team can push, and nobody has said which may',
      facts: { ...facts, teams: [], writers: [{ ...jane, byRole: true, teams: [] }] },
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'a pattern approves the team',
      facts,
      policy: { approvedTeams: ['rel*'] },
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'a service account can push',
      facts: written({ identity: declared() }),
      policy,
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'somebody starts soon',
      facts: written({ identity: linkedTo(named({ employment: notStarted })) }),
      policy,
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'the writers are named by id and username',
      facts: { ...facts, writers: [jane, { ...jane, account: 'acme-ci', identity: declared() }] },
      policy: { ...policy, approvedWriters: ['e-1042', 'ACME-CI'] },
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'a guest is named',
      facts: written({ isGuest: true }),
      policy: { ...policy, approvedWriters: ['jane'] },
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'an owner is not named',
      facts: written({ byRole: true, teams: [] }),
      policy: { ...policy, approvedWriters: [] },
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'another team can push',
      facts: { ...facts, teams: [...facts.teams, { name: 'interns', permission: 'admin' }] },
      policy,
      expect: 'fail TEAM_NOT_APPROVED',
      says: /^Of acme\/prod-api, teams that nobody approved can push: interns \(admin\)\.$/,
      verdict: { facts: { problems: [{ reason: 'TEAM_NOT_APPROVED', about: 'interns' }], problemCount: 1 } },
    },
    { when: 'none may', facts, policy: { approvedTeams: [] }, expect: 'fail TEAM_NOT_APPROVED' },
    {
      when: 'a leaver can push, whoever approved the teams',
      facts: written({ identity: linkedTo(named({ employment: ended })) }),
      expect: 'fail WRITER_LEFT',
      says: /jane: Jane Doe \(E-1042\) has left \(last working day 2026-11-19\)/,
    },
    {
      when: 'a leaver is an owner',
      facts: {
        ...facts,
        teams: [],
        writers: [{ ...jane, byRole: true, identity: linkedTo(named({ employment: ended })) }],
      },
      expect: 'fail WRITER_LEFT',
    },
    {
      when: 'a leaver is named',
      facts: written({ identity: linkedTo(named({ employment: ended })) }),
      policy: { ...policy, approvedWriters: ['jane'] },
      expect: 'fail WRITER_LEFT',
    },
    { when: 'a guest can push', facts: written({ isGuest: true }), policy, expect: 'fail WRITER_EXTERNAL' },
    {
      when: 'somebody is not named',
      facts,
      policy: { ...policy, approvedWriters: ['E-1'] },
      expect: 'fail WRITER_NOT_APPROVED',
    },
    {
      when: 'an account is nobody’s',
      facts: written({ identity: unlinked }),
      policy,
      expect: 'fail WRITER_UNKNOWN',
      absentFrom: ['roster'],
    },
    {
      when: 'an account may be two people’s',
      facts: written({ identity: ambiguous }),
      policy,
      expect: 'fail WRITER_UNKNOWN',
      absentFrom: ['roster'],
    },
    {
      when: 'an account is linked to somebody whom no roster had',
      facts: written({ identity: linkedTo(nobody) }),
      policy,
      expect: 'fail WRITER_UNKNOWN',
      absentFrom: ['roster'],
    },
    {
      when: 'a witness stands beside an absence',
      facts: {
        ...facts,
        writers: [
          { ...jane, account: 'x', identity: unlinked },
          { ...jane, isGuest: true },
        ],
      },
      policy,
      expect: 'fail WRITER_EXTERNAL',
      says: /guests can push: jane; accounts that belong to nobody can push: x\.$/,
    },
    {
      when: 'nobody has said which teams may',
      facts,
      expect: 'unknown NO_APPROVED_TEAMS',
      says: /1 team can push to acme\/prod-api \(release\)/,
    },
    {
      when: 'a role is not ranked',
      facts: { ...facts, doubts: [{ reason: 'ROLE_UNKNOWN', message: 'Nobody ranked the custom role wizard.' }] },
      policy,
      expect: 'unknown ROLE_UNKNOWN',
    },
    {
      when: 'a permission has a strange name',
      facts: { ...facts, doubts: [{ reason: 'UNRECOGNISED_VALUE', message: 'A team holds the permission "deploy".' }] },
      policy,
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'what could tell whose it is was not sent',
      facts: written({ identity: { state: 'unlinked', suggestions: [], hidden: ['email'] } }),
      policy,
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'nobody said whether somebody is a guest',
      facts: {
        ...facts,
        writers: [{ account: 'jane', byRole: false, teams: ['release'], identity: linkedTo(named()) }],
      },
      policy,
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /did not say whether jane is a guest/,
    },
    {
      when: 'nobody said whether a named one is a guest',
      facts: written({ isGuest: null }),
      policy: { ...policy, approvedWriters: ['jane'] },
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'a service account is a guest',
      facts: written({ isGuest: true, identity: declared() }),
      policy,
      expect: 'pass WRITERS_APPROVED',
    },
    {
      when: 'nobody looked who else may push',
      facts: { organization: 'acme', name: 'prod-api', systems: [], teams: [], writers: [] },
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'somebody has left and comes back later',
      facts: written({
        identity: linkedTo(
          named({ employment: { state: 'not_started', firstDay: '2026-12-01', lastDay: '2026-11-19' } }),
        ),
      }),
      policy,
      expect: 'unknown BETWEEN_SPELLS',
    },
    ...doubtfulEmployments.map((employment): Case<CriticalWriteFacts, CriticalWritePolicy> => ({
      when: `HR left it open: ${employment.reason}`,
      facts: written({ identity: linkedTo(named({ employment })) }),
      policy,
      expect: `unknown ${employment.reason}`,
    })),
  ]);
});
