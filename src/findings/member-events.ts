import { foldUsername } from '../config/username.js';
import type { AuditEvent } from './audit-facts.query.js';

export const roleChanged = 'org.member.role.change';
export const memberRemoved = 'org.member.remove';
export const teamJoined = 'org.team.member.add';

/** Docker documents no field of `data`; these are what its events and those of like services are seen to have. */
const memberFields = ['username', 'member', 'member_username', 'user'] as const;
const roleFields = ['new_role', 'to_role', 'role', 'to'] as const;
const teamFields = ['team', 'team_name', 'group'] as const;

/** The username of the member whom an event is about, in lower case; null: it does not say. */
export function memberOf({ data, name }: AuditEvent, organization: string): string | null {
  const said = firstOf(data, memberFields) ?? (name === undefined || name === organization ? null : name);
  return said === null || said.includes('/') ? null : foldUsername(said);
}

/** The role that an event gave to a member: of a change of role the new one, of a new owner `owner`; null: none that it names. */
export function roleGivenBy({ action, data }: AuditEvent): string | null {
  if (action === roleChanged) return firstOf(data, roleFields);
  if (action !== teamJoined) return null;
  return firstOf(data, teamFields)?.toLowerCase() === 'owners' ? 'owner' : null;
}

function firstOf(data: AuditEvent['data'], fields: readonly string[]): string | null {
  for (const field of fields) {
    const value = data[field]?.trim();
    if (value !== undefined && value !== '') return value;
  }
  return null;
}
