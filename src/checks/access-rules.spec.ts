import { describe, expect, it } from 'vitest';
import { aPerson, now } from '../../test/support/check-facts.js';
import {
  admissionsOf,
  admissionsOfAnybody,
  admit,
  allowedRoles,
  describeHighest,
  namedRoles,
  weigh,
} from './access-rules.js';
import type { AccessRule, PersonFacts, Who } from './facts.js';
import { effectiveRole } from './roles.js';

function rule(roles: readonly string[], who: Who = 'everyone', end: Partial<AccessRule> = {}): AccessRule {
  return { roles, who, until: null, untilInstant: null, ...end };
}

describe('a rule', () => {
  interface Row {
    readonly what: string;
    readonly who: Who;
    readonly person?: Partial<PersonFacts>;
    readonly end?: Partial<AccessRule>;
    readonly outcome: 'admits' | 'does not admit' | readonly string[];
  }
  it.each<Row>([
    { what: 'for everyone', who: 'everyone', outcome: 'admits' },
    { what: 'for their department', who: { departments: ['Data', 'Engineering'] }, outcome: 'admits' },
    { what: 'for another department', who: { departments: ['Data'] }, outcome: 'does not admit' },
    { what: 'in other capitals and spaces', who: { departments: [' ENGINEERING '] }, outcome: 'admits' },
    {
      what: 'with an umlaut composed in another way',
      who: { departments: ['Fu\u0308hrung'] },
      person: { department: 'F\u00fchrung' },
      outcome: 'admits',
    },
    {
      what: 'when every attribute holds',
      who: { departments: ['Engineering'], jobTitles: ['Developer'], employmentTypes: ['employee'] },
      outcome: 'admits',
    },
    {
      what: 'when one of two attributes does not hold',
      who: { departments: ['Engineering'], employmentTypes: ['contractor'] },
      outcome: 'does not admit',
    },
    { what: 'by name', who: { people: ['E-2001', ' E-1042 '] }, outcome: 'admits' },
    { what: 'naming somebody else', who: { people: ['E-2001'] }, outcome: 'does not admit' },
    { what: 'naming an id in other capitals', who: { people: ['e-1042'] }, outcome: 'does not admit' },
    {
      what: 'by name and an attribute that does not hold',
      who: { people: ['E-1042'], departments: ['Sales'] },
      outcome: 'does not admit',
    },

    // Blank: absent, null, or nothing but spaces.
    {
      what: 'asking for what HR did not say',
      who: { departments: ['Data'] },
      person: { department: undefined },
      outcome: ['department'],
    },
    {
      what: 'asking for what HR says is not',
      who: { jobTitles: ['Lead'] },
      person: { jobTitle: null },
      outcome: ['job title'],
    },
    {
      what: 'asking for what HR left empty',
      who: { employmentTypes: ['employee'] },
      person: { employmentType: '  ' },
      outcome: ['employment type'],
    },
    {
      what: 'asking for two blanks',
      who: { departments: ['Data'], jobTitles: ['Lead'] },
      person: { department: null, jobTitle: '' },
      outcome: ['department', 'job title'],
    },
    {
      what: 'asking for a blank beside something that does not hold',
      who: { departments: ['Data'], jobTitles: ['Lead'] },
      person: { department: null },
      outcome: 'does not admit',
    },
    {
      what: 'asking for a blank of somebody else',
      who: { departments: ['Data'], people: ['E-2001'] },
      person: { department: null },
      outcome: 'does not admit',
    },
    {
      what: 'not asking for the blank',
      who: { departments: ['Engineering'] },
      person: { jobTitle: null },
      outcome: 'admits',
    },

    // A group that is nobody must not become everyone.
    { what: 'without any condition', who: {}, outcome: 'does not admit' },
    { what: 'with an undefined condition', who: { departments: undefined }, outcome: 'does not admit' },
    { what: 'with an empty list', who: { departments: [] }, outcome: 'does not admit' },
    {
      what: 'with an empty list beside a fitting one',
      who: { departments: ['Engineering'], people: [] },
      outcome: 'does not admit',
    },

    // Until the end of the last day, in the roster's time zone.
    {
      what: 'one millisecond before its end',
      who: 'everyone',
      end: { until: '2026-11-20', untilInstant: '2026-11-21T02:00:00.001Z' },
      outcome: 'admits',
    },
    {
      what: 'at its end',
      who: 'everyone',
      end: { until: '2026-11-20', untilInstant: '2026-11-21T02:00:00.000Z' },
      outcome: 'does not admit',
    },
    {
      what: 'with a last day whose end nobody worked out',
      who: 'everyone',
      end: { until: '2026-11-21' },
      outcome: 'does not admit',
    },
  ])('$what: $outcome', ({ who, person, end, outcome }) => {
    const admitted = admissionsOf(aPerson(person), [rule(['Editor'], who, end)], now);
    const blanks = admitted.get('editor');
    expect(blanks === undefined ? 'does not admit' : blanks.length === 0 ? 'admits' : blanks).toEqual(outcome);
  });

  it('admits exactly the roles that it lists', () => {
    expect([...admissionsOf(aPerson(), [rule(['Owner', ' release-manager'])], now).keys()]).toEqual([
      'owner',
      'release-manager',
    ]);
  });

  it('leaves a role undecided only while no other rule admits it', () => {
    const blank = rule(['editor'], { departments: ['Data'] });
    const person = aPerson({ department: null, jobTitle: null });
    expect(admissionsOf(person, [blank, rule(['editor'])], now).get('editor')).toEqual([]);
    expect(admissionsOf(person, [rule(['editor']), blank], now).get('editor')).toEqual([]);
    const other = rule(['editor'], { jobTitles: ['Lead'] });
    expect(admissionsOf(person, [blank, other], now).get('editor')).toEqual(['department', 'job title']);
  });

  it('gives a role to somebody unless it is over or its group is nobody', () => {
    const rules = [
      rule(['member']),
      rule(['editor'], { people: [] }),
      rule(['owner'], {}),
      rule(['signer'], { departments: ['Release'] }),
      rule(['old'], 'everyone', { until: '2026-01-01', untilInstant: '2026-01-01T23:00:00.000Z' }),
    ];
    expect([...admissionsOfAnybody(rules, now).keys()]).toEqual(['member', 'signer']);
    expect([...namedRoles(rules)]).toEqual(['member', 'editor', 'owner', 'signer', 'old']);
  });
});

