import { AlertChannelEntity, AlertItemEntity, AlertMessageEntity } from './alerts/alert.entity.js';
import { EvaluatedCheckEntity, EvaluatedSnapshotEntity, EvaluationEntity } from './findings/evaluation.entity.js';
import { AttestationEntity, ExceptedFindingEntity, ExceptionEntity } from './findings/exceptions/exception.entity.js';
import { FindingEntity, FindingTransitionEntity } from './findings/finding.entity.js';
import { JudgedApartEntity, JudgedGroupEntity, JudgedStateEntity } from './findings/judged-group.entity.js';
import { EvaluationAtWorkEntity, EvaluationPartEntity, EvaluationSliceEntity } from './findings/slice.entity.js';
import { VerdictEntity } from './findings/verdict.entity.js';
import { HistoryHorizonEntity } from './history/history-horizon.entity.js';
import { PastRowEntity } from './history/past-row.entity.js';
import { ApiTokenEntity } from './http/api-token.entity.js';
import { LinkEntity } from './identity/link.entity.js';
import { UnmatchedEntity } from './identity/unmatched.entity.js';
import { AuditAbsenceEntity, AuditEventEntity, AuditWindowEntity } from './inventory/audit.entity.js';
import { HeldLossEntity } from './inventory/held-loss.entity.js';
import { ListingEntity, StagedObservationEntity, UnchangedBatchEntity } from './inventory/listing.entity.js';
import { FoldedSnapshotEntity, ObservationEntity, UnverifiedEntity } from './inventory/observation.entity.js';
import { OrganizationEntity } from './inventory/organization.entity.js';
import { RateWindowEntity } from './inventory/rate-window.entity.js';
import { DatasetReadingEntity, SyncRunEntity } from './inventory/sync-run.entity.js';
import { PersonEntity } from './roster/person.entity.js';
import { RosterCandidateEntity, RosterEntity, RosterReadingEntity } from './roster/roster.entity.js';
import { RunEntity, RunReadingEntity, ScheduleSlotEntity } from './runs/run.entity.js';
import { TrailEntryEntity, TrailHeadEntity, VoiceEntity } from './trail/trail.entity.js';

/** Every table, as the folder that writes it maps it. */
export const entities = [
  OrganizationEntity,
  SyncRunEntity,
  DatasetReadingEntity,
  ListingEntity,
  StagedObservationEntity,
  UnchangedBatchEntity,
  ObservationEntity,
  UnverifiedEntity,
  FoldedSnapshotEntity,
  HeldLossEntity,
  RateWindowEntity,
  AuditEventEntity,
  AuditWindowEntity,
  AuditAbsenceEntity,
  RosterEntity,
  RosterReadingEntity,
  RosterCandidateEntity,
  PersonEntity,
  LinkEntity,
  UnmatchedEntity,
  EvaluationEntity,
  EvaluatedSnapshotEntity,
  EvaluatedCheckEntity,
  VerdictEntity,
  JudgedStateEntity,
  JudgedGroupEntity,
  JudgedApartEntity,
  EvaluationAtWorkEntity,
  EvaluationSliceEntity,
  EvaluationPartEntity,
  FindingEntity,
  FindingTransitionEntity,
  ExceptionEntity,
  ExceptedFindingEntity,
  AttestationEntity,
  AlertChannelEntity,
  AlertMessageEntity,
  AlertItemEntity,
  RunEntity,
  RunReadingEntity,
  ScheduleSlotEntity,
  ApiTokenEntity,
  TrailEntryEntity,
  TrailHeadEntity,
  VoiceEntity,
  PastRowEntity,
  HistoryHorizonEntity,
];
