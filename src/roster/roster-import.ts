import { DataSource, type EntityManager } from 'typeorm';
import type { RosterConfig } from '../config/configuration.js';
import { databaseClock } from '../database/database-clock.js';
import { type Actor, actorName } from '../trail/actor.js';
import { digestOf, MemoryContent } from './content.js';
import { fetchRoster, nameOf, type FetchedRoster } from './fetch-roster.js';
import { fingerprintOf } from './fingerprint.js';
import { countEmployed, keepCandidate } from './next-people.query.js';
import type { Instant } from './person.js';
import { addRoster } from './add-roster.query.js';
import { addReading, lockRosters, putInForce, supersedeQuarantined } from './put-in-force.js';
import { recordUpload } from './record-upload.js';
import { rosterInForce, type RosterInForce } from './roster-in-force.js';
import { sentence, type RosterMistake } from './roster-source.js';
import { dateOfUpload, newerUpload, uploadedBy, type Misdated, type UploadOnHand } from './uploads.query.js';
import { usualPortion, weighRoster, type Staged, type Weighed, type Weighing } from './weigh-roster.js';

/**
 * What reading the roster came to. `mistakes`: of an accepted or quarantined roster the rows that were refused alone,
 * else why it was refused or could not be had. `first`: no roster was ever accepted, so there is nothing to go on with.
 */
export type RosterOutcome =
  | {
      readonly outcome: 'accepted';
      readonly id: string;
      readonly people: number;
      readonly employed: number;
      readonly asOf: Instant;
      readonly first: boolean;
      readonly mistakes: readonly RosterMistake[];
    }
  /** `message`: an upload is the newer one, so that what the configured source has was set aside. */
  | {
      readonly outcome: 'unchanged';
      readonly id: string;
      readonly people: number;
      readonly employed: number;
      readonly asOf: Instant;
      readonly first: false;
      readonly message: string | null;
    }
  /** `lost` of the `employed` people of the roster in force, which stays. */
  | {
      readonly outcome: 'quarantined';
      readonly id: string;
      readonly lost: number;
      readonly employed: number;
      readonly message: string;
      readonly first: false;
      readonly mistakes: readonly RosterMistake[];
    }
  | {
      readonly outcome: 'refused' | 'unreachable';
      readonly first: boolean;
      readonly mistakes: readonly RosterMistake[];
    };

/** A file that somebody hands over, as of an instant. */
export interface RosterUpload {
  readonly bytes: Buffer;
  /** Null: now. */
  readonly asOf: Instant | null;
  readonly by: Actor;
}

/** Puts a roster in force, unless it cannot be one or is not plausible beside the one before. */
export class RosterImport {
  /** `portion`: how many rows travel to the database together. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly portion = usualPortion,
  ) {}

  /** Reads the configured roster. All or nothing. Every call leaves a line in `roster_reading`. */
  async import(config: RosterConfig, now: Instant, signal: AbortSignal): Promise<RosterOutcome> {
    const fetched = await fetchRoster(config, now, signal);
    try {
      return await this.dataSource.transaction(async (manager) => {
        await lockRosters(manager);
        if ('content' in fetched) {
          const newer = await newerUpload(manager, fetched.asOf, fingerprintOf(fetched.digest, config).whole);
          if (newer !== null) return setAside(manager, newer, fetched, config, now);
          const weighed = await weighRoster(manager, fetched, config, this.weighing(now, signal));
          return conclude(manager, weighed, fetched, config, now);
        }
        const first = (await rosterInForce(manager)) === null;
        return 'refused' in fetched
          ? refuse(manager, 'refused', [fetched.refused], first, now)
          : refuse(manager, 'unreachable', [fetched.unreachable], first, now);
      });
    } finally {
      if ('content' in fetched) await fetched.content.close();
    }
  }

  /**
   * Reads a file as the configured roster is read, and judges it alike. It stands until the configured source has something of a
   * later time, and ages as any other roster. One that is refused leaves nothing behind: whoever uploads it is told, and what
   * the configured source is worth has not changed. `signal` stops it between two rows.
   */
  async upload(upload: RosterUpload, config: RosterConfig, signal: AbortSignal): Promise<RosterOutcome | Misdated> {
    return this.dataSource.transaction(async (manager) => {
      await lockRosters(manager);
      const now = await databaseClock(manager);
      const inForce = await rosterInForce(manager);
      const dated = dateOfUpload(upload.asOf, now, inForce?.asOf ?? null);
      if ('outcome' in dated) return dated;
      const content = new MemoryContent(upload.bytes);
      const fetched = { content, digest: await digestOf(content), asOf: dated.asOf };
      const uploaded = { ...config, source: uploadedBy(actorName(upload.by)) };
      const weighed = await weighRoster(manager, fetched, uploaded, this.weighing(now, signal));
      if (weighed.verdict === 'refused') {
        return { outcome: 'refused', first: inForce === null, mistakes: weighed.mistakes };
      }
      const outcome = await conclude(manager, weighed, fetched, uploaded, now);
      if ('id' in outcome) await recordUpload(manager, upload.by, outcome, fetched.asOf);
      return outcome;
    });
  }

  private weighing(now: Instant, signal: AbortSignal): Weighing {
    return { now, signal, preview: false, portion: this.portion };
  }
}