describe('the highest role that is allowed', () => {
  it.each([
    { roles: [], says: 'none' },
    { roles: ['member'], says: 'member' },
    { roles: ['member', 'editor'], says: 'editor' },
    { roles: ['release-manager'], says: 'release-manager' },
    { roles: ['release-manager', 'member'], says: 'member, beside release-manager' },
    { roles: ['build-lead', 'editor'], says: 'editor' },
    { roles: ['build-lead', 'member'], says: 'build-lead' },
  ])('of $roles is $says', ({ roles, says }) => {
    expect(describeHighest(admit(roles), { 'build-lead': 'editor' })).toBe(says);
  });

  it('leaves out what is undecided', () => {
    expect(
      allowedRoles(
        new Map([
          ['editor', ['department']],
          ['member', []],
        ]),
        {},
      ),
    ).toEqual(['member']);
  });
});

describe('weighing what is held against what is admitted', () => {
  const vocabulary = { 'build-lead': 'editor' } as const;
  const named = new Set(['release-manager']);
  const weighing = (held: Parameters<typeof effectiveRole>[0], admitted: readonly string[]) =>
    weigh(effectiveRole(held, vocabulary, named), admit(admitted), vocabulary);

  it('refuses an unranked custom role beside another role unless both are admitted', () => {
    const both = { role: 'editor', teams: ['r'], teamRoles: ['release-manager'] };
    expect(weighing(both, ['editor'])).toMatchObject({ outcome: 'refused', roles: ['release-manager'] });
    expect(weighing(both, ['release-manager'])).toMatchObject({ outcome: 'refused', roles: ['editor'] });
    expect(weighing(both, ['editor', 'release-manager'])).toEqual({ outcome: 'admitted' });
  });

  it('does not admit a lower role to somebody who may hold a higher one only', () => {
    expect(weighing({ role: 'member', teams: [], teamRoles: [] }, ['owner'])).toEqual({
      outcome: 'refused',
      roles: ['member'],
      restsOnTeams: true,
    });
  });

  it('refuses in spite of a doubt where nothing higher would be admitted either', () => {
    expect(weighing({ role: 'editor' }, ['member'])).toEqual({
      outcome: 'refused',
      roles: ['editor'],
      restsOnTeams: false,
    });
    expect(weighing({ role: 'editor' }, ['owner'])).toMatchObject({ outcome: 'doubt' });
    expect(weighing({ role: 'member' }, ['build-lead'])).toMatchObject({ outcome: 'doubt' });
    expect(weighing({ role: 'member' }, ['member'])).toMatchObject({ outcome: 'doubt' });
  });
});
