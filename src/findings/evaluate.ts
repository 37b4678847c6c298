import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { catalogueVersion } from '../checks/catalog.js';
import type { Check, Instant } from '../checks/check.js';
import type { RosterFacts } from '../checks/facts.js';
import type { Configuration } from '../config/configuration.js';
import { betweenChanges } from '../database/between-changes.js';
import { inBatches } from '../database/rows.js';
import type { Change } from '../trail/record-change.js';
import { auditFacts } from './audit-archive.query.js';
import { connectorFacts } from './connector-facts.query.js';
import { StandingDecisions } from './decisions.query.js';
import { matchesRepository } from './census.js';
import { beginDecisions, closeOnTrail } from './evaluation-trail.js';
import { DueDates } from './due-dates.js';
import { judgeThroughGate } from './gate.js';
import { Ground, type RosterGround } from './ground.js';
import { scimStrangers } from './scim-strangers.query.js';
import { loadHolderExtras } from './load-holder-extras.js';
import { OrganizationJudge, type EnabledCheck } from './judge-organization.js';
import type { Judgement } from './judged-group.js';
import { operationOf, readOperation, type Operation } from './operation.query.js';
import type { ConfiguredChannel } from './operation-facts.query.js';
import { lookUpPolicy } from './policy.js';
import { JudgedGroups, rememberGroups, type Remembered } from './judged-groups.js';
import { enabledChecks, policyHash, populationsOf, termsOf } from './judged-configuration.js';
import type { Population } from './population.js';
import { recordJudgements } from './record.js';
import { recordedPolicy } from './recorded-policy.js';
import { sealReports } from './seal-reports.js';
import { addJudgements, openJudgements } from './stage-judgements.js';
import { settingsFacts, signOnFacts } from './settings-facts.query.js';
import { datasetFacts, repositoryTeams, rosterDataset, rosterFacts } from './source-facts.query.js';

export interface EvaluatedOrganization {
  readonly id: string;
  readonly name: string;
  /** The number of its sealed snapshot. */
  readonly snapshot: string;
}

export interface EvaluationInput {
  /** A UUID; a second evaluation of the same id is refused by the database. */
  readonly id: string;
  readonly configuration: Configuration;
  readonly now: Instant;
  readonly startedAt: Date;
  readonly organizations: readonly EvaluatedOrganization[];
  /** Who is told; undefined: the caller does not know, and the delivery of alerts is not judged. */
  readonly alertChannels?: readonly ConfiguredChannel[];
  onJudged?(subjects: number): void;
  /** In the transaction that records everything, once all is judged. What it throws undoes all of it. */
  onRecorded?(manager: EntityManager): Promise<void>;
}

/** Groups of judgements that are handed on at once. */
const batchSize = 200;
/** Stands for "no organization" in the tables, because a null is never equal to itself. */
const noOrganization = '0';

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
      const judged = await judgeAll({ reader, writer }, { ...input, decidedThrough, operation, remembers: true });
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

/** May be one connection: what streams through the reader is in a cursor. */
export interface Connections {
  readonly reader: QueryRunner;
  readonly writer: EntityManager;
}

/** What an evaluation knows besides the tables. */
export interface Known {
  /** The last entry of the trail whose decision counts. */
  readonly decidedThrough: string;
  readonly operation: Operation;
  /** What was judged is kept in short for the next evaluation, and compared with what the one before kept. */
  readonly remembers: boolean;
}

export interface Judged {
  readonly number: string;
  readonly populations: readonly Population[];
  readonly systems: readonly { readonly organizationId: string; readonly name: string }[];
  readonly remembered: readonly Remembered[];
  readonly comparedByHash: readonly string[];
}

