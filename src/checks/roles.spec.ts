import { describe, expect, it } from 'vitest';
import type { RoleVocabulary } from './facts.js';
import { describeDoubt, describeHeld, effectiveRole, equalsCore, type RolesHeld } from './roles.js';

const vocabulary: RoleVocabulary = { 'registry-auditor': 'member', 'build-lead': 'editor', root: 'owner' };

interface Row {
  readonly held: RolesHeld;
  /** Custom roles that the rules name. */
  readonly named?: readonly string[];
  readonly roles: readonly string[];
  readonly doubt?: string;
}

/** Nothing but the member's own role. */
function own(role: string | null | undefined): RolesHeld {
  return { role, teams: [], teamRoles: [] };
}

describe('the effective role', () => {
  it.each<Row>([
    // Core roles, as Docker Hub spells them.
    { held: own('Member'), roles: ['member'] },
    { held: own('Editor'), roles: ['editor'] },
    { held: own(' OWNER '), roles: ['owner'] },
    { held: { role: 'Member', teams: null, teamRoles: null }, roles: ['member'] },

    // The highest of own role, team roles and the team owners.
    { held: { role: 'Member', teams: ['dev'], teamRoles: ['editor'] }, roles: ['editor'] },
    { held: { role: 'Editor', teams: ['dev'], teamRoles: ['Member'] }, roles: ['editor'] },
    { held: { role: 'Member', teams: ['Owners'], teamRoles: [] }, roles: ['owner'] },
    { held: { role: 'Editor', teams: ['dev'], teamRoles: ['member', 'owner'] }, roles: ['owner'] },
    { held: { role: null, teams: ['dev'], teamRoles: ['editor'] }, roles: ['editor'] },
    { held: { role: 'Member', teams: ['co-owners'], teamRoles: [] }, roles: ['member'] },
    { held: { role: 'Member', teams: ['dev'], teamRoles: ['', 'member'] }, roles: ['member'] },

    // A custom role that the vocabulary ranks and no rule names is its core role.
    { held: own('Registry-Auditor'), roles: ['member'] },
    { held: own('root'), roles: ['owner'] },
    { held: { role: 'registry-auditor', teams: ['dev'], teamRoles: ['build-lead'] }, roles: ['editor'] },

    // One that a rule names counts as itself, with its rank where it has one.
    { held: own('registry-auditor'), named: ['registry-auditor'], roles: ['registry-auditor'] },
    { held: own('release-manager'), named: ['release-manager'], roles: ['release-manager'] },
    {
      held: { role: 'registry-auditor', teams: ['dev'], teamRoles: ['editor'] },
      named: ['registry-auditor'],
      roles: ['editor'],
    },
    {
      held: { role: 'build-lead', teams: ['dev'], teamRoles: ['member'] },
      named: ['build-lead'],
      roles: ['build-lead'],
    },
    { held: { role: 'build-lead', teams: ['owners'], teamRoles: [] }, named: ['build-lead'], roles: ['owner'] },

    // Two of the same height are both held: a rule that lists one does not list the other.
    {
      held: { role: 'member', teams: ['audit'], teamRoles: ['registry-auditor'] },
      named: ['registry-auditor'],
      roles: ['member', 'registry-auditor'],
    },
    {
      held: { role: 'editor', teams: ['build'], teamRoles: ['build-lead'] },
      named: ['build-lead', 'editor'],
      roles: ['editor', 'build-lead'],
    },
    // Not named, the custom role is the core role, and there is only one.
    { held: { role: 'editor', teams: ['build'], teamRoles: ['build-lead'] }, roles: ['editor'] },

    // One that nobody ranked cannot be compared with anything.
    {
      held: { role: 'member', teams: ['release'], teamRoles: ['release-manager'] },
      named: ['release-manager'],
      roles: ['member', 'release-manager'],
    },
    {
      held: { role: 'release-manager', teams: ['owners'], teamRoles: ['editor'] },
      named: ['release-manager'],
      roles: ['release-manager', 'owner'],
    },
    {
      held: { role: 'release-manager', teams: ['x'], teamRoles: ['signer'] },
      named: ['release-manager', 'signer'],
      roles: ['release-manager', 'signer'],
    },

    // Neither named nor ranked: unknown, whatever else is held.
    { held: own('wizard'), roles: [], doubt: 'ROLE_UNKNOWN wizard' },
    { held: own('Invitee'), roles: [], doubt: 'ROLE_UNKNOWN invitee' },
    {
      held: { role: 'editor', teams: ['x'], teamRoles: ['Wizard'] },
      roles: ['editor'],
      doubt: 'ROLE_UNKNOWN wizard',
    },
    {
      held: { role: 'wizard', teams: ['owners'], teamRoles: [] },
      roles: ['owner'],
      doubt: 'ROLE_UNKNOWN wizard',
    },
    // A custom role may be called like a property that every object has.
    { held: own('constructor'), roles: [], doubt: 'ROLE_UNKNOWN constructor' },
    { held: own('__proto__'), roles: [], doubt: 'ROLE_UNKNOWN __proto__' },

    // What was not said leaves a doubt.
    { held: {}, roles: [], doubt: 'FIELD_NOT_EXPOSED the role,the teams,the roles of the teams' },
    { held: { teams: [], teamRoles: [] }, roles: [], doubt: 'FIELD_NOT_EXPOSED the role' },
    { held: own(''), roles: [], doubt: 'FIELD_NOT_EXPOSED the role' },
    { held: own(null), roles: [], doubt: 'FIELD_NOT_EXPOSED any role' },
    { held: { role: 'member', teamRoles: [] }, roles: ['member'], doubt: 'FIELD_NOT_EXPOSED the teams' },
    { held: { role: 'member', teams: ['x'] }, roles: ['member'], doubt: 'FIELD_NOT_EXPOSED the roles of the teams' },
    { held: { teams: ['x'], teamRoles: ['editor'] }, roles: ['editor'], doubt: 'FIELD_NOT_EXPOSED the role' },
    // Nothing outranks an owner, but a custom role could stand beside.
    { held: { role: 'owner', teamRoles: [] }, roles: ['owner'] },
    { held: { role: 'owner', teams: [] }, roles: ['owner'], doubt: 'FIELD_NOT_EXPOSED the roles of the teams' },
    { held: { teams: ['owners'], teamRoles: [] }, roles: ['owner'], doubt: 'FIELD_NOT_EXPOSED the role' },
  ])('of $held with rules naming $named is $roles, doubt $doubt', ({ held, named = [], roles, doubt }) => {
    const effective = effectiveRole(held, vocabulary, new Set(named));
    expect(effective.roles.map(({ name }) => name)).toEqual(roles);
    const said = effective.doubt;
    const detail = said?.reason === 'ROLE_UNKNOWN' ? said.roles : said?.fields;
    expect(said === null ? undefined : `${said.reason} ${String(detail)}`).toBe(doubt);
  });

  it('says where a role comes from', () => {
    const held = { role: 'registry-auditor', teams: ['owners', 'release'], teamRoles: ['release-manager'] };
    expect(describeHeld(effectiveRole(held, vocabulary, new Set(['release-manager'])))).toBe(
      'owner (as a member of the team owners) and release-manager (through a team)',
    );
    expect(describeHeld(effectiveRole(own('registry-auditor'), vocabulary, new Set()))).toBe(
      'member (its custom role registry-auditor counts as that)',
    );
  });

  it('says what keeps it from being known', () => {
    expect(describeDoubt({ reason: 'ROLE_UNKNOWN', roles: ['wizard'] })).toContain('wizard');
    expect(describeDoubt({ reason: 'FIELD_NOT_EXPOSED', fields: ['the role', 'the teams'] })).toBe(
      'Docker Hub did not say the role and the teams',
    );
  });
});

describe('the core role that a role equals', () => {
  it('is itself even where the vocabulary says otherwise', () => {
    expect(equalsCore('owner', { owner: 'member' })).toBe('owner');
  });

  it('is what the vocabulary says of a custom role, and nothing of any other', () => {
    expect(equalsCore('build-lead', vocabulary)).toBe('editor');
    expect(equalsCore('wizard', vocabulary)).toBeNull();
    expect(equalsCore('toString'.toLowerCase(), vocabulary)).toBeNull();
  });
});
