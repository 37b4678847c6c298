import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { catalog, catalogueVersion } from '../checks/catalog.js';
import type { Check, Instant } from '../checks/check.js';
import type { RosterFacts } from '../checks/facts.js';
import type { Configuration } from '../config/configuration.js';
import { betweenChanges } from '../database/between-changes.js';
import { inBatches } from '../database/rows.js';
import type { Change } from '../trail/record-change.js';
import { auditFacts } from './audit-archive.query.js';
import { connectorFacts } from './connector-facts.query.js';
import { StandingDecisions } from './decisions.query.js';
import { beginDecisions, closeOnTrail } from './evaluation-trail.js';
import { DueDates } from './due-dates.js';
import { judgeThroughGate } from './gate.js';
import { Ground, type RosterGround } from './ground.js';
import { scimStrangers } from './scim-strangers.query.js';
import { loadHolderExtras } from './load-holder-extras.js';
import { OrganizationJudge, type EnabledCheck, type Judgement } from './judge-organization.js';
import { operationOf, readOperation, type Operation } from './operation.query.js';
import type { ConfiguredChannel } from './operation-facts.query.js';
import { lookUpPolicy } from './policy.js';
import { addJudgements, openJudgements, recordJudgements, type Population } from './record.js';
import type { CheckTerms } from './record-findings.js';
import { recordedPolicy } from './recorded-policy.js';
import { reportHash } from './report-json.js';
import { readReport } from './report.query.js';
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

const batchSize = 5_000;
/** Stands for "no organization" in the tables, because a null is never equal to itself. */
const noOrganization = '0';

/**
 * Judges one snapshot per organization and the roster in force at one clock, and records it: the evaluation, its verdicts,
 * the findings and their transitions commit together or not at all. Returns the evaluation's number.
 */
export async function evaluate(dataSource: DataSource, input: EvaluationInput): Promise<string> {
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
      const judged = await judgeAll({ reader, writer }, { ...input, decidedThrough, operation });
      const judgedAt = await betweenChanges(dataSource);
      const changes = await recordAll(writer, input, judged);
      const { number } = judged;
      await finish(writer, number, { finishedAt: new Date(), readAt, judgedAt, operation });
      const report = await readReport(writer, number);
      await writer.query('update evaluation set report_hash = $2 where number = $1', [number, reportHash(report)]);
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
}

export interface Judged {
  readonly number: string;
  readonly populations: readonly Population[];
  readonly systems: readonly { readonly organizationId: string; readonly name: string }[];
}

/** Judges everything, in a transaction of the writer that ends with `recordAll`. */
export async function judgeAll({ reader, writer }: Connections, input: EvaluationInput & Known): Promise<Judged> {
  const { decidedThrough, operation } = input;
  const roster = await rosterFacts(reader.manager, input.configuration.roster);
  const number = await openEvaluation(writer, input, roster, decidedThrough);
  const checks = enabledChecks(input.configuration);
  const populations: Population[] = [];
  await openJudgements(writer);
  await addJudgements(writer, judgeRoster(checks, roster.facts, input.now));

  const policy = await lookUpPolicy(reader.manager, input.configuration, input.now);
  const ground = rosterGround(roster.facts);
  for (const organization of input.organizations) {
    const seen = { now: input.now, through: decidedThrough };
    const decisions = await StandingDecisions.load(reader.manager, organization.id, seen);
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
        repositoryTeams: await repositoryTeams(reader.manager, organization.id, organization.snapshot),
        extras: await loadHolderExtras(reader, { ...input, organization, checks, policy, decisions, ...operation }),
        decisions,
      },
      checks,
      policy,
      ground,
      input.now,
    );
    for await (const batch of inBatches(judge.judge(reader), batchSize)) {
      await addJudgements(writer, batch);
      input.onJudged?.(batch.length);
    }
    populations.push(...populationsOf(organization, checks, judge.ground));
  }
  const systems = input.organizations.flatMap(({ id, name }) =>
    policy.systemsOf(name).map((system) => ({ organizationId: id, name: system.name })),
  );
  return { number, populations, systems };
}

/** Turns what was judged into verdicts and findings; answers what of it belongs into the trail. */
export async function recordAll(
  writer: EntityManager,
  { configuration, now }: Pick<EvaluationInput, 'configuration' | 'now'>,
  { number, populations, systems }: Judged,
): Promise<Change[]> {
  return recordJudgements(
    writer,
    { number, at: now },
    populations,
    terms(configuration),
    systems,
    new DueDates(configuration.calendar),
  );
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

function enabledChecks(configuration: Configuration): EnabledCheck[] {
  const configured = new Map(configuration.checks.map((check) => [check.id, check]));
  return catalog.flatMap((check: Check<never>) => {
    const policy = configured.get(check.id);
    return policy?.enabled === true ? [{ check, policy: policy.policy }] : [];
  });
}

function terms(configuration: Configuration): CheckTerms[] {
  const titles = new Map(catalog.map((check: Check<never>) => [check.id, check.title]));
  return configuration.checks.map(({ id, severity, sla, enabled }) => ({
    id,
    title: titles.get(id) ?? id,
    severity,
    sla,
    enabled,
  }));
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

function populationsOf(
  organization: EvaluatedOrganization,
  checks: readonly EnabledCheck[],
  ground: Ground,
): Population[] {
  return checks
    .filter(({ check }) => !check.subjects.includes('roster'))
    .map(({ check }) => {
      const unmet = ground.unmet([...check.population, ...check.needs]);
      return {
        check: check.id,
        organizationId: organization.id,
        organization: organization.name,
        kinds: check.subjects,
        remembers: check.remembers === true,
        complete: unmet === null,
        reason: unmet?.reason ?? 'NO_SUBJECTS',
        message: unmet?.message ?? '',
      };
    });
}
