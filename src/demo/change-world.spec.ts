import { describe, expect, it } from 'vitest';
import { auditEventsOf } from './audit-log.js';
import { hubInvite, hubMember, hubOrganization, hubRepository, hubScimUser, hubTeam, hubToken } from './build-world.js';
import type { WorldChange } from './change-world.js';
import { changeWorld, isWorldChange } from './change-world.js';
import type { HubOrganization } from './world.js';

const organization = 'acme';

function acme(): HubOrganization {
  return hubOrganization(organization, {
    teams: [hubTeam('acme', 'owners'), hubTeam('acme', 'dev'), hubTeam('acme', 'odd', { members: ['bea', 'cem'] })],
    members: [hubMember('ada', { role: 'Owner' }), hubMember('bea', { groups: ['dev'] })],
    invites: [hubInvite('dora@acme.example')],
    tokens: [hubToken('acme', 'ci', [])],
    scim: { token: 'x', users: [hubScimUser('bea@acme.example', 'bea')] },
  });
}

const bea = (world: HubOrganization) => world.members.find((one) => one.username === 'bea');

describe('changeWorld', () => {
  it.each<[WorldChange, object]>([
    [
      { op: 'remove member', organization, username: 'bea' },
      { action: 'org.member.remove', name: 'acme', actor: 'ada', data: { username: 'bea' } },
    ],
    [
      { op: 'change role', organization, username: 'bea', role: 'owner', by: 'cem', at: '2026-11-21T12:00:00Z' },
      {
        action: 'org.member.role.change',
        actor: 'cem',
        data: { username: 'bea', old_role: 'member', new_role: 'owner' },
        timestamp: '2026-11-21T12:00:00Z',
      },
    ],
    [
      { op: 'join team', organization, username: 'bea', team: 'dev' },
      { action: 'org.team.member.add', name: 'bea', data: { team: 'dev' } },
    ],
    [
      { op: 'push', organization, repository: 'api', by: 'bea', token: 'laptop', tag: 'v2' },
      { action: 'repo.tag.push', name: 'acme/api', actor: 'bea - access token "laptop"' },
    ],
    [
      { op: 'change privacy', organization, repository: 'api', isPrivate: false },
      { action: 'repo.change_privacy', name: 'acme/api', data: { privacy: 'public' } },
    ],
    [
      { op: 'set token active', organization, label: 'ci', active: false },
      { action: 'org.access_token.update', data: { label: 'ci' } },
    ],
    [
      { op: 'log', organization, event: { action: 'org.registry_access.disabled', name: 'acme' } },
      { action: 'org.registry_access.disabled', actor: 'ada' },
    ],
  ])('writes %j into the audit log, and leaves what stood there', (change, event) => {
    const world = acme();
    world.repositories = [hubRepository('api')];
    const before = [...auditEventsOf(world)];
    expect(changeWorld({ organizations: [world] }, change)).toBeNull();
    const after = auditEventsOf(world);
    expect(after).toHaveLength(before.length + 1);
    expect(after.filter((one) => !before.some(({ eventId }) => eventId === one.eventId))).toEqual([
      expect.objectContaining(event),
    ]);
    expect(after.map((one) => one.timestamp)).toEqual(
      after
        .map((one) => one.timestamp)
        .toSorted()
        .toReversed(),
    );
  });

  it.each<[WorldChange, (world: HubOrganization) => unknown, unknown]>([
    [
      { op: 'remove member', organization, username: 'bea' },
      (world) => [world.members.map((one) => one.username), world.teams[2]?.members],
      [['ada'], ['cem']],
    ],
    [
      { op: 'add member', organization, member: hubMember('eve') },
      (world) => world.members.map((one) => one.username),
      ['ada', 'bea', 'eve'],
    ],
    [
      { op: 'change role', organization, username: 'bea', role: 'owner' },
      (world) => [bea(world)?.role, bea(world)?.groups],
      ['Owner', ['dev', 'owners']],
    ],
    [
      { op: 'change role', organization, username: 'ada', role: 'registry-auditor' },
      (world) => [world.members[0]?.role, world.members[0]?.groups],
      ['registry-auditor', []],
    ],
    [
      { op: 'join team', organization, username: 'ada', team: 'dev' },
      (world) => world.members[0]?.groups,
      ['owners', 'dev'],
    ],
    [{ op: 'leave team', organization, username: 'bea', team: 'dev' }, (world) => bea(world)?.groups, []],
    [
      { op: 'add invite', organization, invite: { invitee: 'finn', team: 'dev' } },
      (world) => world.invites[1],
      expect.objectContaining({ invitee: 'finn', team: 'dev', inviter: 'ada' }),
    ],
    [{ op: 'remove invite', organization, invitee: 'dora@acme.example' }, (world) => world.invites, []],
    [
      { op: 'set scim active', organization, userName: 'bea@acme.example', active: false },
      (world) => world.scim?.users[0]?.active,
      false,
    ],
    [{ op: 'set token active', organization, label: 'ci', active: false }, (world) => world.tokens[0]?.isActive, false],
  ])('does %j', (change, seen, expected) => {
    const world = acme();
    expect(changeWorld({ organizations: [world] }, change)).toBeNull();
    expect(seen(world)).toEqual(expected);
  });

  it.each<[WorldChange, string]>([
    [{ op: 'remove member', organization: 'none', username: 'bea' }, 'there is no organization "none"'],
    [{ op: 'remove member', organization, username: 'zoe' }, 'there is no member "zoe"'],
    [{ op: 'change role', organization, username: 'zoe', role: 'member' }, 'there is no member "zoe"'],
    [{ op: 'add member', organization, member: hubMember('bea') }, 'the member is there already'],
    [{ op: 'join team', organization, username: 'zoe', team: 'dev' }, 'there is no member "zoe"'],
    [{ op: 'join team', organization, username: 'bea', team: 'none' }, 'there is no team "none"'],
    [{ op: 'remove invite', organization, invitee: 'zoe' }, '"zoe" is not invited'],
    [{ op: 'set scim active', organization, userName: 'zoe', active: true }, 'SCIM has no user "zoe"'],
    [{ op: 'set token active', organization, label: 'zoe', active: true }, 'there is no token "zoe"'],
  ])('says why it cannot do %j', (change, sentence) => {
    const world = acme();
    expect(changeWorld({ organizations: [world] }, change)).toBe(sentence);
    expect(world).toEqual(acme());
  });

  it('refuses what it does not know', () => {
    const change: unknown = { op: 'dance', organization };
    if (!isWorldChange(change)) throw new Error('it has the form of a change');
    expect(changeWorld({ organizations: [acme()] }, change)).toBe('there is no such operation');
    expect(isWorldChange({ op: 'dance' })).toBe(false);
  });
});
