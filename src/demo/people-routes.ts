import type { Answer, HubRequest } from './answers.js';
import { ok, refusal } from './answers.js';
import type { PageRules } from './paging.js';
import { pageOf, slice } from './paging.js';
import { isAnswer, organizationFor } from './rights.js';
import type { HubInvite, HubMember, HubOrganization, HubTeam } from './world.js';

const rules: PageRules = { size: 25, total: 'count', pastEnd: 'empty' };

/** GET /v2/orgs/{org}/members */
export function listMembers(request: HubRequest, name: string): Answer {
  const organization = organizationFor(request, name, { scope: 'scope-member-read' });
  if (isAnswer(organization)) return organization;
  const { query } = request;
  const type = query.get('type') ?? (query.get('invites') === 'true' ? 'all' : 'member');
  const role = query.get('role');
  if (!['all', 'invitee', 'member'].includes(type)) return refusal(400);
  if (role !== null && !['owner', 'editor', 'member'].includes(role)) return refusal(400);
  const search = (query.get('search') ?? '').toLowerCase();
  let rows = type === 'invitee' ? [] : organization.members;
  if (type !== 'member') rows = [...rows, ...organization.invites.map(asInvitee)];
  if (role !== null) rows = rows.filter((one) => one.role.toLowerCase() === role);
  if (search !== '') {
    rows = rows.filter((one) => `${one.username}\n${one.fullName}\n${one.email}`.toLowerCase().includes(search));
  }
  return pageOf(request, rows, (one) => memberBody(organization, one), rules);
}

/** GET /v2/orgs/{org}/invites: one body, no pages. */
export function listInvites(request: HubRequest, name: string): Answer {
  const organization = organizationFor(request, name, { scope: 'scope-invite-read' });
  if (isAnswer(organization)) return organization;
  const { invites } = organization;
  const rows = slice(invites, 0, invites.length, request.drift);
  return ok({ data: rows.map((one) => inviteBody(organization, one)) });
}

/** GET /v2/orgs/{org}/groups */
export function listTeams(request: HubRequest, name: string): Answer {
  const organization = organizationFor(request, name, { scope: 'scope-group-read' });
  if (isAnswer(organization)) return organization;
  const username = request.query.get('username');
  const search = (request.query.get('search') ?? '').toLowerCase();
  const counts = memberCounts(organization);
  const rows = organization.teams.filter(
    (one) =>
      (search === '' || one.name.toLowerCase().includes(search)) &&
      (username === null || teamMembers(organization, one).some((member) => member.username === username)),
  );
  return pageOf(request, rows, (one) => teamBody(one, counts), rules);
}

/** GET /v2/orgs/{org}/groups/{name} */
export function readTeam(request: HubRequest, name: string, team: string): Answer {
  const organization = organizationFor(request, name, { scope: 'scope-group-read' });
  if (isAnswer(organization)) return organization;
  const found = organization.teams.find((one) => one.name === team);
  return found ? ok(teamBody(found, memberCounts(organization))) : refusal(404);
}

/** GET /v2/orgs/{org}/groups/{name}/members */
export function listTeamMembers(request: HubRequest, name: string, team: string): Answer {
  const organization = organizationFor(request, name, { scope: 'scope-group-read' });
  if (isAnswer(organization)) return organization;
  const found = organization.teams.find((one) => one.name === team);
  if (!found) return refusal(404);
  const search = (request.query.get('search') ?? '').toLowerCase();
  const rows = teamMembers(organization, found).filter((one) =>
    `${one.username}\n${one.fullName}\n${one.email}`.toLowerCase().includes(search),
  );
  return pageOf(request, rows, (one) => ({ ...userBody(one), email: one.email, ...idOnWire(one) }), rules);
}

function teamMembers(organization: HubOrganization, team: HubTeam): readonly HubMember[] {
  const own = team.members && new Set(team.members);
  return organization.members.filter((one) => (own ? own.has(one.username) : one.groups.includes(team.name)));
}

/** Counted once for the whole page: hundreds of teams times thousands of members would be slow. */
function memberCounts(organization: HubOrganization): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const member of organization.members) {
    for (const team of member.groups) counts.set(team, (counts.get(team) ?? 0) + 1);
  }
  for (const team of organization.teams) if (team.members) counts.set(team.name, team.members.length);
  return counts;
}

function teamBody(team: HubTeam, counts: ReadonlyMap<string, number>): unknown {
  return {
    id: team.id,
    uuid: team.uuid,
    name: team.name,
    description: team.description ?? '',
    member_count: counts.get(team.name) ?? 0,
    role: team.role,
    ...team.wire,
  };
}

function userBody(member: HubMember): Record<string, unknown> {
  return {
    id: member.id,
    username: member.username,
    full_name: member.fullName,
    company: member.company ?? '',
    location: member.location ?? '',
    profile_url: '',
    gravatar_email: '',
    gravatar_url: '',
    type: 'User',
    date_joined: member.dateJoined,
  };
}

/** What was bent about the member as such, its id and name, is bent in every listing. */
function idOnWire({ wire = {} }: HubMember): Record<string, unknown> {
  return Object.fromEntries(Object.entries(wire).filter(([name]) => name === 'id' || name === 'username'));
}

function memberBody(organization: HubOrganization, member: HubMember): unknown {
  const domains = organization.verifiedDomains ?? [];
  const domain = member.email.slice(member.email.lastIndexOf('@') + 1).toLowerCase();
  const insights = organization.insights
    ? {
        last_logged_in_at: member.lastLoggedInAt ?? null,
        last_seen_at: member.lastSeenAt ?? null,
        ...(member.lastDesktopVersion ? { last_desktop_version: member.lastDesktopVersion } : {}),
      }
    : {};
  return {
    ...userBody(member),
    email: member.email,
    primary_email: member.email,
    role: member.role,
    groups: member.groups,
    is_guest: domains.length > 0 && !domains.includes(domain),
    ...insights,
    ...member.wire,
  };
}

/** A pending invitation as it stands among the members where these are asked for with invitees. */
function asInvitee(invite: HubInvite): HubMember {
  const isAddress = invite.invitee.includes('@');
  return {
    id: invite.id.replaceAll('-', ''),
    username: isAddress ? '' : invite.invitee,
    fullName: '',
    email: isAddress ? invite.invitee : '',
    role: 'Invitee',
    groups: invite.team === '' ? [] : [invite.team],
    dateJoined: invite.createdAt,
  };
}

function inviteBody(organization: HubOrganization, invite: HubInvite): unknown {
  return {
    id: invite.id,
    inviter_username: invite.inviter,
    invitee: invite.invitee,
    org: organization.name,
    team: invite.team,
    ...(invite.role === undefined ? {} : { role: invite.role }),
    created_at: invite.createdAt,
    ...invite.wire,
  };
}
