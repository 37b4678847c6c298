/**
 * `admin`: everything, API tokens included. `operator`: starts evaluations, imports rosters, decides. `auditor`: reads everything
 * and changes nothing. `reviewer`: reads, and acknowledges findings.
 */
export const roles = ['admin', 'operator', 'auditor', 'reviewer'] as const;
export type Role = (typeof roles)[number];
