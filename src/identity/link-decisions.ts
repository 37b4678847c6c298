import { DataSource, type EntityManager } from 'typeorm';
import type { IdentityConfig } from '../config/configuration.js';
import { foldUsername } from '../config/username.js';
import { databaseClock } from '../database/database-clock.js';
import { type Actor, actorName } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';
import { declared, readDeclarations } from './decide.js';
import {
  addLink,
  endLink,
  findLink,
  findStandingLink,
  isOnRoster,
  organizationOf,
  type RecordedLink,
} from './link-decisions.query.js';
import { manual } from './link.entity.js';
import { lockIdentity } from './lock-identity.query.js';
import type { Account } from './matcher.js';
import { normalizeUsername } from './normalize-address.js';
import { readPersonOf } from './people.query.js';
import { findSubjects, lastSnapshot, type Subject } from './subjects.query.js';

export interface WantedLink {
  readonly organization: string;
  readonly kind: Account['kind'];
  /** The Hub user id or the username of an account; the id or the invitee of an invite. */
  readonly account: string;
  readonly person: string;
  readonly reason: string;
}

/** What somebody's decision about a link came to. The messages of `impossible` follow the name of their field. */
export type LinkDecision =
  | { readonly outcome: 'linked' | 'stands already' | 'ended'; readonly link: RecordedLink }
  | {
      readonly outcome: 'impossible';
      readonly field: 'organization' | 'account' | 'person';
      readonly message: string;
    }
  /** A sentence: something else has the say about this link. */
  | { readonly outcome: 'in the way'; readonly message: string }
  | { readonly outcome: 'unknown' };

/**
 * Links that people make and take back. What hubwarden.yaml declares is decided there. A link that was made here is kept as any
 * other; a pair that was taken back is not tied again by keys, until somebody ties it here.
 */
export class LinkDecisions {
  constructor(private readonly dataSource: DataSource) {}

  tie(wanted: WantedLink, actor: Actor, config: IdentityConfig): Promise<LinkDecision> {
    const by = actorName(actor);
    return this.dataSource.transaction(async (manager) => {
      const organizationId = await organizationOf(manager, wanted.organization.toLowerCase());
      if (organizationId === null) return impossible('organization', 'is none that was ever read');
      await lockIdentity(manager, organizationId);
      const subject = await this.subjectOf(manager, organizationId, wanted);
      if ('outcome' in subject) return subject;
      const personOf = await readPersonOf(manager);
      const person = personOf(wanted.person);
      if (!(await isOnRoster(manager, person))) {
        return impossible('person', 'is in no roster that was accepted; expected an employee id');
      }

      const { account, key } = subject;
      const place = { organizationId, kind: account.kind, key };
      const standing = await findStandingLink(manager, place);
      const username = account.username ?? standing?.evidence.username ?? null;
      const declaredBy = declarationOf(username, config);
      if (declaredBy !== null) return { outcome: 'in the way', message: declaredBy };
      const at = await databaseClock(manager);
      if (standing !== null) {
        const same = personOf(standing.employee_id) === person;
        if (same && standing.source !== declared) return { outcome: 'stands already', link: standing };
        const because = same ? 'DECLARATION_REMOVED' : 'TAKEN_BACK';
        await endLink(manager, standing.id, { at, because, by, reason: wanted.reason });
      }
      const evidence = { username, email: account.email, keys: [], by, reason: wanted.reason };
      const id = await addLink(manager, place, { person, source: manual, evidence, at });
      const link = await reread(manager, id);
      await recordChange(manager, {
        actor,
        action: 'link.made',
        subject: `link/${id}`,
        before: standing === null ? null : toldOf(standing),
        after: toldOf(link),
        reason: wanted.reason,
      });
      return { outcome: 'linked', link };
    });
  }

  takeBack(id: string, reason: string, actor: Actor, config: IdentityConfig): Promise<LinkDecision> {
    const by = actorName(actor);
    return this.dataSource.transaction(async (manager) => {
      const found = await findLink(manager, id);
      if (found === null) return { outcome: 'unknown' };
      await lockIdentity(manager, found.organization_id);
      const link = await reread(manager, id);
      if (link.ended_at !== null) {
        return { outcome: 'in the way', message: `Link ${id} has ended already, at ${link.ended_at.toISOString()}.` };
      }
      const declaredBy = await this.declarationOfLink(manager, link, config);
      if (declaredBy !== null) return { outcome: 'in the way', message: declaredBy };
      await endLink(manager, id, { at: await databaseClock(manager), because: 'TAKEN_BACK', by, reason });
      await recordChange(manager, {
        actor,
        action: 'link.taken-back',
        subject: `link/${id}`,
        before: toldOf(link),
        reason,
      });
      return { outcome: 'ended', link: await reread(manager, id) };
    });
  }

  private async subjectOf(
    manager: EntityManager,
    organizationId: string,
    { kind, account: meant }: WantedLink,
  ): Promise<Subject | LinkDecision> {
    const snapshot = await lastSnapshot(manager, organizationId);
    if (snapshot === null) return impossible('organization', 'was never read to the end');
    const found = await findSubjects(manager, organizationId, snapshot, kind, meant);
    const named = found.filter(
      ({ account }) => foldUsername(account.username ?? account.email ?? '') === foldUsername(meant),
    );
    const meantByKey = found.filter(({ key }) => key === meant);
    const [subject, ...others] = meantByKey.length > 0 ? meantByKey : named;
    if (subject === undefined) {
      const expected =
        kind === 'account'
          ? 'is no account of the last reading; expected its Hub user id or its username'
          : 'is no invite of the last reading; expected its id, or the address or Docker ID that it was sent to';
      return impossible('account', expected);
    }
    if (others.length > 0) return impossible('account', 'is the name of several; expected the id of one of them');
    return subject;
  }

  /** By the name that the account has now, and by the one that it had when it was linked: either may be the declared one. */
  private async declarationOfLink(
    manager: EntityManager,
    link: RecordedLink,
    config: IdentityConfig,
  ): Promise<string | null> {
    const snapshot = await lastSnapshot(manager, link.organization_id);
    const found =
      snapshot === null
        ? []
        : await findSubjects(manager, link.organization_id, snapshot, link.subject_kind, link.subject_key);
    const shown = found.find(({ key }) => key === link.subject_key)?.account.username ?? null;
    return declarationOf(shown ?? link.evidence.username, config);
  }
}

/** Where hubwarden.yaml says whose the account of this name is; null: nowhere. */
function declarationOf(username: string | null, config: IdentityConfig): string | null {
  const name = username === null ? null : normalizeUsername(username);
  if (name === null) return null;
  const { links, serviceAccounts } = readDeclarations(config, (employeeId) => employeeId);
  if (links.has(name)) {
    return 'Whose this account is, is declared in hubwarden.yaml under identity.links; change it there.';
  }
  return serviceAccounts.has(name)
    ? 'This account is declared a service account in hubwarden.yaml under identity.serviceAccounts; change it there.'
    : null;
}

async function reread(manager: EntityManager, id: string): Promise<RecordedLink> {
  const link = await findLink(manager, id);
  if (link === null) throw new Error(`Link ${id} is gone, and links are never deleted.`);
  return link;
}

function impossible(field: 'organization' | 'account' | 'person', message: string): LinkDecision {
  return { outcome: 'impossible', field, message };
}

/** What the trail says of a link. */
function toldOf({ id, organization, subject_kind: kind, subject_key: key, employee_id: person, source }: RecordedLink) {
  return { link: id, organization, kind, key, person, source };
}
