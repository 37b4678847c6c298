import type { Instant } from '../checks/check.js';
import type { DatasetFacts } from '../checks/facts.js';
import type { Configuration } from '../config/configuration.js';
import { inBatches } from '../database/rows.js';
import { auditFacts } from './audit-archive.query.js';
import { matchesRepository } from './census.js';
import { connectorFacts } from './connector-facts.query.js';
import { StandingDecisions } from './decisions.query.js';
import { Ground, type RosterGround } from './ground.js';
import { streamHolders } from './holder-facts.query.js';
import { OrganizationJudge, type ToldOfOrganization } from './judge-organization.js';
import { SubjectJudge, type EnabledCheck } from './judge-subject.js';
import { groupsOf, type JudgedGroup } from './judged-group.js';
import { loadHolderExtras } from './load-holder-extras.js';
import { operationOf, type Operation } from './operation.query.js';
import type { JudgedPolicy } from './policy.js';
import type { Readers } from './readers.js';
import { scimStrangers } from './scim-strangers.query.js';
import { sideBySide } from './side-by-side.js';
import { settingsFacts, signOnFacts } from './settings-facts.query.js';
import { datasetFacts, repositoryTeams } from './source-facts.query.js';
import { subjectSources } from './subject-sources.js';

export interface EvaluatedOrganization {
  readonly id: string;
  readonly name: string;
  /** The number of its sealed snapshot. */
  readonly snapshot: string;
}

/** What one evaluation judges by, whoever judges a part of it. */
export interface Terms {
  readonly configuration: Configuration;
  readonly checks: readonly EnabledCheck[];
  readonly policy: JudgedPolicy;
  readonly roster: RosterGround;
  readonly operation: Operation;
  readonly now: Instant;
  /** The last entry of the trail whose decision counts. */
  readonly decidedThrough: string;
}

/** A part of an evaluation that can be judged by itself. */
export interface Slice {
  readonly organization: EvaluatedOrganization;
  /** What its subjects come from; empty: the accounts and invites, the critical systems and the organization itself. */
  readonly sources: readonly string[];
}

/** Where judgements go to; what one slice does not show any more is known once all of it came by. */
export interface JudgementSink {
  add(groups: readonly JudgedGroup[]): Promise<void>;
}

/** Groups of judgements that are handed on at once. */
const batchSize = 200;

/**
 * Judges every subject of a slice. `signal`: somebody else failed, so that nobody needs it any more. Once it has ended, whichever way,
 * nothing goes to the sink any more.
 */
export async function judgeSlice(
  readers: Readers,
  { organization, sources }: Slice,
  terms: Terms,
  sink: JudgementSink,
  signal: AbortSignal,
): Promise<void> {
  const { checks, now, decidedThrough } = terms;
  const { datasets, decisions } = await readers.use(async ({ manager }) => ({
    datasets: await datasetFacts(manager, organization.snapshot),
    decisions: await StandingDecisions.load(manager, organization.id, { now, through: decidedThrough }),
  }));
  const ground = groundOf(terms, organization, datasets);
  const judge = new SubjectJudge(organization.id, checks, ground, decisions, now);
  const about = { ...terms, organization, datasets, decisions, judge };
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const hand = async (groups: AsyncIterable<JudgedGroup>): Promise<void> => {
    for await (const batch of inBatches(groups, batchSize)) {
      stop.throwIfAborted();
      await sink.add(batch);
    }
  };
  await sideBySide(
    sources.map(
      (source) => () =>
        source === '' ? judgeAccounts(readers, about, hand) : judgeSource(readers, about, source, hand),
    ),
    (error) => failed.abort(error),
  );
}

/** What a check may rest on in one organization. */
export function groundOf(
  { policy, roster, now }: Pick<Terms, 'policy' | 'roster' | 'now'>,
  { name }: Pick<EvaluatedOrganization, 'name'>,
  datasets: readonly DatasetFacts[],
): Ground {
  const narrowed = policy.systemsOf(name).some(({ repositories }) => repositories !== null);
  return new Ground(datasets, roster, narrowed, now);
}

interface About extends Terms {
  readonly organization: EvaluatedOrganization;
  readonly datasets: readonly DatasetFacts[];
  readonly decisions: StandingDecisions;
  readonly judge: SubjectJudge;
}

type Hand = (groups: AsyncIterable<JudgedGroup>) => Promise<void>;

/** The server puts the rows together while everything else about the organization is asked for. */
async function judgeAccounts(readers: Readers, about: About, hand: Hand): Promise<void> {
  const { organization, policy, judge, checks } = about;
  const told = whatIsTold(readers, about);
  const following = checks.filter(({ check }) => check.remembers === true).map(({ check }) => check.id);
  const at = { organizationId: organization.id, snapshot: organization.snapshot, now: about.now };
  await Promise.all([
    told,
    readers.use(async (runner) => {
      const rows = streamHolders(runner, at, policy.sameAddress, following, { ahead: readers.ahead });
      const first = rows.next();
      try {
        const known = { name: organization.name, ...(await told) };
        await hand(new OrganizationJudge(known, policy, judge).judgeAll(resumed(await first, rows)));
      } finally {
        await first.catch(() => undefined);
        await rows.return();
      }
    }),
  ]);
}

async function* resumed<Row>(first: IteratorResult<Row, void>, rows: AsyncGenerator<Row, void, void>) {
  if (first.done === true) return;
  yield first.value;
  yield* rows;
}

async function whatIsTold(readers: Readers, about: About) {
  const { organization, policy, decisions, operation, now, checks } = about;
  const narrowing = policy.systemsOf(organization.name).flatMap(({ repositories }) => repositories ?? []);
  const isNarrowedTo = (repository: string): boolean => matchesRepository(narrowing, repository);
  const [extras, teams, strangers, settings, signOn, audit, connector] = await Promise.all([
    loadHolderExtras(readers, { ...about, ...operation }),
    narrowing.length === 0 ? [] : readers.use((runner) => repositoryTeams(runner, organization, isNarrowedTo)),
    readers.use(({ manager }) => scimStrangers(manager, organization, now, policy.sameAddress)),
    readers.use(({ manager }) => settingsFacts(manager, organization)),
    readers.use(({ manager }) => signOnFacts(manager, organization, now)),
    readers.use(({ manager }) => auditFacts(manager, { ...organization, decisions }, now, checks)),
    readers.use(({ manager }) => connectorFacts(manager, organization, now, policy)),
  ]);
  const told: ToldOfOrganization = {
    datasets: about.datasets,
    ...operationOf(operation, organization),
    ...strangers,
    ...settings,
    ...signOn,
    ...audit,
    ...connector,
  };
  return { told, repositoryTeams: teams, extras };
}

/** Teams, repositories, tokens, and whatever else a check asks for by name. */
async function judgeSource(readers: Readers, about: About, name: string, hand: Hand): Promise<void> {
  const { organization, checks, judge, decisions, policy, now } = about;
  const source = subjectSources.find((one) => one.name === name);
  if (source === undefined) throw new Error(`There is no source ${name}.`);
  const asking = checks.filter(({ check }) => check.source === name);
  const question = {
    organizationId: organization.id,
    organization: organization.name,
    snapshot: organization.snapshot,
    now,
    policy,
    exceptions: decisions.decided(),
  };
  await readers.use((runner) =>
    hand(
      (async function* groups() {
        for await (const { subject, facts } of source.subjects(runner, question)) {
          yield* groupsOf(
            name,
            asking
              .filter(({ check }) => check.subjects.includes(subject.kind))
              .map((enabled) => judge.through(enabled, facts, subject)),
          );
        }
      })(),
    ),
  );
}
