import { isUUID } from 'class-validator';
import type { EntityManager } from 'typeorm';
import { catalogueVersion } from '../checks/catalog.js';
import type { EvaluatedOrganization } from '../findings/judge-slice.js';
import type { Operation } from '../findings/operation.query.js';
import type { RecordedPolicy } from '../findings/recorded-policy.js';
import { standingHorizon } from './horizon.query.js';

/** An evaluation with everything that it takes to judge again. Instants as text have microseconds. */
export interface RecordedEvaluation {
  readonly id: string;
  readonly number: string;
  readonly at: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly rosterId: string | null;
  readonly policy: RecordedPolicy;
  readonly decidedThrough: string;
  readonly operation: Operation;
  readonly readAt: string;
  readonly judgedAt: string;
  readonly reportHash: string;
  readonly organizations: readonly EvaluatedOrganization[];
}

interface EvaluationRow extends Omit<RecordedEvaluation, 'operation' | 'readAt' | 'judgedAt' | 'reportHash'> {
  readonly catalogueVersion: string;
  readonly operation: Operation | null;
  readonly readAt: string | null;
  readonly judgedAt: string | null;
  readonly reportHash: string | null;
}

/** By its id, its number or `latest`. A mistake is a sentence: there is none, or it cannot be judged again. */
export async function findRecorded(
  manager: EntityManager,
  named: string,
): Promise<RecordedEvaluation | { readonly mistake: string }> {
  const [row]: EvaluationRow[] =
    named === 'latest' || isUUID(named) || /^[1-9]\d{0,17}$/.test(named)
      ? await manager.query(
          `select id, number, at, started_at as "startedAt", finished_at as "finishedAt", roster_id as "rosterId",
                  catalogue_version as "catalogueVersion", policy, coalesce(decided_through, 0) as "decidedThrough",
                  operation, read_at::text as "readAt", judged_at::text as "judgedAt", report_hash as "reportHash",
                  (select coalesce(jsonb_agg(jsonb_build_object(
                            'id', organization.id::text, 'name', organization.name, 'snapshot', run_id::text)
                            order by organization.id), '[]')
                     from evaluated_snapshot join organization on organization.id = organization_id
                    where evaluation_number = number) as organizations
             from evaluation
            where finished_at is not null and ($1 = 'latest' or $1 in (id::text, number::text))
            order by number desc limit 1`,
          [named.toLowerCase()],
        )
      : [];
  if (row === undefined) {
    return { mistake: `there is no evaluation ${named.slice(0, 80)}; ${await expected(manager)}` };
  }
  const { catalogueVersion: version, operation, readAt, judgedAt, reportHash, ...recorded } = row;
  if (version !== catalogueVersion) {
    return {
      mistake:
        `evaluation ${row.number} was judged by version ${version} of the rules, which is gone: this program has version ` +
        `${catalogueVersion}; expected the program that recorded it`,
    };
  }
  if (readAt !== null && reportHash === null) {
    return {
      mistake: `the hash of the report of evaluation ${row.number} is not computed yet; expected one that has its hash: try again in a while`,
    };
  }
  if (operation === null || readAt === null || judgedAt === null || reportHash === null) {
    return {
      mistake: `evaluation ${row.number} was recorded before everything was kept that it takes to judge again; expected a later one`,
    };
  }
  return { ...recorded, operation, readAt, judgedAt, reportHash };
}

async function expected(manager: EntityManager): Promise<string> {
  const horizon = await standingHorizon(manager);
  if (horizon === null) return 'expected its id, its number or “latest”';
  const { evaluation, beginsAt } = horizon;
  return (
    `history begins with evaluation ${evaluation} of ${beginsAt}, and what was before was removed by the retention policy, ` +
    'so that nobody can judge it again; expected the id or the number of a later one, or “latest”'
  );
}
