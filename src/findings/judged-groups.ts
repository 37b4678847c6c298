import { hash } from 'node:crypto';
import type { EntityManager, QueryRunner } from 'typeorm';
import type { CopiedRow } from '../database/copy-in.js';
import { inBatches, streamRows } from '../database/rows.js';
import type { JudgedGroup, Judgement } from './judged-group.js';
import { SeenNumbers } from './seen-numbers.js';
import { type Stage, stageJudgements, stageRows } from './stage-judgements.js';
import type { Outcome } from './report.js';

/** Raised with whatever the hashes are of, so that those of another program count for nothing. */
const scheme = '2';

/** What tells one organization's judgements from those of another night. */
export interface Remembered {
  readonly organizationId: string;
  /** Names of the critical systems that accounts are judged for. */
  readonly systems: readonly string[];
  /**
   * Hash of all that decides which checks judge whom; null: nothing is remembered, nothing will be, and every judgement is
   * compared with the verdict that stands.
   */
  readonly policy: string | null;
}

interface KnownRow {
  readonly id: string;
  readonly subject: string;
  readonly shape: string;
  readonly digest: string;
}

/** Whether the evaluation before kept what it judged of an organization, by the same policy and the same rules. */
export async function isRemembered(
  manager: EntityManager,
  number: string,
  { organizationId, policy }: Remembered,
): Promise<boolean> {
  if (policy === null) return false;
  const [row]: [{ known: boolean }] = await manager.query(
    `select exists (
       select from judged_state
        where organization_id = $1 and policy = $2
          and evaluation_number = (select max(number) from evaluation where number < $3)) as known`,
    [organizationId, schemeOf(policy), number],
  );
  return row.known;
}

/**
 * Compares what is judged of a part of one organization, group by group, with hashes of what the evaluation before said. What it said
 * already is counted and not written down, save failures; the rest is staged. Holds nothing but one bit for each group that
 * is known, so that it is known in the end which did not come by.
 */
export class JudgedGroups {
  private readonly seen = new SeenNumbers();
  private readonly counts = new Map<string, Map<Outcome, number>>();
  private subjects = 0;

  /** `runner`: sees what the evaluation before kept. `isKnown`: as `isRemembered` says. */
  constructor(
    private readonly runner: QueryRunner,
    private readonly stage: Stage,
    private readonly about: Remembered & { readonly isKnown: boolean; readonly sources: readonly string[] },
  ) {}

  async add(groups: readonly JudgedGroup[]): Promise<void> {
    const staged: Judgement[] = [];
    const anew: CopiedRow[] = [];
    const former: CopiedRow[] = [];
    for (const [source, ofSource] of bySource(groups)) {
      for (const { judgements } of ofSource) this.subjects += judgements.length;
      const known = await this.lookUp(source, ofSource);
      for (const group of ofSource) {
        if (this.about.policy === null) {
          staged.push(...group.judgements);
          continue;
        }
        const { subject } = group;
        const digest = digestOf(group);
        const before = known.get(subject);
        if (before !== undefined && !this.seen.add(Number(before.id)))
          throw new Error('A subject was judged twice in one evaluation.');
        if (before?.digest === digest) {
          this.count(group.judgements, staged);
          continue;
        }
        const shape = shapeOf(group);
        staged.push(...group.judgements);
        anew.push([this.about.organizationId, before?.id ?? null, source, subject, shape, digest]);
        if (before !== undefined && before.shape !== shape) former.push(...this.formerOf(source, subject));
      }
    }
    await stageJudgements(this.stage, staged);
    await stageRows(this.stage, 'former', former);
    await stageRows(this.stage, 'judged_anew', anew);
  }

  /** Once all were added: notes what did not come by, and what was counted. Answers how many subjects were judged. */
  async close(): Promise<number> {
    const { organizationId, isKnown } = this.about;
    const counted = [...this.counts].flatMap(([check, outcomes]) =>
      [...outcomes].map(([outcome, subjects]): CopiedRow => [check, organizationId, outcome, String(subjects)]),
    );
    await stageRows(this.stage, 'counted', counted);
    if (isKnown) await this.sweep();
    return this.subjects;
  }

  private async lookUp(source: string, groups: readonly JudgedGroup[]): Promise<ReadonlyMap<string, KnownRow>> {
    if (!this.about.isKnown) return new Map();
    const rows: KnownRow[] = await this.runner.query(
      'select id, subject, shape, digest from judged_group where organization_id = $1 and source = $2 and subject = any ($3)',
      [this.about.organizationId, source, groups.map(({ subject }) => subject)],
    );
    return new Map(rows.map((row) => [row.subject, row]));
  }

  /** What was said before is said again: failures meet their findings once more, all others need not. */
  private count(judgements: readonly Judgement[], staged: Judgement[]): void {
    for (const judgement of judgements) {
      if (judgement.outcome === 'fail') staged.push(judgement);
      else this.countOne(judgement.check, judgement.outcome);
    }
  }

