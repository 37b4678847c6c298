import type { Dataset, Verdict } from './check.js';
import type { Meanings } from './documented-check.js';
import type { DatasetFacts, OrganizationFacts } from './facts.js';
import { unknown } from './verdicts.js';
import { asSentence } from './wording.js';

/** What nothing but a right, or another credential, would make whole: nobody has to try again, somebody has to grant it. */
export function lacksRights({ status, reason }: Pick<DatasetFacts, 'status' | 'reason'>): boolean {
  return status === 'not_permitted' || (status === 'partial' && rights.has(reason ?? ''));
}

const rights: ReadonlySet<string> = new Set(['CAPABILITY_MISSING', 'VISIBILITY_NOT_PROVEN']);

/** What is needed and not whole, as far as it is configured at all. */
export function openDatasets({ datasets, needed }: OrganizationFacts): OpenDataset[] {
  const read = new Map(datasets.map((dataset) => [dataset.name, dataset]));
  return needed
    .map((name) => read.get(name) ?? { name, status: 'failed' as const, reason: 'SOURCE_INCOMPLETE', message: null })
    .filter(({ status }) => status !== 'complete' && status !== 'not_configured');
}

export type OpenDataset = Pick<DatasetFacts, 'name' | 'status' | 'reason' | 'message'>;

/** The verdict of a check about one thing that was not read tonight; null where it was. */
export function unreadVerdict({ organization, datasets }: OrganizationFacts, name: Dataset): Verdict | null {
  const dataset = datasets.find((one) => one.name === name);
  if (dataset?.status === 'complete') return null;
  const reason =
    dataset === undefined || dataset.status === 'partial'
      ? 'SOURCE_INCOMPLETE'
      : dataset.status === 'failed'
        ? 'SOURCE_UNREACHABLE'
        : 'CAPABILITY_MISSING';
  return unknown(
    reason,
    `The listing ${name} of ${organization} was not read: ${asSentence(dataset?.message ?? null, 'nobody said why.')}`,
  );
}

export const unreadMeanings: Meanings = {
  CAPABILITY_MISSING: 'no configured credential can read the setting',
  SOURCE_UNREACHABLE: 'the setting could not be read tonight',
  SOURCE_INCOMPLETE: 'the setting was not read',
};
