import type { InviteData, MemberData, Row, TeamData, TeamMemberData } from '../reading.js';
import type { Envelope } from './envelope.js';
import { linkedPage, wholeList } from './envelope.js';
import type { JsonObject } from './fields.js';
import { countOrNull, flagOrNull, numberKey, row, text, textKey, textOrNull, textsOrNull } from './fields.js';

export function members(body: unknown): Envelope | undefined {
  return linkedPage(body, member);
}

/** A pending invitation can stand among the members. A custom role can have the same name, so it is not dropped here. */
function isInvitee(item: JsonObject): boolean {
  return ['role', 'type'].some((name) => text(item, name)?.toLowerCase() === 'invitee');
}

function member(item: JsonObject): Row {
  return row(textKey(item, 'id'), {
    username: text(item, 'username'),
    fullName: textOrNull(item, 'full_name'),
    email: textOrNull(item, 'email'),
    role: textOrNull(item, 'role'),
    groups: textsOrNull(item, 'groups'),
    invitee: isInvitee(item) || undefined,
    isGuest: flagOrNull(item, 'is_guest'),
    dateJoined: textOrNull(item, 'date_joined'),
    lastSeenAt: textOrNull(item, 'last_seen_at'),
    lastLoggedInAt: textOrNull(item, 'last_logged_in_at'),
  } satisfies MemberData);
}

export function invites(body: unknown): Envelope | undefined {
  return wholeList(body, (item) =>
    row(textKey(item, 'id'), {
      invitee: text(item, 'invitee'),
      inviter: textOrNull(item, 'inviter_username'),
      team: textOrNull(item, 'team'),
      role: textOrNull(item, 'role'),
      createdAt: textOrNull(item, 'created_at'),
    } satisfies InviteData),
  );
}

export function teams(body: unknown): Envelope | undefined {
  return linkedPage(body, (item) =>
    row(numberKey(item, 'id'), {
      name: text(item, 'name'),
      memberCount: countOrNull(item, 'member_count'),
      role: textOrNull(item, 'role'),
    } satisfies TeamData),
  );
}

export function teamMembers(body: unknown): Envelope | undefined {
  return linkedPage(body, (item) =>
    row(textKey(item, 'id'), { username: text(item, 'username') } satisfies TeamMemberData),
  );
}
