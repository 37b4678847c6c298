import { describe } from 'vitest';
import { anAccount, anOrganization, declared, unlinked, without } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { HolderFacts } from '../facts.js';
import { scimHubAgreement } from './scim-hub-agreement.check.js';

const corporate = { mailbox: 'jane.doe', corporate: true };

function absent(absentForADay: boolean | null, overrides: Partial<HolderFacts> = {}): HolderFacts {
  const scim = { configured: true, absentForADay };
  return anAccount({ scimActive: null, scim, address: corporate, isGuest: false, ...overrides });
}

describe('scim-hub-agreement', () => {
  judgeCases(scimHubAgreement, [
    {
      when: 'SCIM has the account active',
      facts: anAccount({ scimActive: true, scim: { configured: true } }),
      expect: 'pass IN_AGREEMENT',
    },
    {
      when: 'SCIM has it inactive',
      facts: anAccount({ scimActive: false, scim: { configured: true } }),
      expect: 'fail INACTIVE_IN_SCIM',
    },
    {
      when: 'SCIM has a service account inactive',
      facts: anAccount({ scimActive: false, scim: { configured: true }, identity: declared() }),
      expect: 'fail INACTIVE_IN_SCIM',
    },
    {
      when: 'SCIM has not had it for a day',
      facts: absent(true),
      expect: 'fail ABSENT_FROM_SCIM',
      absentFrom: ['scim_users'],
    },
    {
      when: 'SCIM has not had it for a day, and nobody knows whose it is',
      facts: absent(true, { identity: unlinked }),
      expect: 'fail ABSENT_FROM_SCIM',
      absentFrom: ['scim_users'],
    },
    {
      when: 'nobody said whether it is a guest, but the domain is one of the company',
      facts: without(absent(true), 'isGuest'),
      expect: 'fail ABSENT_FROM_SCIM',
      absentFrom: ['scim_users'],
    },
    { when: 'it is absent since less than a day', facts: absent(false), expect: 'unknown NOT_YET_A_DAY' },
    { when: 'no reading is a day old', facts: absent(null), expect: 'unknown NOT_YET_A_DAY' },
    {
      when: 'the policy names no domain',
      facts: absent(true, { address: { mailbox: 'jane.doe' } }),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /Nobody said whether jdoe99 has an address of the company/,
    },
    { when: 'the address was not sent', facts: without(absent(true), 'address'), expect: 'unknown FIELD_NOT_EXPOSED' },
    {
      when: 'SCIM did not say whether it is active',
      facts: without(absent(true), 'scimActive'),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    { when: 'it is a guest', facts: absent(true, { isGuest: true }), expect: 'not_applicable GUEST' },
    {
      when: 'the address lies outside',
      facts: absent(true, { address: { mailbox: 'j', corporate: false } }),
      expect: 'not_applicable OUTSIDE_DOMAIN',
    },
    {
      when: 'SCIM does not have a service account',
      facts: absent(true, { identity: declared() }),
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    {
      when: 'there is no SCIM',
      facts: absent(null, { scim: { configured: false, absentForADay: null } }),
      expect: 'not_applicable NO_SCIM',
    },
    { when: 'one listing lacks it', facts: absent(true, { presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
    {
      when: 'it is gone for good',
      facts: absent(true, { presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
    {
      when: 'every SCIM user is a member or invited',
      facts: anOrganization({ scimStrangers: { count: 0, names: [] } }),
      expect: 'pass IN_AGREEMENT',
    },
    {
      when: 'two SCIM users never arrived',
      facts: anOrganization({ scimStrangers: { count: 2, names: ['ada', 'bob'] } }),
      expect: 'fail NEVER_ARRIVED',
      says: /^SCIM has 2 users active who have been neither a member of acme nor invited for 7 days: ada and bob\.$/,
      absentFrom: ['members', 'invites'],
    },
    {
      when: 'more never arrived than are named',
      facts: anOrganization({ scimStrangers: { count: 120, names: ['a', 'b', 'c', 'd', 'e', 'f'] } }),
      expect: 'fail NEVER_ARRIVED',
      says: /SCIM has 120 users active .* a, b, c, d, e and 115 more\.$/,
      absentFrom: ['members', 'invites'],
    },
    { when: 'no reading is a week old', facts: anOrganization(), expect: 'unknown NOT_YET_A_WEEK' },
    {
      when: 'the organization has no SCIM',
      facts: anOrganization({ scimStrangers: null }),
      expect: 'not_applicable NO_SCIM',
    },
  ]);
});
