import { describe } from 'vitest';
import { aPerson, doubtfulEmployments, employed, ended, notStarted } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { PusherFacts, RepositoryPushFacts } from '../activity-facts.js';
import type { Employment } from '../facts.js';
import { pushByKnownActor } from './push-by-known-actor.check.js';

type Linked = Extract<PusherFacts['who'], { readonly state: 'linked' }>;

const lastAt = '2026-11-20T09:00:00.000Z';

function linked(employment: Employment = employed, more: Partial<Linked> = {}): Linked {
  return { state: 'linked', id: 'E-1042', person: aPerson({ employment }), isGuest: false, ...more };
}

function by(who: PusherFacts['who'], more: Partial<PusherFacts> = {}): PusherFacts {
  return { actor: 'jdoe99', pushes: 2, lastAt, who, ...more };
}

function pushed(
  pushes: readonly PusherFacts[],
  coveredSince: string | null = '2026-10-22T02:00:00.000Z',
): RepositoryPushFacts {
  return { organization: 'acme', name: 'prod-api', systems: ['Production'], pushes, archive: { coveredSince } };
}

const { actor: _actor, ...nameless } = by(linked());

describe('push-by-known-actor', () => {
  judgeCases(pushByKnownActor, [
    {
      when: 'an employee pushed',
      facts: pushed([by(linked())]),
      expect: 'pass KNOWN_ACTORS',
      says: /jdoe99 pushed to acme\/prod-api in 7d/,
    },
    {
      when: 'a service account pushed',
      facts: pushed([by({ state: 'service_account' })]),
      expect: 'pass KNOWN_ACTORS',
    },
    {
      when: 'the token of a service account pushed',
      facts: pushed([by({ state: 'service_account' }, { token: 'ci' })]),
      expect: 'pass KNOWN_ACTORS',
    },
    { when: 'nobody pushed', facts: pushed([]), expect: 'pass NO_PUSHES' },
    {
      when: 'a stranger pushed, but long ago',
      facts: pushed([by({ state: 'stranger' }, { lastAt: '2026-11-10T09:00:00.000Z' })]),
      expect: 'pass NO_PUSHES',
    },
    {
      when: 'somebody pushed who was never a member',
      facts: pushed([by({ state: 'stranger' })], null),
      expect: 'fail PUSHED_BY_STRANGER',
      verdict: {
        dueFrom: lastAt,
        facts: { pushers: [{ actor: 'jdoe99', token: null, pushes: 2, lastAt, reason: 'PUSHED_BY_STRANGER' }] },
      },
    },
    {
      when: 'a member pushed who is nobody',
      facts: pushed([by({ state: 'unlinked' })]),
      expect: 'fail PUSHED_BY_STRANGER',
    },
    {
      when: 'it is linked to somebody whom no roster had',
      facts: pushed([by({ ...linked(), person: null })]),
      expect: 'fail PUSHED_BY_STRANGER',
    },
    {
      when: 'a leaver pushed after leaving, and an employee did too',
      facts: pushed([by(linked()), by(linked(ended), { actor: 'gone' })]),
      expect: 'fail PUSHED_AFTER_LEAVE',
      says: /^gone pushed to acme\/prod-api at 2026-11-20 09:00 UTC, and Jane Doe \(E-1042\) has left/,
    },
    {
      when: 'two of them are wrong',
      facts: pushed([by({ state: 'stranger' }), by({ state: 'unlinked' }, { actor: 'other' })]),
      expect: 'fail PUSHED_BY_STRANGER',
      says: /So did 1 other/,
    },
    {
      when: 'a leaver pushed before leaving',
      facts: pushed([by(linked(ended), { lastAt: '2026-11-19T09:00:00.000Z' })]),
      expect: 'pass KNOWN_ACTORS',
    },
    {
      when: 'the token of a leaver pushed, and the pipeline names it',
      facts: pushed([by(linked(ended), { token: 'ci' })]),
      policy: { pipeline: ['ci'] },
      expect: 'fail PUSHED_AFTER_LEAVE',
    },
    {
      when: 'somebody pushed before the first day',
      facts: pushed([by(linked(notStarted))]),
      expect: 'fail PUSHED_AFTER_LEAVE',
    },
    {
      when: 'a guest pushed',
      facts: pushed([by(linked(employed, { isGuest: true }))]),
      expect: 'fail PUSHED_BY_EXTERNAL',
    },
    {
      when: 'the policy names the guest',
      facts: pushed([by(linked(employed, { isGuest: true }))]),
      policy: { externals: ['JDoe99'] },
      expect: 'pass KNOWN_ACTORS',
    },
    {
      when: "an employee's token pushed",
      facts: pushed([by(linked(), { token: 'laptop' })]),
      expect: 'fail TOKEN_NOT_LISTED',
      says: /The access token laptop of jdoe99 pushed/,
    },
    {
      when: 'a token of the organization pushed',
      facts: pushed([by({ state: 'organization' }, { actor: 'acme', token: 'ci-push' })]),
      expect: 'fail TOKEN_NOT_LISTED',
    },
    {
      when: 'the pipeline names the token',
      facts: pushed([by({ state: 'organization' }, { actor: 'acme', token: 'ci-push' })]),
      policy: { pipeline: ['ci-push'] },
      expect: 'pass KNOWN_ACTORS',
    },
    ...(['stranger', 'unlinked'] as const).map((state) => ({
      when: `somebody ${state} gave a token the label of one of the pipeline`,
      facts: pushed([by({ state }, { token: 'ci-push' })]),
      policy: { pipeline: ['ci-push'] },
      expect: 'fail PUSHED_BY_STRANGER' as const,
    })),
    {
      when: 'a guest gave a token the label of one of the pipeline',
      facts: pushed([by(linked(employed, { isGuest: true }), { token: 'ci-push' })]),
      policy: { pipeline: ['ci-push'] },
      expect: 'fail PUSHED_BY_EXTERNAL',
    },
    {
      when: "an employee's token is one of the pipeline",
      facts: pushed([by(linked(), { token: 'ci-push' })]),
      policy: { pipeline: ['ci-push'] },
      expect: 'pass KNOWN_ACTORS',
    },
    {
      when: 'the pipeline names an account that is nobody in the roster',
      facts: pushed([by({ state: 'unlinked' }, { token: 'laptop' })]),
      policy: { pipeline: ['jdoe99'] },
      expect: 'pass KNOWN_ACTORS',
    },
    {
      when: 'the pipeline names the owner of the token',
      facts: pushed([by(linked(), { token: 'laptop' })]),
      policy: { pipeline: ['jdoe99'] },
      expect: 'pass KNOWN_ACTORS',
    },
    ...doubtfulEmployments.map((employment) => ({
      when: `HR leaves it open: ${employment.reason}`,
      facts: pushed([by(linked(employment))]),
      expect: `unknown ${employment.reason}` as const,
    })),
    { when: 'Docker Hub does not say who pushed', facts: pushed([nameless]), expect: 'unknown FIELD_NOT_EXPOSED' },
    {
      when: 'Docker Hub does not say who is a guest',
      facts: pushed([by({ state: 'linked', id: 'E-1042', person: aPerson() })]),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'Docker Hub says nothing by saying null',
      facts: pushed([by(linked(employed, { isGuest: null }))]),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    { when: 'the archive has a gap', facts: pushed([], '2026-11-18T02:00:00.000Z'), expect: 'unknown AUDIT_GAP' },
  ]);
});
