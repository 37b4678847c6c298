import type { EntityManager } from 'typeorm';
import { catalogueVersion } from '../checks/catalog.js';
import type { Check, Instant } from '../checks/check.js';
import type { RosterFacts } from '../checks/facts.js';
import type { Configuration } from '../config/configuration.js';
import { judgeThroughGate } from './gate.js';
import { Ground, type RosterGround } from './ground.js';
import { type EvaluatedOrganization, groundOf, type Terms } from './judge-slice.js';
import { type Shared, SlicesAtWork } from './judge-slices.js';
import type { EnabledCheck } from './judge-subject.js';
import { enabledChecks, policyHash, populationsOf, sourcesOf } from './judged-configuration.js';
import type { Judgement } from './judged-group.js';
import { isRemembered, type Remembered } from './judged-groups.js';
import type { Operation } from './operation.query.js';
import { lookUpPolicy } from './policy.js';
import type { Population } from './population.js';
import type { Readers } from './readers.js';
import { recordedPolicy } from './recorded-policy.js';
import type { AskedSlice } from './slice-board.js';
import { datasetFacts, rosterDataset, rosterFacts } from './source-facts.query.js';
import { openJudgements, stageIn, stageJudgements } from './stage-judgements.js';

/** Stands for "no organization" in the tables, because a null is never equal to itself. */
const noOrganization = '0';

export interface Connections {
  readonly readers: Readers;
  /** May be the only reader, too: what streams through that is in a cursor. */
  readonly writer: EntityManager;
}

export interface JudgingInput {
  /** A UUID; a second evaluation of the same id is refused by the database. */
  readonly id: string;
  readonly configuration: Configuration;
  readonly now: Instant;
  readonly startedAt: Date;
  readonly organizations: readonly EvaluatedOrganization[];
  /** The last entry of the trail whose decision counts. */
  readonly decidedThrough: string;
  readonly operation: Operation;
  /** What was judged is kept in short for the next evaluation, and compared with what the one before kept. */
  readonly remembers: boolean;
  /** Has others judge some of the slices, if that is worth it; absent: all are judged here. */
  readonly share?: (slices: readonly SizedSlice[]) => Promise<Shared | null>;
  onJudged?(subjects: number): void;
}

export interface SizedSlice extends AskedSlice {
  /** Of its organization. */
  readonly members: number;
}

export interface Judged {
  readonly number: string;
  readonly populations: readonly Population[];
  readonly systems: readonly { readonly organizationId: string; readonly name: string }[];
  readonly remembered: readonly Remembered[];
  readonly comparedByHash: readonly string[];
}

/** Judges everything, in a transaction of the writer that ends with `recordAll`. */
export async function judgeAll({ readers, writer }: Connections, input: JudgingInput): Promise<Judged> {
  const { configuration, organizations, now } = input;
  const recorder = writer.queryRunner;
  if (recorder === undefined) throw new Error('Judgements are recorded in a transaction.');
  const terms = await readers.use(({ manager }) => termsAt(manager, input));
  const number = await openEvaluation(writer, input, terms);
  await openJudgements(writer);
  await stageJudgements(stageIn(recorder), judgeRoster(terms.checks, terms.facts, now));

  const fingerprint = input.remembers ? policyHash(configuration) : null;
  const sources = sourcesOf(terms.checks);
  const slices: SizedSlice[] = [];
  const populations: Population[] = [];
  for (const organization of organizations) {
    const systems = terms.policy.systemsOf(organization.name).map(({ name }) => name);
    const about = { organizationId: organization.id, systems, policy: fingerprint };
    const isKnown = await isRemembered(writer, number, about);
    const datasets = await readers.use(({ manager }) => datasetFacts(manager, organization.snapshot));
    const members = datasets.find(({ name }) => name === 'members')?.received ?? 0;
    slices.push({ organization, sources, about: { ...about, isKnown }, members });
    populations.push(...populationsOf(organization, terms.checks, groundOf(terms, organization, datasets)));
  }
  const work = new SlicesAtWork(readers, recorder, terms, (subjects) => input.onJudged?.(subjects));
  const shared = (await input.share?.(slices)) ?? null;
  try {
    await (shared === null ? work.judgeAll(slices) : work.judgeWithOthers(shared));
  } finally {
    // What is left behind is cleared away by the next one.
    await shared?.close().catch(() => undefined);
  }
  const judged = slices.map(({ about }) => about);
  return {
    number,
    populations,
    systems: judged.flatMap(({ organizationId, systems }) => systems.map((name) => ({ organizationId, name }))),
    remembered: judged,
    comparedByHash: judged.filter(({ isKnown }) => isKnown).map(({ organizationId }) => organizationId),
  };
}

/** What everybody is judged by, and what is known of the roster. */
export async function termsAt(
  manager: EntityManager,
  {
    configuration,
    now,
    operation,
    decidedThrough,
  }: Pick<JudgingInput, 'configuration' | 'now' | 'operation' | 'decidedThrough'>,
): Promise<Terms & { readonly facts: RosterFacts; readonly rosterId: string | null }> {
  const { id, facts } = await rosterFacts(manager, configuration.roster);
  return {
    configuration,
    checks: enabledChecks(configuration),
    policy: await lookUpPolicy(manager, configuration, now),
    roster: rosterGround(facts),
    operation,
    now,
    decidedThrough,
    facts,
    rosterId: id,
  };
}

async function openEvaluation(
  writer: EntityManager,
  { id, now, startedAt, configuration, organizations, decidedThrough }: JudgingInput,
  roster: { readonly rosterId: string | null; readonly facts: RosterFacts },
): Promise<string> {
  const [row]: { number: string }[] = await writer.query(
    `insert into evaluation (id, at, started_at, roster_id, roster_dataset, catalogue_version, policy, decided_through)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning number`,
    [
      id,
      now,
      startedAt,
      roster.rosterId,
      JSON.stringify(rosterDataset(roster.facts)),
      catalogueVersion,
      JSON.stringify(recordedPolicy(configuration)),
      decidedThrough,
    ],
  );
  if (row === undefined) throw new Error('The evaluation was not recorded.');
  await writer.query(
    `insert into evaluated_snapshot (evaluation_number, organization_id, run_id)
     select $1::bigint, row.id, row.snapshot from jsonb_to_recordset($2) as row (id bigint, snapshot bigint)`,
    [row.number, JSON.stringify(organizations)],
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
