import { randomUUID } from 'node:crypto';
import { auditEventsOf, logEvent, ownerOf, withToken, type NewAuditEvent } from './audit-log.js';
import { hexId } from './build-world.js';
import type { HubInvite, HubMember, HubWorld } from './world.js';

/**
 * What happens to a company between two nights, as one JSON object. Whatever Docker Hub writes into its audit log stands there
 * afterwards: done `at` that instant, or at the machine's time, `by` that user, or by an owner.
 */
export type WorldChange = { organization: string; at?: string; by?: string } & (
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
  /** `token`: the label of the access token that it was done with. */
  | { op: 'push'; repository: string; tag?: string; token?: string }
  | { op: 'change privacy'; repository: string; isPrivate: boolean }
  /** Something that changes nothing that is listed. */
  | { op: 'log'; event: NewAuditEvent }
);

/** Changes the world, or says in a sentence why it could not, and then nothing has changed. */
export function changeWorld(world: HubWorld, change: WorldChange): string | null {
  const organization = world.organizations.find((one) => one.name === change.organization);
  if (!organization) return `there is no organization "${change.organization}"`;
  // What the log tells of the time before this must not change with it.
  const before = [...auditEventsOf(organization)];
  const log = (event: NewAuditEvent): null => {
    const { at, by } = change;
    organization.auditEvents ??= before;
    logEvent(organization, { ...(at && { timestamp: at }), ...(by && { actor: by }), ...event });
    return null;
  };
  switch (change.op) {
    case 'remove member': {
      if (!organization.members.some((one) => one.username === change.username)) return noMember(change.username);
      organization.members = organization.members.filter((one) => one.username !== change.username);
      for (const team of organization.teams) {
        if (team.members) team.members = team.members.filter((one) => one !== change.username);
      }
      return log({ action: 'org.member.remove', name: organization.name, data: { username: change.username } });
    }
    case 'add member':
      if (organization.members.some((one) => one.id === change.member.id)) return 'the member is there already';
      organization.members.push(change.member);
      return log({ action: 'org.member.add', name: organization.name, data: { username: change.member.username } });
    case 'change role': {
      const member = organization.members.find((one) => one.username === change.username);
      if (!member) return noMember(change.username);
      const roleBefore = member.role;
      const core = ['Owner', 'Editor', 'Member'].find((one) => one.toLowerCase() === change.role.toLowerCase());
      member.role = core ?? change.role;
      member.groups = member.groups.filter((one) => one !== 'owners');
      if (member.role === 'Owner') member.groups.push('owners');
      return log({
        action: 'org.member.role.change',
        name: organization.name,
        data: { username: change.username, old_role: roleBefore.toLowerCase(), new_role: member.role.toLowerCase() },
      });
    }
    case 'join team':
    case 'leave team': {
      const member = organization.members.find((one) => one.username === change.username);
      if (!member) return noMember(change.username);
      if (!organization.teams.some((one) => one.name === change.team)) return `there is no team "${change.team}"`;
      member.groups = member.groups.filter((one) => one !== change.team);
      if (change.op === 'join team') member.groups.push(change.team);
      return log({
        action: change.op === 'join team' ? 'org.team.member.add' : 'org.team.member.remove',
        name: change.username,
        data: { team: change.team },
      });
    }
    case 'add invite':
      organization.invites.push({
        id: randomUUID(),
        inviter: organization.members.find((one) => one.role === 'Owner')?.username ?? '',
        team: '',
        createdAt: change.at ?? new Date().toISOString(),
        ...change.invite,
      });
      return log({
        action: 'org.member.invite.send',
        name: organization.name,
        data: { invitee: change.invite.invitee, team: change.invite.team ?? '' },
      });
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
      return log({ action: 'org.access_token.update', name: organization.name, data: { label: change.label } });
    }
    case 'push': {
      const repository = organization.repositories.find((one) => one.name === change.repository);
      if (!repository) return noRepository(change.repository);
      const { token, tag = 'latest' } = change;
      const by = change.by ?? ownerOf(organization);
      repository.lastUpdated = change.at ?? new Date().toISOString();
      return log({
        action: 'repo.tag.push',
        name: `${organization.name}/${repository.name}`,
        actor: token === undefined ? by : withToken(by, token),
        data: {
          tag,
          digest: `sha256:${hexId(`${repository.name}:${tag}`)}`,
          ...(token && { access_token_label: token }),
        },
      });
    }
    case 'change privacy': {
      const repository = organization.repositories.find((one) => one.name === change.repository);
      if (!repository) return noRepository(change.repository);
      repository.isPrivate = change.isPrivate;
      return log({
        action: 'repo.change_privacy',
        name: `${organization.name}/${repository.name}`,
        data: { privacy: change.isPrivate ? 'private' : 'public' },
      });
    }
    case 'log':
      return log(change.event);
    default:
      return 'there is no such operation';
  }
}

function noRepository(name: string): string {
  return `there is no repository "${name}"`;
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
