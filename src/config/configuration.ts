import type { Day, Duration, Severity } from '../checks/check.js';
import type { Who } from '../checks/facts.js';

/** `hubwarden.yaml`, validated, with defaults filled in and `${NAME}` replaced. Durations are milliseconds. */
export interface Configuration {
  readonly publicUrl: string | null;
  readonly organizations: readonly OrganizationConfig[];
  readonly sync: { readonly deadlineMs: number };
  readonly roster: RosterConfig;
  readonly identity: IdentityConfig;
  readonly criticalSystems: readonly CriticalSystemConfig[];
  /** Custom Docker roles in lower case, as the core role that they equal. */
  readonly roles: Readonly<Record<string, 'owner' | 'editor' | 'member'>>;
  /** One entry for every check of the catalogue, in its order. */
  readonly checks: readonly CheckConfig[];
  readonly alerts: readonly AlertConfig[];
  readonly schedule: { readonly evaluation: string; readonly timeZone: string };
  readonly calendar: BusinessCalendar;
  /** How long past nights are kept; null: for ever. */
  readonly retention: { readonly historyMs: number | null };
  readonly api: ApiConfig;
}

export interface Credential {
  readonly identifier: string;
  readonly secret: string;
}

export interface OrganizationConfig {
  /** In lower case, as Docker Hub spells organizations. */
  readonly name: string;
  readonly hub: Credential | null;
  readonly owner: Credential | null;
  readonly scim: { readonly url: string; readonly token: string } | null;
}

export interface RosterConfig {
  /** An absolute path, or an https URL (http on loopback). */
  readonly source: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly format: 'csv' | 'json' | 'bamboohr';
  readonly timeZone: string;
  /** A pattern of DD, MM, YYYY with separators; null: ISO and columns that can be read one way only. */
  readonly dateFormat: string | null;
  /** Heading in the file -> canonical column. */
  readonly columns: Readonly<Record<string, string>>;
  /** Status word of the file in lower case -> canonical status. */
  readonly statuses: Readonly<Record<string, 'active' | 'on_leave' | 'pending' | 'terminated'>>;
  readonly currentStaffOnly: boolean;
  /** As written, for messages. */
  readonly maxAge: string;
  readonly maxAgeMs: number;
}

export interface IdentityConfig {
  readonly corporateDomains: readonly string[];
  readonly domainAliases: Readonly<Record<string, string>>;
  readonly plusAddressing: boolean;
  readonly links: readonly { readonly username: string; readonly person: string }[];
  readonly serviceAccounts: readonly {
    readonly username: string;
    readonly owner: string | null;
    readonly reviewBy: Day | null;
    readonly roles: readonly string[] | null;
    readonly reason: string | null;
  }[];
}

export interface CriticalSystemConfig {
  readonly name: string;
  readonly organization: string;
  readonly repositories: readonly string[] | null;
  readonly owner: string | null;
  readonly approvedOn: Day | null;
  readonly access:
    readonly { readonly roles: readonly string[]; readonly who: Who; readonly until: Day | null }[] | null;
}

export interface CheckConfig {
  readonly id: string;
  readonly enabled: boolean;
  /** Why it is disabled. */
  readonly reason: string | null;
  readonly severity: Severity;
  /** `24h`, `3d` or, in business days of the calendar, `5bd`. */
  readonly sla: Duration;
  /** The check's own policy class, filled in and validated. */
  readonly policy: object;
}

export interface AlertConfig {
  readonly kind: 'slack' | 'webhook';
  readonly url: string;
  readonly secret: string | null;
  readonly minSeverity: Severity;
  readonly organizations: readonly string[] | null;
  readonly checks: readonly string[] | null;
  readonly quietHours: { readonly from: string; readonly to: string; readonly timeZone: string } | null;
}

/** Which days are business days, for time to repair that is counted in them. */
export interface BusinessCalendar {
  /** Where a day begins and ends. */
  readonly timeZone: string;
  /** In ascending order, each once. */
  readonly holidays: readonly Day[];
  /** ISO 8601: 1 is Monday, 7 is Sunday. In ascending order; never all seven. */
  readonly weekend: readonly number[];
}

export interface ApiConfig {
  /** As browsers send them: `https://dashboard.example.com`, in lower case, a port only where it is not the usual one. */
  readonly corsOrigins: readonly string[];
  /** Addresses and CIDR networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** One mistake in what somebody wrote: a plain sentence that says what is wrong, where, and what is expected. */
export interface Mistake {
  readonly file: string | null;
  readonly line: number | null;
  readonly message: string;
}
