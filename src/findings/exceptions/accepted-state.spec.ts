import { describe, expect, it } from 'vitest';
import { causeSentence, steadyFacts, whyVoid, type AcceptedHolder, type AcceptedState } from './accepted-state.js';

const holder: AcceptedHolder = {
  roles: ['member'],
  rank: 1,
  unranked: false,
  email: 'hash',
  person: { id: 'E-1', employment: 'employed' },
};
const accepted: AcceptedState = {
  reason: 'ROLE_NOT_ALLOWED',
  facts: { heldRoles: ['member'], person: 'E-1', team: { role: 'x' } },
  catalogue: '3',
  holder,
  owner: { id: 'E-9', employment: 'employed' },
};
const withHolder = (change: Partial<AcceptedHolder>): AcceptedState => ({
  ...accepted,
  holder: { ...holder, ...change },
});

describe('what was accepted is void', () => {
  it.each<[string, AcceptedState, ReturnType<typeof whyVoid>]>([
    ['never by itself', accepted, null],
    ['when the role rises', withHolder({ roles: ['owner'], rank: 3 }), 'ROLE_ROSE'],
    ['when a role appears that nobody ranked', withHolder({ roles: ['member', 'odd'], unranked: true }), 'ROLE_ROSE'],
    ['not when the role falls', withHolder({ roles: [], rank: 0 }), null],
    ['when the address changes', withHolder({ email: 'other' }), 'EMAIL_CHANGED'],
    ['when the address goes', withHolder({ email: null }), 'EMAIL_CHANGED'],
    ['when it is somebody else’s', withHolder({ person: { id: 'E-2', employment: 'employed' } }), 'PERSON_CHANGED'],
    ['when it is nobody’s any more', withHolder({ person: null }), 'PERSON_CHANGED'],
    ['when the person leaves', withHolder({ person: { id: 'E-1', employment: 'ended' } }), 'PERSON_LEFT'],
    ['not when HR is in doubt', withHolder({ person: { id: 'E-1', employment: 'unknown' } }), null],
    ['not because it is not seen', { ...accepted, holder: null }, null],
    ['when the owner leaves', { ...accepted, owner: { id: 'E-9', employment: 'ended' } }, 'OWNER_LEFT'],
    ['when the reason is another', { ...accepted, reason: 'NO_RULE' }, 'REASON_CHANGED'],
    ['when a fact is another', { ...accepted, facts: { heldRoles: ['owner'], person: 'E-1' } }, 'FACTS_CHANGED'],
    ['when a list grows', { ...accepted, facts: { heldRoles: ['member', 'editor'] } }, 'FACTS_CHANGED'],
    ['when there is a new fact', { ...accepted, facts: { scopes: ['repo:write'] } }, 'FACTS_CHANGED'],
    ['when a fact has another shape', { ...accepted, facts: { team: ['x'] } }, 'FACTS_CHANGED'],
    ['not when a list shrinks', { ...accepted, facts: { heldRoles: [] } }, null],
    ['not when facts are not known', { ...accepted, facts: null }, null],
    ['not by a fact that only a new catalogue tells', { ...accepted, catalogue: '4', facts: { kind: 'human' } }, null],
    ['by an old fact all the same', { ...accepted, catalogue: '4', facts: { person: 'E-2' } }, 'FACTS_CHANGED'],
  ])('%s', (_, now, cause) => {
    expect(whyVoid(accepted, now)).toBe(cause);
    expect(cause === null ? 'it stands' : causeSentence(cause)).toMatch(/^(the|it|what) /);
  });

  it('not where nobody said the address before', () => {
    const { email: _, ...silent } = holder;
    expect(whyVoid({ ...accepted, holder: silent }, accepted)).toBeNull();
  });

  it('when it was not seen then, and is now', () => {
    expect(whyVoid({ ...accepted, holder: null }, accepted)).toBe('FACTS_CHANGED');
    expect(whyVoid({ ...accepted, holder: null }, { ...accepted, holder: null })).toBeNull();
  });

  it('not by somebody who had left already when it was accepted', () => {
    const leaver = withHolder({ person: { id: 'E-1', employment: 'ended' } });
    expect(whyVoid(leaver, leaver)).toBeNull();
  });
});

it('keeps of facts what does not change by itself', () => {
  expect(
    steadyFacts({
      person: 'E-1',
      count: 7,
      lastSeenAt: 'whenever',
      day: '2026-11-20',
      at: ['2026-11-20T02:00:00.000Z', 'prod'],
      message: 'It was 5 days ago.',
      inferred: false,
      owners: ['a', 'b', 3],
      nested: { suggestions: [{ person: 'E-2' }], team: null },
    }),
  ).toEqual({ person: 'E-1', at: ['prod'], inferred: false, owners: ['a', 'b'], nested: { team: null } });
});