/** The configured source has nothing newer than what somebody uploaded, so the latter stands. */
async function setAside(
  manager: EntityManager,
  upload: UploadOnHand,
  fetched: FetchedRoster,
  config: RosterConfig,
  now: Instant,
): Promise<RosterOutcome> {
  const inForce = await rosterInForce(manager);
  if (inForce === null) throw new Error('An upload waits for a decision although no roster was ever accepted.');
  const { id, people, employed, asOf } = inForce;
  const message =
    `Roster ${upload.id}, uploaded as of ${upload.asOf}, ${upload.waits ? 'waits for a decision' : 'stays in force'}: ` +
    `${nameOf(config.source)} is of ${fetched.asOf}, which is not later.`;
  await addReading(manager, id, 'unchanged', message, now);
  return { outcome: 'unchanged', id, people, employed, asOf, first: false, message };
}

async function conclude(
  manager: EntityManager,
  weighed: Weighed,
  fetched: FetchedRoster,
  config: RosterConfig,
  now: Instant,
): Promise<RosterOutcome> {
  if (weighed.verdict === 'unchanged') {
    return confirm(manager, weighed.inForce, fetched.asOf, now);
  }
  if (weighed.verdict === 'waits') {
    const { id, lost, employed } = weighed;
    const message = quarantineSentence(id, lost, employed);
    await addReading(manager, id, 'quarantined', message, now);
    return { outcome: 'quarantined', id, lost, employed, message, first: false, mistakes: [] };
  }
  if (weighed.verdict === 'refused') {
    return refuse(manager, 'refused', inFile(weighed.mistakes, config), weighed.inForce === null, now);
  }
  if (weighed.verdict === 'changes') {
    return refuse(manager, 'unreachable', [weighed.mistake], weighed.inForce === null, now);
  }
  return weighed.verdict === 'implausible'
    ? quarantine(manager, weighed, fetched, config, now)
    : accept(manager, weighed, fetched, config, now);
}

/** The file is what is in force: at most younger, and whatever came in between is overtaken. */
async function confirm(
  manager: EntityManager,
  { id, people, employed }: RosterInForce,
  asOf: Instant,
  now: Instant,
): Promise<RosterOutcome> {
  await supersedeQuarantined(manager, now);
  const [row]: [{ as_of: Date }[]] = await manager.query(
    'update roster set as_of = greatest(as_of, $2) where id = $1 returning as_of',
    [id, asOf],
  );
  await addReading(manager, id, 'unchanged', null, now);
  const confirmed = row[0]?.as_of.toISOString() ?? asOf;
  return { outcome: 'unchanged', id, people, employed, asOf: confirmed, first: false, message: null };
}

async function refuse(
  manager: EntityManager,
  outcome: 'refused' | 'unreachable',
  mistakes: readonly RosterMistake[],
  first: boolean,
  now: Instant,
): Promise<RosterOutcome> {
  await addReading(manager, null, outcome, mistakes.map((mistake) => sentence(mistake)).join(' '), now);
  return { outcome, first, mistakes };
}

async function accept(
  manager: EntityManager,
  staged: Staged,
  fetched: FetchedRoster,
  config: RosterConfig,
  now: Instant,
): Promise<RosterOutcome> {
  await supersedeQuarantined(manager, now);
  const id = await addRoster(manager, staged, fetched, config, 'accepted', now);
  if (staged.firstRoster !== null && staged.firstRoster !== id) {
    throw new Error(`The people of roster ${id} are written as those of roster ${staged.firstRoster}.`);
  }
  const { content } = staged.fingerprint;
  const { currentStaffOnly } = staged.read;
  await putInForce(
    manager,
    { id, content, timeZone: config.timeZone, currentStaffOnly, mentions: staged.mentions },
    staged.inForce,
    now,
  );
  const employed = await countEmployed(manager, now);
  await manager.query('update roster set employed = $2 where id = $1', [id, employed]);
  const mistakes = inFile(
    staged.read.refused.flatMap((row) => row.mistakes),
    config,
  );
  await addReading(manager, id, 'accepted', null, now);
  return {
    outcome: 'accepted',
    id,
    people: staged.people,
    employed,
    asOf: fetched.asOf,
    first: staged.inForce === null,
    mistakes,
  };
}

async function quarantine(
  manager: EntityManager,
  staged: Staged,
  fetched: FetchedRoster,
  config: RosterConfig,
  now: Instant,
): Promise<RosterOutcome> {
  await supersedeQuarantined(manager, now);
  const id = await addRoster(manager, staged, fetched, config, 'quarantined', now);
  await manager.query('update roster set employed = $2 where id = $1', [id, await countEmployed(manager, now)]);
  await keepCandidate(manager, id);
  const { lost, employed } = staged;
  const message = quarantineSentence(id, lost, employed);
  await addReading(manager, id, 'quarantined', message, now);
  const mistakes = inFile(
    staged.read.refused.flatMap((row) => row.mistakes),
    config,
  );
  return { outcome: 'quarantined', id, lost, employed, message, first: false, mistakes };
}

function inFile(mistakes: readonly RosterMistake[], config: RosterConfig): readonly RosterMistake[] {
  return mistakes.map((mistake) => ({ ...mistake, file: nameOf(config.source) }));
}

/** What somebody who has to decide reads. */
function quarantineSentence(id: string, lost: number, employed: number): string {
  return (
    `Roster ${id} waits in quarantine: ${lost} of the ${employed} people employed in the roster in force are missing from it or ` +
    `newly ended. Decide with: hubwarden roster accept ${id} --reason "…", or: hubwarden roster reject ${id} --reason "…".`
  );
}
