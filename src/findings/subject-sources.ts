import { criticalRepositorySource } from './critical-repositories.query.js';
import { criticalWriterSource } from './critical-writers.query.js';
import { leaverActivitySource } from './leaver-activity.query.js';
import { leaverArtefactSource } from './leaver-artefacts.query.js';
import { removalSource } from './removal-facts.query.js';
import { repositoryPushSource } from './repository-pushes.query.js';
import { repositorySource } from './repository-facts.query.js';
import type { SubjectSource } from './subject-source.js';
import { tokenSource } from './token-facts.query.js';

/** Every source that a check may name. */
export const subjectSources: readonly SubjectSource[] = [
  tokenSource,
  leaverArtefactSource,
  removalSource,
  repositorySource,
  criticalRepositorySource,
  criticalWriterSource,
  repositoryPushSource,
  leaverActivitySource,
];