  private countOne(check: string, outcome: Outcome): void {
    const counts = this.counts.get(check) ?? new Map<Outcome, number>();
    this.counts.set(check, counts);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }

  private async sweep(): Promise<void> {
    const ofSlice = 'from judged_group where organization_id = $1 and source = any ($2)';
    const slice = [this.about.organizationId, this.about.sources];
    const [row]: [{ known: string }] = await this.runner.query(`select count(*) as known ${ofSlice}`, slice);
    if (Number(row.known) === this.seen.size) return;
    const known = streamRows<{ id: string; source: string; subject: string }>(
      this.runner,
      `select id, source, subject ${ofSlice}`,
      slice,
    );
    for await (const batch of inBatches(known, 5_000)) {
      const gone = batch.filter(({ id }) => !this.seen.has(Number(id)));
      const former = gone.flatMap(({ source, subject }) => this.formerOf(source, subject));
      await stageRows(this.stage, 'former', former);
      await stageRows(
        this.stage,
        'judged_gone',
        gone.map(({ id }) => [id]),
      );
    }
  }

  /** By the same policy, a group can have had no other subjects than these. */
  private formerOf(source: string, subject: string): CopiedRow[] {
    const { organizationId, systems } = this.about;
    const place = subject.indexOf('/');
    const [kind, key] = [subject.slice(0, place), subject.slice(place + 1)];
    const subjects: [string, string][] =
      source === '' && kind === 'account'
        ? [
            [kind, key],
            ['service_account', key],
            ...systems.map((system): [string, string] => ['critical_system_account', `${system}/${key}`]),
          ]
        : [[kind, key]];
    return subjects.map(([subjectKind, subjectKey]) => [organizationId, source, subjectKind, subjectKey]);
  }
}

/**
 * Keeps what was judged for the next evaluation, once everything is recorded. Of whom nothing was judged, nothing is kept, and of whom
 * nothing was known, nothing but tonight's.
 */
export async function rememberGroups(
  manager: EntityManager,
  number: string,
  organizations: readonly Remembered[],
  comparedByHash: readonly string[],
): Promise<void> {
  const judged = organizations.filter(({ policy }) => policy !== null);
  const ids = judged.map(({ organizationId }) => organizationId);
  for (const table of ['judged_apart', 'judged_state']) {
    await manager.query(`delete from ${table} where organization_id <> all ($1)`, [ids]);
  }
  await manager.query('delete from judged_group where organization_id <> all ($1)', [comparedByHash]);
  if (judged.length === 0) return;
  await manager.query('delete from judged_group using judged_gone where judged_group.id = judged_gone.id');
  await manager.query(
    `update judged_group set shape = judged_anew.shape, digest = judged_anew.digest
       from judged_anew where judged_group.id = judged_anew.id`,
  );
  await manager.query(
    `insert into judged_group (organization_id, source, subject, shape, digest)
     select organization_id, source, subject, shape, digest from judged_anew where id is null`,
  );
  await manager.query(
    `insert into judged_state (organization_id, evaluation_number, policy)
     select row.organization_id, $1, row.policy from unnest($2::bigint[], $3::text[]) as row (organization_id, policy)
         on conflict (organization_id)
         do update set evaluation_number = excluded.evaluation_number, policy = excluded.policy`,
    [number, ids, judged.map(({ policy }) => schemeOf(policy ?? ''))],
  );
}

function schemeOf(policy: string): string {
  return `${scheme}/${policy}`;
}

function bySource(groups: readonly JudgedGroup[]): ReadonlyMap<string, JudgedGroup[]> {
  const found = new Map<string, JudgedGroup[]>();
  for (const group of groups) {
    const ofSource = found.get(group.source);
    if (ofSource === undefined) found.set(group.source, [group]);
    else ofSource.push(group);
  }
  return found;
}

/** Equal where each subject has the same checks, and each of them says the same down to the last byte. */
function digestOf({ judgements }: JudgedGroup): string {
  const said: unknown[] = [];
  let before: Judgement['subject'] | undefined;
  for (const { check, subject, outcome, reason, message, facts, settled } of judgements) {
    // Most of a group are about one subject, which need not be said again and again.
    const isAnother = subject !== before;
    if (isAnother) said.push(subject.kind, subject.key, subject.name, subject.system);
    before = subject;
    said.push(isAnother, check, outcome, reason, message, facts, settled);
  }
  return hash('sha256', JSON.stringify(said), 'base64url');
}

/** Equal where each subject has the same checks. */
function shapeOf({ judgements }: JudgedGroup): string {
  return hash(
    'sha256',
    JSON.stringify(judgements.map(({ check, subject }) => [check, subject.kind, subject.key])),
    'base64url',
  );
}
