import { describe } from 'vitest';
import { aPerson, doubtfulEmployments, ended } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { Artefact, LeaverArtefactsFacts } from '../leaver-facts.js';
import { leaverArtefactsCleared } from './leaver-artefacts-cleared.check.js';

const person = aPerson({ employment: ended });
const returning = aPerson({
  employment: { state: 'not_started', firstDay: '2027-02-01', lastDay: '2026-11-19' },
});
const other = aPerson({ id: 'E-7', name: null, employment: ended });
const token: Artefact = { kind: 'token', id: 't1', name: 'ci-push', isActive: true };
const invite: Artefact = { kind: 'invite', id: 'i1', name: 'yuki@acme.example' };
const machine: Artefact = { kind: 'service_account', id: 'acme-ci', name: 'acme-ci' };
const system: Artefact = { kind: 'critical_system', id: 'Docker Hub acme', name: 'Docker Hub acme' };
const exception: Artefact = { kind: 'exception', id: '9', name: '9' };

function leaver(artefacts: readonly Artefact[], overrides: Partial<LeaverArtefactsFacts> = {}): LeaverArtefactsFacts {
  return {
    organization: 'acme',
    account: 'jdoe99',
    leavers: [{ person, artefacts }],
    unnamed: [],
    unread: [],
    ...overrides,
  };
}
const organization = (overrides: Partial<LeaverArtefactsFacts> = {}) =>
  leaver([], { account: null, leavers: [], ...overrides });
const self = leaverArtefactsCleared.id;

describe('leaver-artefacts-cleared', () => {
  judgeCases(leaverArtefactsCleared, [
    { when: 'nothing is left', facts: leaver([]), expect: 'pass CLEARED', says: /name of Jane Doe \(E-1042\)/ },
    { when: 'nobody left without an account', facts: organization(), expect: 'pass CLEARED' },
    {
      when: 'an exception stands by their word',
      facts: leaver([token, exception]),
      expect: 'fail ARTEFACTS_LEFT',
      says: /the exception 9 still stands in their name/,
      verdict: { dueFrom: ended.endedAt, facts: { artefacts: ['exception/9'] } },
    },
    {
      when: 'somebody without an account left two',
      facts: organization({
        leavers: [
          { person, artefacts: [exception] },
          { person: other, artefacts: [{ ...exception, id: '10', name: '10' }] },
        ],
      }),
      expect: 'fail ARTEFACTS_LEFT',
      says: /Jane Doe.*; E-7 has left/,
    },
    {
      when: 'no other check asks about them',
      facts: leaver([token, invite, machine, system]),
      enabled: [self],
      expect: 'fail ARTEFACTS_LEFT',
      verdict: {
        facts: { artefacts: ['token/t1', 'invite/i1', 'service_account/acme-ci', 'critical_system/Docker Hub acme'] },
      },
    },
    {
      when: 'other checks ask about all of them',
      facts: leaver([token, invite, machine, system]),
      expect: 'not_applicable JUDGED_BY',
      says: /oat-accountable, no-invite-to-leaver-or-unknown, user-identified and critical-system-access-configured/,
    },
    {
      when: 'the second check about machines asks',
      facts: leaver([machine]),
      enabled: [self, 'service-account-owned'],
      expect: 'not_applicable JUDGED_BY',
    },
    {
      when: 'nobody says whether the token works, and others ask',
      facts: leaver([{ ...token, isActive: null }]),
      expect: 'pass CLEARED',
    },
    {
      when: 'nobody says whether the token works, and no other check asks',
      facts: leaver([{ ...token, isActive: null }]),
      enabled: [self],
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'the tokens were not read, and others say so',
      facts: leaver([], { unread: ['tokens'] }),
      expect: 'pass CLEARED',
    },
    {
      when: 'the tokens were not read, and no other check says so',
      facts: leaver([], { unread: ['tokens'] }),
      enabled: [self],
      expect: 'unknown CAPABILITY_MISSING',
    },
    ...doubtfulEmployments.map((employment) => ({
      when: `HR leaves open whether they are gone: ${employment.reason}`,
      facts: organization({ leavers: [{ person: aPerson({ employment }), artefacts: [exception] }] }),
      expect: `unknown ${employment.reason}` as const,
    })),
    {
      when: 'they come back, and something stands in their name meanwhile',
      facts: leaver([], { leavers: [{ person: returning, artefacts: [exception] }] }),
      expect: 'unknown BETWEEN_SPELLS',
    },
    {
      when: 'another one has left for certain',
      facts: organization({
        leavers: [
          { person: returning, artefacts: [exception] },
          { person: other, artefacts: [{ ...exception, id: '10', name: '10' }] },
        ],
      }),
      expect: 'fail ARTEFACTS_LEFT',
      verdict: { facts: { people: ['E-7'], artefacts: ['exception/10'] } },
    },
    {
      when: 'HR leaves it open, and nothing stands in their name',
      facts: leaver([], { leavers: [{ person: returning, artefacts: [] }] }),
      expect: 'pass CLEARED',
    },
    {
      when: 'nobody knows who approved',
      facts: organization({ unnamed: [{ approver: 'sec', exceptions: 2 }] }),
      expect: 'unknown CALLER_UNKNOWN',
    },
  ]);
});
