import { announcedChecks } from './announced-checks.js';
import type { CheckConfig } from './configuration.js';
import type { Check } from '../checks/check.js';
import { fromVariable, isMapping } from './fields.js';
import { keepWrittenOf } from './written.js';
import { type Mistakes, keysOf, readValues, sayUnknownKey } from './list-mistakes.js';
import { CheckSection } from './sections/hubwarden.section.js';

/** What a file may say about one check. */
export type CheckTerms = Pick<Check<never>, 'id' | 'severity' | 'sla' | 'policy'>;

/** One entry for every check of the catalogue, from the `checks` of the file and the checks' own defaults. */
export function checkPolicies(
  said: unknown,
  catalogue: readonly CheckTerms[],
  mistakes: Mistakes,
): readonly CheckConfig[] {
  const known = catalogue.map((check) => check.id);
  const settings = isMapping(said) ? said : {};
  for (const [id, value] of Object.entries(settings)) {
    if (known.includes(id)) continue;
    if (!announcedChecks.has(id)) sayUnknownKey(['checks', id], known, mistakes, [...announcedChecks]);
    else if (!isMapping(value) || value['enabled'] !== false)
      mistakes.at(
        ['checks', id],
        'is a check of a later release; expected `{ enabled: false, reason: … }` or nothing until then',
      );
  }
  return catalogue.map((check) => checkPolicy(settings[check.id] ?? {}, check, mistakes));
}

function checkPolicy(settings: unknown, check: CheckTerms, mistakes: Mistakes): CheckConfig {
  const path = ['checks', check.id];
  const common = keysOf(CheckSection);
  const thresholds = keysOf(check.policy);
  if (!isMapping(settings)) {
    mistakes.at(path, 'is not a mapping; expected settings such as `{ severity: high, sla: 3d }`');
    return checkPolicy({}, check, mistakes);
  }
  for (const key of Object.keys(settings))
    if (![...common, ...thresholds].includes(key)) sayUnknownKey([...path, key], [...common, ...thresholds], mistakes);
  const shared = readValues(CheckSection, part(settings, common), path, mistakes);
  const enabled = shared.enabled ?? true;
  if (!enabled && !shared.reason)
    mistakes.at(path, 'is disabled without a reason; expected `reason: …`, for whoever reads the report');
  return {
    id: check.id,
    enabled,
    reason: shared.reason?.trim() ?? null,
    severity: shared.severity ?? check.severity,
    sla: shared.sla?.trim() ?? check.sla,
    policy:
      thresholds.length === 0
        ? new check.policy()
        : readValues(check.policy, filled(part(settings, thresholds)), path, mistakes),
  };
}

function part(settings: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  const chosen = Object.fromEntries(Object.entries(settings).filter(([key]) => keys.includes(key)));
  keepWrittenOf(settings, chosen);
  return chosen;
}

/** Thresholds are classes of the checks, which know nothing of variables. */
function filled(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, fromVariable(value, settings, key)]));
}
