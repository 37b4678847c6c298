import { describe, expect, it } from 'vitest';
import { anAccount } from '../../test/support/check-facts.js';
import { judge, summary } from '../../test/support/judge-cases.js';
import { noUnapprovedEscalation } from './catalog/no-unapproved-escalation.check.js';
import type { RoleState } from './privilege-facts.js';

const held = (day: number, role: string): RoleState => ({
  at: `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`,
  whole: true,
  role,
  teams: [],
  teamRoles: [],
});

/** `tonight` after what readings showed, where the log says that somebody was made an owner. */
function judged(tonight: string, before: readonly RoleState[], madeOwnerAt: string): string {
  const granted = [{ at: madeOwnerAt, role: 'Owner', actor: 'mallory', event: '31' }];
  const facts = anAccount({
    role: tonight,
    teams: [],
    teamRoles: [],
    vocabulary: {},
    roleHistory: { since: '2026-11-01T02:00:00.000Z', before, granted },
  });
  return summary(judge(noUnapprovedEscalation, { facts }));
}

describe('a role that only the audit log shows', () => {
  const noon = '2026-11-19T12:00:00.000Z';

  it('counts for somebody who had it once, long before', () => {
    expect(judged('Member', [held(4, 'Owner'), held(5, 'Member')], noon)).toBe('fail ROSE_AND_FELL');
  });

  it('counts for somebody who was given it again since, and lost it again', () => {
    const since = [held(17, 'Member'), held(18, 'Owner'), held(19, 'Member')];
    expect(judged('Member', since, '2026-11-10T12:00:00.000Z')).toBe('fail ROSE_AND_FELL');
  });

  it('is no other one than the next reading showed, and is taken back', () => {
    const shown = [held(17, 'Member'), held(18, 'Owner'), held(19, 'Member')];
    expect(judged('Member', shown, '2026-11-17T12:00:00.000Z')).toBe('pass NO_RISE');
  });

  it('may be shown by a reading that was going on when it was given', () => {
    const shown = [held(17, 'Member'), held(18, 'Owner'), held(19, 'Member')];
    expect(judged('Member', shown, '2026-11-18T02:01:00.000Z')).toBe('pass NO_RISE');
  });

  it('is what somebody holds tonight', () => {
    expect(judged('Owner', [], noon)).toBe('pass NO_RISE');
  });
});
