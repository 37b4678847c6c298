import { randomUUID } from 'node:crypto';
import type { HubInvite, HubMember, HubWorld } from './world.js';

/** What happens to a company between two nights, as one JSON object. */
export type WorldChange = { organization: string } & (
  | { op: 'remove member'; username: string }
  | { op: 'add member'; member: HubMember }
  /** A core role in any case, or a custom role. `Owner` joins and leaves the team `owners` with it. */
  | { op: 'change role'; username: string; role: string }
  | { op: 'join team'; username: string; team: string }
  | { op: 'leave team'; username: string; team: string }
  | { op: 'add invite'; invite: Partial<HubInvite> & { invitee: string } }
  | { op: 'remove invite'; invitee: string }
  | { op: 'set scim active'; userName: string; active: boolean }
  | { op: 'set token active'; label: string; active: boolean }
);

/** Changes the world, or says in a sentence why it could not, and then nothing has changed. */
export function changeWorld(world: HubWorld, change: WorldChange): string | null {
  const organization = world.organizations.find((one) => one.name === change.organization);
  if (!organization) return `there is no organization "${change.organization}"`;
  switch (change.op) {
    case 'remove member': {
      if (!organization.members.some((one) => one.username === change.username)) return noMember(change.username);
      organization.members = organization.members.filter((one) => one.username !== change.username);
      for (const team of organization.teams) {
        if (team.members) team.members = team.members.filter((one) => one !== change.username);
      }
      return null;
    }
    case 'add member':
      if (organization.members.some((one) => one.id === change.member.id)) return 'the member is there already';
      organization.members.push(change.member);
      return null;
    case 'change role': {
      const member = organization.members.find((one) => one.username === change.username);
      if (!member) return noMember(change.username);
      const core = ['Owner', 'Editor', 'Member'].find((one) => one.toLowerCase() === change.role.toLowerCase());
      member.role = core ?? change.role;
      member.groups = member.groups.filter((one) => one !== 'owners');
      if (member.role === 'Owner') member.groups.push('owners');
      return null;
    }
    case 'join team':
    case 'leave team': {
      const member = organization.members.find((one) => one.username === change.username);
      if (!member) return noMember(change.username);
      if (!organization.teams.some((one) => one.name === change.team)) return `there is no team "${change.team}"`;
      member.groups = member.groups.filter((one) => one !== change.team);
      if (change.op === 'join team') member.groups.push(change.team);
      return null;
    }
    case 'add invite':
      organization.invites.push({
        id: randomUUID(),
        inviter: organization.members.find((one) => one.role === 'Owner')?.username ?? '',
        team: '',
        createdAt: new Date().toISOString(),
        ...change.invite,
      });
      return null;
    case 'remove invite': {
      const left = organization.invites.filter((one) => one.invitee !== change.invitee);
      if (left.length === organization.invites.length) return `"${change.invitee}" is not invited`;
      organization.invites = left;
      return null;
    }
    case 'set scim active': {
      const user = organization.scim?.users.find((one) => one.userName === change.userName);
      if (!user) return `SCIM has no user "${change.userName}"`;
      user.active = change.active;
      return null;
    }
    case 'set token active': {
      const token = organization.tokens.find((one) => one.label === change.label);
      if (!token) return `there is no token "${change.label}"`;
      token.isActive = change.active;
      return null;
    }
    default:
      return 'there is no such operation';
  }
}

function noMember(username: string): string {
  return `there is no member "${username}"`;
}

/** Enough to tell a change from anything else; its own fields are the sender's business. */
export function isWorldChange(value: unknown): value is WorldChange {
  return (
    typeof value === 'object' &&
    value !== null &&
    'op' in value &&
    typeof value.op === 'string' &&
    'organization' in value &&
    typeof value.organization === 'string'
  );
}
