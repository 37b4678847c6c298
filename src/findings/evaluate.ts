import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { Configuration } from '../config/configuration.js';
import { betweenChanges } from '../database/between-changes.js';
import type { Change } from '../trail/record-change.js';
import { DueDates } from './due-dates.js';
import { beginDecisions, closeOnTrail } from './evaluation-trail.js';
import { type Judged, judgeAll, type JudgingInput, type SizedSlice } from './judge-all.js';
import type { EvaluatedOrganization } from './judge-slice.js';
import type { Shared } from './judge-slices.js';
import { sharingHash, termsOf } from './judged-configuration.js';
import { rememberGroups } from './judged-groups.js';
import { type Operation, readOperation } from './operation.query.js';
import type { ConfiguredChannel } from './operation-facts.query.js';
import { Readers } from './readers.js';
import { recordJudgements } from './record.js';
import { judgedConfiguration, recordedPolicy } from './recorded-policy.js';
import { sealReports } from './seal-reports.js';
import type { SharedTask } from './slice-board.js';

export interface EvaluationInput {
  /** A UUID; a second evaluation of the same id is refused by the database. */
  readonly id: string;
  readonly configuration: Configuration;
  readonly now: Instant;
  readonly startedAt: Date;
  readonly organizations: readonly EvaluatedOrganization[];
  /** Who is told; undefined: the caller does not know, and the delivery of alerts is not judged. */
  readonly alertChannels?: readonly ConfiguredChannel[];
  /** Has other processes judge slices as well, if that is worth it. Answers null where nobody shall. */
  readonly share?: (task: SharedTask, slices: readonly SizedSlice[]) => Promise<Shared | null>;
  onJudged?(subjects: number): void;
  /** In the transaction that records everything, once all is judged. What it throws undoes all of it. */
  onRecorded?(manager: EntityManager): Promise<void>;
}

/** Connections that an evaluation reads with: one of them while another one is waited for. */
const readersAtOnce = 2;

/** Records an evaluation, and then the hash of its report. Returns the evaluation's number. */
export async function evaluate(dataSource: DataSource, input: EvaluationInput): Promise<string> {
  const number = await recordEvaluation(dataSource, input);
  await sealReports(dataSource);
  return number;
}

/**
 * Judges one snapshot per organization and the roster in force at one clock, and records it: the evaluation, its verdicts,
 * the findings and their transitions commit together or not at all. Returns the evaluation's number. Its report has no hash yet.
 */
export async function recordEvaluation(dataSource: DataSource, input: EvaluationInput): Promise<string> {
  const reader = dataSource.createQueryRunner();
  try {
    await reader.connect();
    // On a first night these tables were empty a minute ago, and a plan for empty tables takes minutes on full ones.
    await reader.query('analyze person, link, unmatched');
    await reader.startTransaction('REPEATABLE READ');
    return await dataSource.transaction(async (writer) => {
      // Before the reader's first look, so that it sees what was decided until then, and nothing is decided meanwhile.
      const decidedThrough = await beginDecisions(writer);
      const readAt = await betweenChanges(dataSource, () => reader.query('select'));
      const operation = await readOperation(reader.manager, input);
      const judged = await judgeBeside(dataSource, reader, writer, { ...input, decidedThrough, operation });
      const judgedAt = await betweenChanges(dataSource);
      const changes = await recordAll(writer, input, judged);
      const { number } = judged;
      await finish(writer, number, { finishedAt: new Date(), readAt, judgedAt, operation });
      await input.onRecorded?.(writer);
      await closeOnTrail(writer, number, changes);
      return number;
    });
  } finally {
    await reader.rollbackTransaction().catch(() => undefined);
    await reader.release();
  }
}

async function judgeBeside(
  dataSource: DataSource,
  reader: QueryRunner,
  writer: EntityManager,
  input: EvaluationInput & Pick<JudgingInput, 'decidedThrough' | 'operation'>,
): Promise<Judged> {
  const [exported]: [{ name: string }] = await reader.manager.query('select pg_export_snapshot() as name');
  const readers = await Readers.open(dataSource, exported.name, readersAtOnce - 1, [reader]);
  const { share, configuration, now, decidedThrough, operation } = input;
  const task = (): SharedTask => ({
    snapshot: exported.name,
    fingerprint: sharingHash(judgedConfiguration(recordedPolicy(configuration))),
    policy: recordedPolicy(configuration),
    now,
    decidedThrough,
    operation,
  });
  try {
    return await judgeAll(
      { readers, writer },
      { ...input, remembers: true, share: (slices) => share?.(task(), slices) ?? Promise.resolve(null) },
    );
  } finally {
    await readers.close();
  }
}

/** Turns what was judged into verdicts and findings; answers what of it belongs into the trail. */
export async function recordAll(
  writer: EntityManager,
  { configuration, now }: Pick<EvaluationInput, 'configuration' | 'now'>,
  { number, populations, systems, remembered, comparedByHash }: Judged,
): Promise<Change[]> {
  const changes = await recordJudgements(
    writer,
    { number, at: now },
    populations,
    termsOf(configuration),
    systems,
    new DueDates(configuration.calendar),
    comparedByHash,
  );
  await rememberGroups(writer, number, remembered, comparedByHash);
  return changes;
}

/** `readAt` and `judgedAt` are of the database's clock, as text with microseconds. */
export async function finish(
  writer: EntityManager,
  number: string,
  ended: {
    readonly finishedAt: Date;
    readonly readAt: string;
    readonly judgedAt: string;
    readonly operation: Operation;
  },
): Promise<void> {
  await writer.query(
    'update evaluation set finished_at = $2, read_at = $3, judged_at = $4, operation = $5 where number = $1',
    [number, ended.finishedAt, ended.readAt, ended.judgedAt, JSON.stringify(ended.operation)],
  );
}