/** Judges everything, in a transaction of the writer that ends with `recordAll`. */
export async function judgeAll({ reader, writer }: Connections, input: EvaluationInput & Known): Promise<Judged> {
  const { decidedThrough, operation } = input;
  const recorder = writer.queryRunner;
  if (recorder === undefined) throw new Error('Judgements are recorded in a transaction.');
  const roster = await rosterFacts(reader.manager, input.configuration.roster);
  const number = await openEvaluation(writer, input, roster, decidedThrough);
  const checks = enabledChecks(input.configuration);
  const populations: Population[] = [];
  await openJudgements(writer);
  await addJudgements(recorder, judgeRoster(checks, roster.facts, input.now));

  const policy = await lookUpPolicy(reader.manager, input.configuration, input.now);
  const ground = rosterGround(roster.facts);
  const fingerprint = input.remembers ? policyHash(input.configuration) : null;
  const remembered: Remembered[] = [];
  const comparedByHash: string[] = [];
  for (const organization of input.organizations) {
    const seen = { now: input.now, through: decidedThrough };
    const decisions = await StandingDecisions.load(reader.manager, organization.id, seen);
    const narrowing = policy.systemsOf(organization.name).flatMap(({ repositories }) => repositories ?? []);
    const isNarrowedTo = (repository: string): boolean => matchesRepository(narrowing, repository);
    const judge = new OrganizationJudge(
      {
        ...organization,
        told: {
          datasets: await datasetFacts(reader.manager, organization.snapshot),
          ...operationOf(operation, organization),
          ...(await scimStrangers(reader.manager, organization, input.now, policy.sameAddress)),
          ...(await settingsFacts(reader.manager, organization)),
          ...(await signOnFacts(reader.manager, organization, input.now)),
          ...(await auditFacts(reader.manager, { ...organization, decisions }, input.now, checks)),
          ...(await connectorFacts(reader.manager, organization, input.now, policy)),
        },
        repositoryTeams: narrowing.length === 0 ? [] : await repositoryTeams(reader, organization, isNarrowedTo),
        extras: await loadHolderExtras(reader, { ...input, organization, checks, policy, decisions, ...operation }),
        decisions,
      },
      checks,
      policy,
      ground,
      input.now,
    );
    const about: Remembered = {
      organizationId: organization.id,
      systems: policy.systemsOf(organization.name).map(({ name }) => name),
      policy: fingerprint,
    };
    const groups = await JudgedGroups.open(recorder, number, about);
    for await (const batch of inBatches(judge.judge(reader, { ahead: reader !== recorder }), batchSize)) {
      await groups.add(batch);
      input.onJudged?.(batch.reduce((sum, { judgements }) => sum + judgements.length, 0));
    }
    await groups.close();
    remembered.push(about);
    if (groups.isComparedByHash) comparedByHash.push(organization.id);
    populations.push(...populationsOf(organization, checks, judge.ground));
  }
  const systems = input.organizations.flatMap(({ id, name }) =>
    policy.systemsOf(name).map((system) => ({ organizationId: id, name: system.name })),
  );
  return { number, populations, systems, remembered, comparedByHash };
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
  await rememberGroups(writer, number, remembered);
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

async function openEvaluation(
  writer: EntityManager,
  input: EvaluationInput,
  roster: { id: string | null; facts: RosterFacts },
  decidedThrough: string,
): Promise<string> {
  const [row]: { number: string }[] = await writer.query(
    `insert into evaluation (id, at, started_at, roster_id, roster_dataset, catalogue_version, policy, decided_through)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning number`,
    [
      input.id,
      input.now,
      input.startedAt,
      roster.id,
      JSON.stringify(rosterDataset(roster.facts)),
      catalogueVersion,
      JSON.stringify(recordedPolicy(input.configuration)),
      decidedThrough,
    ],
  );
  if (row === undefined) throw new Error('The evaluation was not recorded.');
  await writer.query(
    `insert into evaluated_snapshot (evaluation_number, organization_id, run_id)
     select $1::bigint, row.id, row.snapshot from jsonb_to_recordset($2) as row (id bigint, snapshot bigint)`,
    [row.number, JSON.stringify(input.organizations)],
  );
  return row.number;
}

function judgeRoster(checks: readonly EnabledCheck[], facts: RosterFacts, now: Instant): Judgement[] {
  const ground = new Ground([], rosterGround(facts), false, now);
  return checks
    .filter(({ check }) => check.subjects.includes('roster'))
    .map(({ check, policy }) => ({
      check: check.id,
      organizationId: noOrganization,
      subject: { kind: 'roster', key: 'roster', name: 'HR roster', system: null },
      ...judgeThroughGate(check as Check<RosterFacts>, facts, { policy, now }, ground),
    }));
}

function rosterGround({ inForce, maxAge, maxAgeMs, quarantined }: RosterFacts): RosterGround {
  return {
    asOf: inForce?.asOf ?? null,
    previousAsOf: inForce?.previousAsOf ?? null,
    maxAge,
    maxAgeMs,
    quarantined: quarantined?.message ?? null,
  };
}
