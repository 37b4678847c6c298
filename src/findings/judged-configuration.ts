import { createHash } from 'node:crypto';
import { catalog, catalogueVersion } from '../checks/catalog.js';
import type { Check } from '../checks/check.js';
import type { Configuration } from '../config/configuration.js';
import type { Ground } from './ground.js';
import type { EnabledCheck } from './judge-subject.js';
import type { Population } from './population.js';
import type { CheckTerms } from './record-findings.js';
import { recordedPolicy } from './recorded-policy.js';
import { formatOfPlaces } from './stage-judgements.js';
import { subjectSources } from './subject-sources.js';

export function enabledChecks(configuration: Configuration): EnabledCheck[] {
  const configured = new Map(configuration.checks.map((check) => [check.id, check]));
  return catalog.flatMap((check: Check<never>) => {
    const policy = configured.get(check.id);
    return policy?.enabled === true ? [{ check, policy: policy.policy }] : [];
  });
}

/** What the subjects of the checks come from; empty: accounts and invites. */
export function sourcesOf(checks: readonly EnabledCheck[]): string[] {
  const asked = new Set(checks.flatMap(({ check }) => check.source ?? []));
  return ['', ...subjectSources.map(({ name }) => name).filter((name) => asked.has(name))];
}

/** Of everything that decides which checks judge whom. */
export function policyHash(configuration: Configuration): string {
  const sources = sourcesOf(enabledChecks(configuration));
  const policy = JSON.stringify([catalogueVersion, recordedPolicy(configuration), sources]);
  return createHash('sha256').update(policy).digest('base64url');
}

/** Of all that two processes must have in common to judge slices of one evaluation. */
export function sharingHash(configuration: Configuration): string {
  return createHash('sha256')
    .update(`${policyHash(configuration)} ${formatOfPlaces}`)
    .digest('base64url');
}

/** Of every check, also of those that are switched off. */
export function termsOf(configuration: Configuration): CheckTerms[] {
  const titles = new Map(catalog.map((check: Check<never>) => [check.id, check.title]));
  return configuration.checks.map(({ id, severity, sla, enabled }) => ({
    id,
    title: titles.get(id) ?? id,
    severity,
    sla,
    enabled,
  }));
}

/** What follows in one organization from the absence of a subject, check by check. */
export function populationsOf(
  organization: { readonly id: string; readonly name: string },
  checks: readonly EnabledCheck[],
  ground: Ground,
): Population[] {
  return checks
    .filter(({ check }) => !check.subjects.includes('roster'))
    .map(({ check }) => {
      const unmet = ground.unmet([...check.population, ...check.needs]);
      return {
        check: check.id,
        organizationId: organization.id,
        organization: organization.name,
        kinds: check.subjects,
        source: check.source ?? '',
        remembers: check.remembers === true,
        complete: unmet === null,
        settles: ground.unmet(check.needs) === null,
        reason: unmet?.reason ?? 'NO_SUBJECTS',
        message: unmet?.message ?? '',
      };
    });
}
