import type { DataSource, EntityManager } from 'typeorm';
import { catalog, catalogueVersion } from '../checks/catalog.js';
import type { Check, Instant } from '../checks/check.js';
import type { RosterFacts } from '../checks/facts.js';
import type { Configuration } from '../config/configuration.js';
import { inBatches } from '../database/rows.js';
import { judgeThroughGate } from './gate.js';
import { Ground, type RosterGround } from './ground.js';
import { OrganizationJudge, type EnabledCheck, type Judgement } from './judge-organization.js';
import { channelsOf, channelStates, scheduleFacts, type ConfiguredChannel } from './operation-facts.query.js';
import { lookUpPolicy } from './policy.js';
import { addJudgements, openJudgements, recordJudgements, type Population } from './record.js';
import type { CheckTerms } from './record-findings.js';
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
  /** The last thing in the transaction that records everything. What it throws undoes all of it. */
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
      const roster = await rosterFacts(reader.manager, input.configuration.roster);
      const number = await openEvaluation(writer, input, roster);
      const checks = enabledChecks(input.configuration);
      const populations: Population[] = [];
      await openJudgements(writer);
      await addJudgements(writer, judgeRoster(checks, roster.facts, input.now));

      const policy = await lookUpPolicy(reader.manager, input.configuration, input.now);
      const ground = rosterGround(roster.facts);
      const channels = await channelStates(reader.manager, input.alertChannels ?? [], input);
      for (const organization of input.organizations) {
        const judge = new OrganizationJudge(
          {
            ...organization,
            datasets: await datasetFacts(reader.manager, organization.snapshot),
            repositoryTeams: await repositoryTeams(reader.manager, organization.id, organization.snapshot),
            schedule: await scheduleFacts(reader.manager, organization.id, input.configuration.schedule, input.now),
            alertChannels: channelsOf(organization.name, input.alertChannels, channels),
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
      await recordJudgements(writer, { number, at: input.now }, populations, terms(input.configuration), systems);
      await writer.query('update evaluation set finished_at = $2 where number = $1', [number, new Date()]);
      await input.onRecorded?.(writer);
      return number;
    });
  } finally {
    await reader.rollbackTransaction().catch(() => undefined);
    await reader.release();
  }
}

async function openEvaluation(
  writer: EntityManager,
  input: EvaluationInput,
  roster: { id: string | null; facts: RosterFacts },
): Promise<string> {
  const [row]: { number: string }[] = await writer.query(
    `insert into evaluation (id, at, started_at, roster_id, roster_dataset, catalogue_version, policy)
     values ($1, $2, $3, $4, $5, $6, $7) returning number`,
    [
      input.id,
      input.now,
      input.startedAt,
      roster.id,
      JSON.stringify(rosterDataset(roster.facts)),
      catalogueVersion,
      JSON.stringify(judgedPolicy(input.configuration)),
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

/** The part of the configuration that verdicts depend on; it holds no credentials. */
function judgedPolicy({ identity, criticalSystems, roles, checks, roster, schedule }: Configuration): object {
  const { timeZone, maxAge, currentStaffOnly } = roster;
  return { identity, criticalSystems, roles, checks, schedule, roster: { timeZone, maxAge, currentStaffOnly } };
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
  return configuration.checks.map(({ id, severity, slaMs, enabled }) => ({
    id,
    title: titles.get(id) ?? id,
    severity,
    slaMs,
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
