import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Where one listing of a run in progress stands; gone once the run is sealed. See listing-state.ts for what the columns mean. */
@Entity('listing')
export class ListingEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'run_id' })
  runId: string;

  @Column('text')
  dataset: string;

  @Column('text')
  scope: string;

  @Column('smallint', { default: 1 })
  reading: number;

  @Column('text', { nullable: true })
  cursor: string | null;

  @Column('integer', { default: 0 })
  pages: number;

  @Column('integer', { default: 0 })
  received: number;

  @Column('integer', { default: 0 })
  unkept: number;

  @Column('integer', { nullable: true })
  reported: number | null;

  @Column('text', { nullable: true })
  odd: string | null;

  @Column('text', { nullable: true })
  again: string | null;

  @Column('text', { name: 'odd_before', nullable: true })
  oddBefore: string | null;

  @Column('text', { nullable: true })
  status: string | null;

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('text', { nullable: true })
  message: string | null;

  @Column('text', { nullable: true })
  credential: string | null;

  @Column('jsonb', { name: 'read_as', nullable: true })
  readAs: object | null;

  @Column('timestamptz', { name: 'first_read_at', nullable: true })
  firstReadAt: Date | null;

  @Column('timestamptz', { name: 'fetched_at', nullable: true })
  fetchedAt: Date | null;

  @Column('timestamptz', { name: 'window_from', nullable: true })
  windowFrom: Date | null;

  @Column('timestamptz', { name: 'window_to', nullable: true })
  windowTo: Date | null;
}

/** A row of a listing, by the reading that showed it, until the run is sealed; unless it is as it stood. */
@Entity('staged_observation')
export class StagedObservationEntity {
  @PrimaryColumn('bigint', { name: 'listing_id' })
  listingId: string;

  @PrimaryColumn('smallint')
  reading: number;

  @PrimaryColumn('text')
  key: string;

  @Column('integer')
  page: number;

  @Column('jsonb')
  data: object;
}

/** What one transaction of a run read and found as it stood, until the run is sealed: see seen-rows.query.ts. */
@Entity('unchanged_batch')
export class UnchangedBatchEntity {
  @PrimaryColumn('bigint', { name: 'run_id' })
  runId: string;

  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  /** Listings that were read to their end at once, as `ListingState` has them. */
  @Column('jsonb')
  listings: object;

  @Column('bigint', { name: 'listing_ids', array: true })
  listingIds: string[];

  @Column('smallint', { array: true })
  readings: number[];

  @Column('integer', { array: true })
  pages: number[];

  @Column('bigint', { name: 'observation_ids', array: true })
  observationIds: string[];
}
