import { createHash } from 'node:crypto';
import type { AuditEventData, Row } from '../reading.js';
import type { Envelope } from './envelope.js';
import { decodeAll } from './envelope.js';
import type { JsonObject } from './fields.js';
import { objectOf, row, text, textKey, textOrNull } from './fields.js';

/** Only that the log can be read. */
export function auditLogProbe(body: unknown): Envelope | undefined {
  return auditLog(body) && { rows: [], received: 0, reported: null, next: null };
}

/** A page of events. Nothing in it tells how many there are, or whether there is another page. */
export function auditLog(body: unknown): Envelope | undefined {
  const events = objectOf(body)?.['logs'];
  if (!Array.isArray(events)) return undefined;
  return { rows: decodeAll(events, auditEvent), received: events.length, reported: null, next: null };
}

/**
 * An event without a time or an action cannot be placed, so it has no key. One without an id goes by what it says: the same
 * said twice is the same event.
 */
function auditEvent(item: JsonObject): Row {
  const at = instant(text(item, 'timestamp'));
  const action = textKey(item, 'action');
  if (at === undefined || action === undefined || action.length > longest) return row(undefined, {});
  const said = short(textOrNull(item, 'actor'));
  const data = {
    at,
    action: withGroup(action),
    actor: said ? actorOf(said) : said,
    token: said ? tokenOf(said) : undefined,
    name: short(textOrNull(item, 'name')),
    details: details(item, action),
  } satisfies { [Name in keyof AuditEventData]: AuditEventData[Name] | undefined };
  return row(short(textKey(item, 'event_id')) ?? hashOf(item), data);
}

/**
 * The list of actions has their names without a group, the log has them with it; where it should not, the group is the one of
 * the list.
 */
function withGroup(action: string): string {
  const group = groups.get(action.slice(0, action.indexOf('.') === -1 ? undefined : action.indexOf('.')));
  return group === undefined ? action : `${group}.${action}`;
}

const groups: ReadonlyMap<string, string> = new Map(
  Object.entries({
    org: ['member', 'team', 'domain', 'settings', 'registry_access', 'access_token', 'customrole'],
    repo: ['change_privacy', 'category', 'immutable', 'tag'],
    enterprise: ['setting', 'sso'],
    oidc: ['connection'],
    billing: ['plan'],
    offload: ['lease'],
  }).flatMap(([group, names]) => names.map((name) => [name, group] as const)),
);

function instant(said: string | undefined): string | undefined {
  // Without a zone it would be a time of this machine's zone, and a year like 0000 is none that a database takes.
  if (said === undefined || !/^20\d\d-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:\d\d)$/.test(said)) return undefined;
  const at = Date.parse(said);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** `jdoe - access token "ci"` is how Docker Hub writes that jdoe's token `ci` did it. */
const byToken = /^(.*?) - access token "(.*)"$/s;

function actorOf(said: string): string {
  return byToken.exec(said)?.[1] ?? said;
}

function tokenOf(said: string): string | undefined {
  return byToken.exec(said)?.[2];
}

/** Names of entries that rules ask for: who it was done to, what it became. Everything else is nobody's business here. */
const wanted =
  /^(tag|digest|access_token_(id|label|type)|(user|member)_?(name|username)?|(team|group)(_?name)?|from|to|(old|new|previous|from|to)?_?(role|privacy|visibility|permission|value)|is_private|private|public|enabled|disabled|enforced|domain|setting|restricted_images[\w.]*|label|repository)$/i;

/** Longer texts are no names of anything, and no index of a database takes them. */
const longest = 300;

function short<Said extends string | null | undefined>(said: Said): Said | undefined {
  return typeof said === 'string' && said.length > longest ? undefined : said;
}

/** Actions whose entries are documented nowhere: there the sentence is kept too, for what it may say of the new value. */
const told = /\.(role\.change|change_privacy|settings\.update)$|toggle$/;

/** Addresses of people are left out wherever they stand. */
function details(item: JsonObject, action: string): Record<string, string> | undefined {
  const data = objectOf(item['data']);
  const sentence = told.test(action) ? text(item, 'action_description') : undefined;
  if (data === undefined && sentence === undefined) return undefined;
  const entries = Object.keys(data ?? {}).flatMap((name) => {
    const value = wanted.test(name) && data ? text(data, name) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  if (sentence !== undefined) entries.push(['description', sentence]);
  return Object.fromEntries(entries.filter(([, value]) => short(value) !== undefined && !value.includes('@')));
}

/** Over everything but the sentence, which Docker Hub may word otherwise tomorrow. */
function hashOf(item: JsonObject): string {
  const said = Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'action_description'));
  return `sha256:${createHash('sha256').update(inOrder(said)).digest('hex')}`;
}

function inOrder(value: unknown): string {
  return JSON.stringify(value, (_name, item: unknown) => {
    const record = objectOf(item);
    return record
      ? Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)))
      : item;
  });
}
