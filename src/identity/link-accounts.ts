import type { DataSource, QueryRunner } from 'typeorm';
import type { IdentityConfig } from '../config/configuration.js';
import { inBatches } from '../database/rows.js';
import { decide, readDeclarations, type Declarations } from './decide.js';
import type { Account, Instant } from './matcher.js';
import {
  addAccountKeys,
  addDecisions,
  addPersonKeys,
  addRejectedPairs,
  addSuggestions,
  createWorkTables,
  dropWorkTables,
  endLinks,
  insertLinks,
  meet,
  readUnlinked,
  rewriteUnmatched,
  type AccountKeyRow,
  type DecisionRow,
  type Pair,
  type PersonKeyRow,
  type UnlinkedRow,
} from './matching.query.js';
import { lockIdentity } from './lock-identity.query.js';
import { certainMatchers } from './matchers.js';
import { addressRules, type AddressRules } from './normalize-address.js';
import { readPersonOf, streamKeyHolders, streamPeople } from './people.query.js';
import { readRejectedPairs } from './rejected-pairs.query.js';
import { assertSealed, streamSubjects, type Subject } from './subjects.query.js';
import { Suggester } from './suggest.js';

/** Accounts and invites of one snapshot. Declared service accounts are in none of the last three, nor in `linked`. */
export interface Matched {
  readonly linked: number;
  /** Links that stood before and still stand. */
  readonly kept: number;
  readonly ended: number;
  /** Without a link, because several people hold their keys. */
  readonly ambiguous: number;
  /** Without a link, because nobody holds their keys. */
  readonly unlinked: number;
}

const batchSize = 10_000;
/** More than this nobody looks through; an organization with more has a wrong roster, not so many strangers. */
const suggestedForAtMost = 10_000;

/**
 * Decides whose the accounts and invites of a snapshot are. In one transaction, so that a crash leaves what was; repeating
 * it changes nothing. Takes two connections: accounts and people stream through one while the other keeps their keys.
 */
export class LinkAccounts {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws {Error} if `snapshot` is no sealed snapshot of the organization. */
  async link(organizationId: string, snapshot: string, config: IdentityConfig, now: Instant): Promise<Matched> {
    const [reader, writer] = [this.dataSource.createQueryRunner(), this.dataSource.createQueryRunner()];
    try {
      await writer.startTransaction();
      await lockIdentity(writer.manager, organizationId);
      await assertSealed(writer, organizationId, snapshot);
      const matched = await new Matching(reader, writer, organizationId, config, now).run(snapshot);
      await writer.commitTransaction();
      return matched;
    } catch (error) {
      if (writer.isTransactionActive) await writer.rollbackTransaction();
      throw error;
    } finally {
      await reader.release();
      await writer.release();
    }
  }
}

/**
 * The same in a transaction of the caller's, who sees to it that nobody else does it meanwhile. May be one connection; can be
 * repeated in one transaction.
 */
export async function matchAccounts(
  { reader, writer }: { readonly reader: QueryRunner; readonly writer: QueryRunner },
  { id, snapshot }: { readonly id: string; readonly snapshot: string },
  config: IdentityConfig,
  now: Instant,
): Promise<Matched> {
  const matched = await new Matching(reader, writer, id, config, now).run(snapshot);
  await dropWorkTables(writer);
  return matched;
}

class Matching {
  private readonly rules: AddressRules;
  private kept = 0;
  private keyed = false;

  constructor(
    private readonly reader: QueryRunner,
    private readonly writer: QueryRunner,
    private readonly organizationId: string,
    private readonly config: IdentityConfig,
    private readonly now: Instant,
  ) {
    this.rules = addressRules(config);
  }

  async run(snapshot: string): Promise<Matched> {
    const personOf = await readPersonOf(this.reader.manager);
    const rejected = await readRejectedPairs(this.writer.manager, this.organizationId, personOf);
    await createWorkTables(this.writer);
    await addRejectedPairs(this.writer, rejected);
    await this.decideAll(snapshot, readDeclarations(this.config, personOf));
    if (this.keyed) await this.gatherPersonKeys(personOf);
    await meet(this.writer);
    const ended = await endLinks(this.writer, this.organizationId, this.now);
    const linked = await insertLinks(this.writer, this.organizationId, this.now);
    await this.suggest(personOf, rejected);
    return { linked, kept: this.kept, ended, ...(await rewriteUnmatched(this.writer, this.organizationId)) };
  }

  private async decideAll(snapshot: string, declarations: Declarations): Promise<void> {
    for await (const batch of inBatches(streamSubjects(this.reader, this.organizationId, snapshot), batchSize)) {
      const decisions: DecisionRow[] = [];
      const keys: AccountKeyRow[] = [];
      for (const subject of batch) {
        const decision = decide(subject.account, subject.standing, declarations);
        if (decision.outcome === 'kept') {
          this.kept += 1;
          continue;
        }
        decisions.push({
          kind: subject.account.kind,
          key: subject.key,
          outcome: decision.outcome,
          ends: decision.ends,
          person: decision.outcome === 'declared' ? decision.person : null,
          username: subject.account.username,
          email: subject.account.email,
          full_name: subject.account.fullName,
        });
        if (decision.outcome === 'by keys') keys.push(...this.accountKeys(subject));
      }
      this.keyed ||= keys.length > 0;
      if (decisions.length > 0) await addDecisions(this.writer, decisions);
      if (keys.length > 0) await addAccountKeys(this.writer, keys);
    }
  }

  private accountKeys({ key, account }: Subject): readonly AccountKeyRow[] {
    return certainMatchers.flatMap((matcher, rank) =>
      matcher
        .accountKeys(account, this.rules)
        .map((value) => ({ kind: account.kind, key, rank, matcher: matcher.id, value })),
    );
  }

  private async gatherPersonKeys(personOf: (employeeId: string) => string): Promise<void> {
    for await (const people of inBatches(streamKeyHolders(this.reader, this.now), batchSize)) {
      const keys: PersonKeyRow[] = people.flatMap((person) =>
        certainMatchers.flatMap((matcher) =>
          matcher
            .personKeys(person)
            .map((value) => ({ matcher: matcher.id, value, person: personOf(person.id), once: person.once })),
        ),
      );
      if (keys.length > 0) await addPersonKeys(this.writer, keys);
    }
  }

  private async suggest(personOf: (employeeId: string) => string, rejected: readonly Pair[]): Promise<void> {
    const unlinked = await readUnlinked(this.writer, suggestedForAtMost);
    if (unlinked.length === 0) return;
    const suggester = new Suggester(unlinked.map(accountOf), this.rules);
    for await (const person of streamPeople(this.reader)) suggester.consider({ ...person, id: personOf(person.id) });
    const found = suggester.suggestions();
    const isRejected = new Set(rejected.map(nameOfPair));
    const rows = unlinked.map(({ kind, key }, position) => ({
      kind,
      key,
      suggestions: (found[position] ?? []).filter(({ person }) => !isRejected.has(nameOfPair({ kind, key, person }))),
    }));
    await addSuggestions(this.writer, rows);
  }
}

function nameOfPair({ kind, key, person }: Pair): string {
  return JSON.stringify([kind, key, person]);
}

function accountOf(row: UnlinkedRow): Account {
  return { kind: row.kind, username: row.username, email: row.email, fullName: row.full_name };
}
