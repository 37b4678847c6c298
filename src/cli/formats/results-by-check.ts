import type { ReportResult } from '../../findings/report.js';

export function resultsByCheck(results: readonly ReportResult[]): ReadonlyMap<string, readonly ReportResult[]> {
  const groups = new Map<string, ReportResult[]>();
  for (const result of results) {
    const group = groups.get(result.check);
    if (group) group.push(result);
    else groups.set(result.check, [result]);
  }
  return groups;
}
