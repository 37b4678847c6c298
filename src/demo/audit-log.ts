import { randomUUID } from 'node:crypto';
import type { Answer, HubRequest } from './answers.js';
import { ok, refusal } from './answers.js';
import { positive, slice } from './paging.js';
import { isAnswer, organizationFor } from './rights.js';
import type { HubAuditEvent, HubOrganization } from './world.js';

/** What Docker Hub sends where nobody says how much. It never sends less of a log that has more. */
const usualPage = 25;

/** GET /v2/auditlogs/{org}: newest first, and nothing says how many there are. */
export function listAuditEvents(request: HubRequest, name: string): Answer {
  const organization = organizationFor(request, name, { scope: 'scope-activity-read' });
  if (isAnswer(organization)) return organization;
  const { query } = request;
  const page = positive(query.get('page'), 1);
  const size = positive(query.get('page_size'), usualPage);
  const from = instant(query.get('from'), -Infinity);
  const to = instant(query.get('to'), Infinity);
  if (page === null || size === null || Number.isNaN(from) || Number.isNaN(to)) return refusal(400);
  const events = auditEventsOf(organization).filter((one) => {
    const at = Date.parse(one.timestamp);
    return (
      at >= from &&
      at <= to &&
      one.action === (query.get('action') ?? one.action) &&
      one.name === (query.get('name') ?? one.name) &&
      one.actor === (query.get('actor') ?? one.actor)
    );
  });
  const rows = Math.min(size, Math.max(request.largestPage, usualPage));
  const shown = slice(events, (page - 1) * rows, rows, request.drift && events.length > 0);
  return ok({ logs: shown.map((one) => eventBody(organization, one)) });
}

/** Newest first. */
export function auditEventsOf(organization: HubOrganization): readonly HubAuditEvent[] {
  return organization.auditEvents ?? plainEvents(organization);
}

/** What an organization went through becomes its log now, so that what changes from here on changes nothing of it. */
export function beginAuditLog(organization: HubOrganization): HubAuditEvent[] {
  organization.auditEvents ??= plainEvents(organization);
  return organization.auditEvents;
}

/** Something that happened; the time is the machine's where none is given. */
export type NewAuditEvent = Pick<HubAuditEvent, 'action' | 'name'> & Partial<HubAuditEvent>;

/** Adds an event in its place. Whoever did it is an owner where nobody is named. */
export function logEvent(organization: HubOrganization, event: NewAuditEvent): void {
  const events = beginAuditLog(organization);
  const full: HubAuditEvent = {
    eventId: randomUUID(),
    actor: ownerOf(organization),
    data: {},
    timestamp: new Date().toISOString(),
    description: `${event.action} ${event.name}`,
    ...event,
  };
  const at = Date.parse(full.timestamp);
  const place = events.findIndex((one) => Date.parse(one.timestamp) <= at);
  events.splice(place === -1 ? events.length : place, 0, full);
}

/** How Docker Hub writes that somebody's access token did something. */
export function withToken(username: string, label: string): string {
  return `${username} - access token "${label}"`;
}

/** What an organization that nobody wrote events for must have gone through. */
function plainEvents(organization: HubOrganization): HubAuditEvent[] {
  const actor = ownerOf(organization);
  const { name } = organization;
  const joined = organization.members.slice(0, 20).map((one) => ({
    eventId: `join-${one.id}`,
    action: 'org.member.add',
    name,
    actor,
    data: { username: one.username },
    timestamp: one.dateJoined,
    description: `added ${one.username} to the organization ${name}`,
  }));
  const pushed = organization.repositories.slice(0, 20).flatMap((one) =>
    one.lastUpdated
      ? [
          {
            eventId: `push-${one.name}`,
            action: 'repo.tag.push',
            name: `${name}/${one.name}`,
            actor,
            data: { tag: 'latest' },
            timestamp: one.lastUpdated,
            description: `pushed the tag latest to the repository ${name}/${one.name}`,
          },
        ]
      : [],
  );
  return [...joined, ...pushed].sort((one, other) => Date.parse(other.timestamp) - Date.parse(one.timestamp));
}

/** Whoever stands for the organization where nobody is named. */
export function ownerOf(organization: HubOrganization): string {
  return organization.members.find((one) => one.role === 'Owner')?.username ?? 'dockersupport';
}

function instant(text: string | null, otherwise: number): number {
  return text === null ? otherwise : Date.parse(text);
}

function eventBody(organization: HubOrganization, event: HubAuditEvent): unknown {
  return {
    event_id: event.eventId,
    account: organization.name,
    action: event.action,
    name: event.name,
    actor: event.actor,
    data: event.data,
    timestamp: event.timestamp,
    action_description: event.description,
    ...event.wire,
  };
}
