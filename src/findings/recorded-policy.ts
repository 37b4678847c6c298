import { plainToInstance } from 'class-transformer';
import { catalog } from '../checks/catalog.js';
import type { Check } from '../checks/check.js';
import { parseDuration } from '../checks/duration.js';
import type { Configuration, RosterConfig } from '../config/configuration.js';

/** The part of the configuration that verdicts depend on, as an evaluation records it; it holds no credentials. */
export type RecordedPolicy = Pick<
  Configuration,
  'identity' | 'criticalSystems' | 'roles' | 'checks' | 'schedule' | 'calendar'
> & { readonly roster: Pick<RosterConfig, 'timeZone' | 'maxAge' | 'currentStaffOnly'> };

export function recordedPolicy(configuration: Configuration): RecordedPolicy {
  const { identity, criticalSystems, roles, checks, roster, schedule, calendar } = configuration;
  const { timeZone, maxAge, currentStaffOnly } = roster;
  return {
    identity,
    criticalSystems,
    roles,
    checks,
    schedule,
    calendar,
    roster: { timeZone, maxAge, currentStaffOnly },
  };
}

/** A configuration to judge by. Whatever judging does not look at is empty: nothing can be read with it, and nobody told. */
export function judgedConfiguration(recorded: RecordedPolicy): Configuration {
  const { roster, checks, ...policy } = recorded;
  const maxAgeMs = parseDuration(roster.maxAge);
  if (maxAgeMs === null) throw new Error(`The recorded age of a roster is no duration: ${roster.maxAge}`);
  const classes = new Map(catalog.map((check: Check<never>) => [check.id, check.policy]));
  return {
    ...policy,
    checks: checks.map((check) => {
      const thresholds = classes.get(check.id);
      return thresholds === undefined ? check : { ...check, policy: plainToInstance(thresholds, check.policy) };
    }),
    roster: {
      source: '',
      headers: {},
      format: 'csv',
      dateFormat: null,
      columns: {},
      statuses: {},
      ...roster,
      maxAgeMs,
    },
    publicUrl: null,
    organizations: [],
    sync: { deadlineMs: 0 },
    alerts: [],
    retention: { historyMs: null },
    api: { corsOrigins: [], trustedProxies: [] },
  };
}
