import type { Dataset } from '../../src/checks/check.js';
import type { DatasetFacts, DatasetStatus } from '../../src/checks/facts.js';

/** One line about how a dataset ended. */
export function aReading(
  name: Dataset,
  status: DatasetStatus = 'complete',
  reason: string | null = null,
  message: string | null = null,
): DatasetFacts {
  return { name, status, reason, message, fetchedAt: '2026-11-21T02:00:00.000Z', received: 1, reported: 1 };
}
