import { ValidateBy } from 'class-validator';
import { approvalFacts, approvalOfChange } from '../approvals.js';
import type { AdminEvent, BurstFacts } from '../audit-facts.js';
import { gapMeaning, uncovered } from '../audit-gap.js';
import type { Approval, Given, Instant } from '../check.js';
import { folded, minuteOf } from '../compare.js';
import { hipaa, iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { OrganizationFacts, RoleVocabulary } from '../facts.js';
import { equalsCore } from '../roles.js';
import { DurationText, millisecondsOf, Names, WholeNumber } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { capitalized, counted } from '../wording.js';
import { HoursOfDay, isAtWork, TimeZone } from '../working-hours.js';

const adminEventClasses = ['owner', 'single-sign-on', 'restrictions', 'tokens', 'bulk'] as const;
type AdminEventClass = (typeof adminEventClasses)[number];

/** Part of these class names, and nothing else. */
function Classes(): PropertyDecorator {
  const isClass = (value: unknown): boolean => adminEventClasses.some((one) => one === value);
  return ValidateBy(
    { name: 'classes', validator: { validate: (value: unknown) => Array.isArray(value) && value.every(isClass) } },
    { message: `expected a list of some of ${adminEventClasses.join(', ')}` },
  );
}

export class AdminEventsPolicy {
  @Classes()
  classes: readonly AdminEventClass[] = adminEventClasses;

  @DurationText()
  window = '7d';

  @WholeNumber({ least: 2, most: 10_000 })
  bulk = 10;

  @Names('a list of usernames and of labels of access tokens, such as [acme-ci, cleanup]')
  routine: readonly string[] = [];

  @HoursOfDay()
  workingHours = '07:00-19:00';

  @TimeZone()
  timeZone = 'UTC';
}

/** Which class an action belongs to. What it gave, and when, decides whether it counts. */
const classOf: Readonly<Record<string, AdminEventClass>> = {
  'org.member.role.change': 'owner',
  'org.team.member.add': 'owner',
  'org.domain.delete': 'single-sign-on',
  'enterprise.sso.connection.delete': 'single-sign-on',
  'enterprise.sso.connection.enforcement_toggle': 'single-sign-on',
  'org.registry_access.disabled': 'restrictions',
  'org.settings.update': 'restrictions',
  'org.access_token.create': 'tokens',
};
export const adminActions: readonly string[] = Object.keys(classOf);

/** What is counted by the hour. */
export const bulkActions: readonly string[] = ['org.member.remove', 'repo.tag.delete'];

export const suspiciousAdminEvents: DocumentedCheck<OrganizationFacts, AdminEventsPolicy> = {
  id: 'suspicious-admin-events',
  title: 'Whatever administrators did that could open the organization was approved',
  subjects: ['organization'],
  population: ['members'],
  needs: ['audit_log', 'members'],
  severity: 'high',
  sla: '24h',
  why: 'Whoever takes over an account of an owner first makes another owner, a token, or a hole in the rules.',
  remedy:
    'Ask who did it and why. What was right, two people approve with an exception of this check that names the event; what was not, undo, and look for what else was done.',
  controls: [
    ...soc2('CC7.2'),
    ...iso27001('A.8.15', 'A.8.16'),
    ...pci('10.2.1.2', '10.4.1'),
    ...hipaa('164.308(a)(1)(ii)(D)'),
    ...nist('AU-6', 'SI-4'),
  ],
  policy: AdminEventsPolicy,
  settings: {
    classes:
      'which events count: `owner` (somebody became an owner), `single-sign-on` (a domain or connection removed, enforcement switched), `restrictions` (registry or image access restrictions lifted), `tokens` (an organization access token made outside working hours), `bulk` (many members removed or tags deleted within an hour)',
    window:
      'how long an event fails that nobody approved: a week, so that whoever was away over a long weekend still finds it; the finding stays on record',
    bulk: 'how many members or tags have to go within one hour',
    routine:
      'usernames, and labels of access tokens, that make tokens at any hour and whose removals are not counted: automation and whoever answers for it',
    workingHours: 'when tokens are usually made, from Monday to Friday',
    timeZone: 'in which `workingHours` are meant',
  },
  reasons: {
    pass: {
      NOTHING_SUSPICIOUS: 'no such event within `window`',
      CHANGE_APPROVED:
        'each such event was approved before or within 72 hours by an exception of this check whose reason names the id of the event, or its action and the member or object that it was about (`bulk` for many at once)',
    },
    fail: { UNAPPROVED_EVENTS: 'at least one such event, and nobody approved it' },
    unknown: {
      ...gapMeaning,
      FIELD_NOT_EXPOSED:
        'Docker Hub did not say which role somebody was given or whether a restriction was lifted, or nobody looked into the archive',
      ROLE_UNKNOWN: 'somebody was given a custom role that `roles` does not rank',
    },
  },
  judge(facts, given) {
    const { organization, adminEvents, auditArchive, vocabulary } = facts;
    if (adminEvents === undefined || auditArchive === undefined) {
      return unknown('FIELD_NOT_EXPOSED', `Nobody looked into the archive of the audit log of ${organization}.`);
    }
    const { policy, now } = given;
    const sinceMs = Date.parse(now) - millisecondsOf(policy.window);
    const inTime = ({ at }: { readonly at: Instant }): boolean => Date.parse(at) >= sinceMs && at <= now;
    const hits = [
      ...adminEvents.events.flatMap((event) => {
        const one = sorted(event, policy, vocabulary);
        return one.kind === 'hit' ? [one.hit] : [];
      }),
      ...(policy.classes.includes('bulk') ? adminEvents.bursts.map(burstHit) : []),
    ];
    const judged = hits.flatMap((hit, place) => {
      if (!inTime(hit)) return [];
      // Also what is older than the window has used up its approval.
      const earlier = hits
        .slice(0, place)
        .findLast(({ action, about }) => action === hit.action && about === hit.about);
      return [{ hit, approval: approvalOf(hit, given.approvals, earlier?.at ?? null) }];
    });
    const open = judged.filter(({ approval }) => approval === null).map(({ hit }) => hit);
    const [first] = open;
    if (first !== undefined) {
      const more = open.length === 1 ? '' : ` There are ${counted(open.length - 1, 'more such event')}.`;
      return fail(
        'UNAPPROVED_EVENTS',
        // A username begins a sentence as it is written.
        `${first.actor === null ? capitalized(first.sentence) : first.sentence} at ${minuteOf(first.at)}, and nobody approved it.${more}`,
        {
          count: open.length,
          events: open
            .slice(0, mostShown)
            .map(({ id, at, action, about, actor }) => ({ id, at, action, about, actor })),
        },
        { dueFrom: first.at },
      );
    }
    const doubt = adminEvents.events
      .filter(inTime)
      .map((event) => sorted(event, policy, vocabulary))
      .find((one) => one.kind === 'doubt');
    if (doubt?.kind === 'doubt') return doubt.verdict;
    const gap = uncovered(auditArchive.coveredSince, sinceMs, organization);
    if (gap !== null) return gap;
    const [approved] = judged;
    if (approved?.approval) {
      return pass(
        'CHANGE_APPROVED',
        `${counted(judged.length, 'event')} of ${organization} would have to be answered for, and somebody approved ${judged.length === 1 ? 'it' : 'each'}.`,
        { event: approved.hit.id, at: approved.hit.at, ...approvalFacts(approved.approval) },
      );
    }
    return pass(
      'NOTHING_SUSPICIOUS',
      `No administrator of ${organization} did anything that needs an approval in ${policy.window}.`,
    );
  },
};

const mostShown = 20;

interface Hit {
  readonly id: string;
  readonly at: Instant;
  readonly action: string;
  /** Continues "At 10:00, …". */
  readonly sentence: string;
  /** Whoever approves has to name it: a member, a repository, or `bulk`. */
  readonly about: string;
  readonly actor: string | null;
}

type Sorted =
  | { readonly kind: 'hit'; readonly hit: Hit }
  | { readonly kind: 'doubt'; readonly verdict: ReturnType<typeof unknown> }
  | { readonly kind: 'nothing' };

function sorted(event: AdminEvent, policy: AdminEventsPolicy, vocabulary: RoleVocabulary): Sorted {
  const kind = classOf[event.action];
  if (kind === undefined || !policy.classes.includes(kind)) return { kind: 'nothing' };
  switch (kind) {
    case 'owner':
      return ownerEvent(event, vocabulary);
    case 'single-sign-on': {
      // Switched on, it closes what was open; where the event does not say, it may have been switched off.
      if (event.on === true) return { kind: 'nothing' };
      const what = event.action.endsWith('toggle')
        ? 'switched the enforcement of single sign-on'
        : 'removed a part of single sign-on';
      return asHit(event, `${actorOf(event)} ${what}`);
    }
    case 'restrictions':
      if (event.unclear === true) return unclearSettings(event);
      if (event.action === 'org.settings.update' && event.on !== false) return { kind: 'nothing' };
      return asHit(event, `${actorOf(event)} lifted restrictions on what may be pulled`);
    case 'tokens':
      if (isRoutine(event, policy) || isAtWork(event.at, policy.workingHours, policy.timeZone))
        return { kind: 'nothing' };
      return asHit(event, `${actorOf(event)} made an organization access token outside working hours`);
    case 'bulk':
      return { kind: 'nothing' };
  }
}

function ownerEvent(event: AdminEvent, vocabulary: RoleVocabulary): Sorted {
  const { role, member } = event;
  const whom = member ?? 'somebody';
  if (role === undefined) {
    // Whoever joins a team is named, and a team that is not `owners` gives no role.
    if (event.action === 'org.team.member.add') return { kind: 'nothing' };
    const message = `At ${minuteOf(event.at)} ${actorOf(event)} gave ${whom} another role, and Docker Hub does not say which.`;
    return { kind: 'doubt', verdict: unknown('FIELD_NOT_EXPOSED', message, { event: event.id, at: event.at }) };
  }
  const core = equalsCore(folded(role), vocabulary);
  if (core === null) {
    const message = `At ${minuteOf(event.at)} ${actorOf(event)} gave ${whom} the custom role ${role}, which nobody ranked.`;
    return { kind: 'doubt', verdict: unknown('ROLE_UNKNOWN', message, { event: event.id, at: event.at, role }) };
  }
  return core === 'owner' ? asHit(event, `${actorOf(event)} made ${whom} an owner`) : { kind: 'nothing' };
}

function unclearSettings(event: AdminEvent): Sorted {
  const message = `At ${minuteOf(event.at)} ${actorOf(event)} changed settings, and Docker Hub does not say what may be pulled since.`;
  return { kind: 'doubt', verdict: unknown('FIELD_NOT_EXPOSED', message, { event: event.id, at: event.at }) };
}

function asHit(event: AdminEvent, sentence: string): Sorted {
  const { id, at, action, member, name, actor = null } = event;
  return { kind: 'hit', hit: { id, at, action, sentence, about: member ?? name ?? id, actor } };
}

function burstHit({ action, from, most, actors }: BurstFacts): Hit {
  const what = action === 'repo.tag.delete' ? counted(most, 'tag') : counted(most, 'member');
  const [actor] = actors;
  const by = actors.length === 1 && actor !== undefined ? actor : `${actors.length} users`;
  const sentence = `${by} removed ${what} within an hour, beginning`;
  return { id: `${action}@${from}`, at: from, action, sentence, about: 'bulk', actor: actor ?? null };
}

function actorOf({ actor, token }: AdminEvent): string {
  if (actor === undefined) return 'somebody';
  return token === undefined ? actor : `${actor} (with the token ${token})`;
}

function isRoutine({ actor, token }: AdminEvent, { routine }: AdminEventsPolicy): boolean {
  return routine.some((name) => folded(name) === actor || folded(name) === folded(token ?? ''));
}

function approvalOf(hit: Hit, approvals: Given['approvals'], earlierAt: Instant | null): Approval | null {
  return approvalOfChange(
    approvals?.filter(({ reason }) => names(reason, hit)),
    hit.at,
    earlierAt,
  );
}

/** The id alone, or the action and what it was about: one approval must not stand for whatever happens next. */
function names(reason: string, { id, action, about }: Hit): boolean {
  const words = folded(reason)
    .split(/[\s,;()"'`]+/)
    .map((word) => word.replace(/[.:]$/, ''));
  const has = (text: string): boolean => words.includes(folded(text));
  return has(id) || (has(action) && has(about));
}
