import { resolve } from 'node:path';
import type {
  AlertConfig,
  BusinessCalendar,
  CheckConfig,
  Configuration,
  CriticalSystemConfig,
  IdentityConfig,
  OrganizationConfig,
  RosterConfig,
} from './configuration.js';
import { parseDuration } from '../checks/duration.js';
import { canonicalDomain } from './formats.js';
import type { AlertSection } from './sections/alert.section.js';
import { weekdays, type CalendarSection } from './sections/calendar.section.js';
import type { AccessRuleSection, CriticalSystemSection, WhoSection } from './sections/critical-system.section.js';
import { type CoreRole, type HubwardenSection, coreRoles } from './sections/hubwarden.section.js';
import type { IdentitySection } from './sections/identity.section.js';
import type { CredentialSection, OrganizationSection } from './sections/organization.section.js';
import { forEver } from './sections/retention.section.js';
import type { RosterSection } from './sections/roster.section.js';

/** From a file without mistakes to what the program works with: defaults filled in, names as Docker Hub spells them. */
export function buildConfiguration(
  file: HubwardenSection,
  folder: string,
  checks: readonly CheckConfig[],
): Configuration {
  const timeZone = file.schedule?.timeZone?.trim() ?? 'UTC';
  return {
    publicUrl: file.publicUrl?.trim().replace(/\/+$/, '') ?? null,
    organizations: file.organizations.map(organization),
    sync: { deadlineMs: milliseconds(file.sync?.deadline ?? '10m') },
    roster: buildRoster(file.roster, folder),
    identity: identity(file.identity ?? {}),
    criticalSystems: (file.criticalSystems ?? []).map(criticalSystem),
    roles: coreRolesOf(file.roles),
    checks,
    alerts: (file.alerts ?? []).map(alert),
    schedule: { evaluation: file.schedule?.evaluation?.trim() ?? '0 2 * * *', timeZone },
    calendar: calendar(file.calendar ?? {}, timeZone),
    retention: { historyMs: unlessForEver(file.retention?.history ?? '1096d') },
    api: {
      corsOrigins: all(file.api?.corsOrigins, (text) => new URL(text.trim()).origin),
      trustedProxies: all(file.api?.trustedProxies, trim),
    },
  };
}

/** As Docker Hub spells names of organizations, accounts, roles and repositories. */
export const hubName = (text: string): string => text.trim().toLowerCase();

/** Of a duration that was validated. */
export function milliseconds(text: string): number {
  const value = parseDuration(text.trim());
  if (value === null) throw new Error(`not a duration: ${text}`);
  return value;
}

function unlessForEver(text: string): number | null {
  return text.trim().toLowerCase() === forEver ? null : milliseconds(text);
}

const trimmed = (text: string | null | undefined): string | null => text?.trim() ?? null;
const all = <T>(texts: readonly string[] | null | undefined, change: (text: string) => T): T[] =>
  (texts ?? []).map(change);
const trim = (text: string): string => text.trim();
const domain = (text: string): string => canonicalDomain(text) ?? text;

function organization(section: OrganizationSection): OrganizationConfig {
  return {
    name: hubName(section.name),
    hub: credential(section.hub),
    owner: credential(section.owner),
    scim: section.scim ? { url: section.scim.url.trim().replace(/\/+$/, ''), token: section.scim.token } : null,
  };
}

function credential(section: CredentialSection | null | undefined): OrganizationConfig['hub'] {
  return section ? { identifier: section.identifier.trim(), secret: section.secret } : null;
}

export const isAddress = (source: string): boolean => /^https?:\/\//i.test(source);

/** A relative path begins in `folder`. */
export function buildRoster(section: RosterSection, folder: string): RosterConfig {
  const source = section.source.trim();
  const format = section.format ?? formatOf(source) ?? 'csv';
  const maxAge = section.maxAge?.trim() ?? '8d';
  return {
    source: isAddress(source) ? source : resolve(folder, source),
    headers: mapEntries(section.headers, trim, trim),
    format,
    timeZone: section.timeZone?.trim() ?? 'UTC',
    dateFormat: trimmed(section.dateFormat),
    columns: mapEntries(section.columns, trim, trim),
    statuses: mapEntries(section.statuses, hubName, (status) => status),
    // BambooHR's directory lists the people of today and nobody else.
    currentStaffOnly: format === 'bamboohr' || (section.currentStaffOnly ?? false),
    maxAge,
    maxAgeMs: milliseconds(maxAge),
  };
}

/** What the ending of a file's name says; of an address, the ending of its path. */
export function formatOf(source: string): 'csv' | 'json' | null {
  const path = isAddress(source) ? pathOf(source) : source;
  if (/\.json$/i.test(path)) return 'json';
  return /\.(csv|tsv|txt)$/i.test(path) ? 'csv' : null;
}

function pathOf(address: string): string {
  return URL.canParse(address) ? new URL(address).pathname : '';
}

function identity(section: IdentitySection): IdentityConfig {
  return {
    corporateDomains: all(section.corporateDomains, domain),
    domainAliases: mapEntries(section.domainAliases, domain, domain),
    plusAddressing: section.plusAddressing ?? true,
    links: (section.links ?? []).map((link) => ({ username: hubName(link.username), person: link.person.trim() })),
    serviceAccounts: (section.serviceAccounts ?? []).map((account) => ({
      username: hubName(account.username),
      owner: trimmed(account.owner),
      reviewBy: trimmed(account.reviewBy),
      roles: account.roles?.map(hubName) ?? null,
      reason: trimmed(account.reason),
    })),
  };
}

function criticalSystem(section: CriticalSystemSection): CriticalSystemConfig {
  return {
    name: section.name.trim(),
    organization: hubName(section.organization),
    repositories: section.repositories?.map(hubName) ?? null,
    owner: trimmed(section.owner),
    approvedOn: trimmed(section.approvedOn),
    access: section.access?.map(accessRule) ?? null,
  };
}

function accessRule(rule: AccessRuleSection): NonNullable<CriticalSystemConfig['access']>[number] {
  const who = rule.who === 'everyone' ? rule.who : attributes(rule.who);
  return { roles: rule.roles.map(hubName), who, until: trimmed(rule.until) };
}

const attributeNames = ['departments', 'jobTitles', 'employmentTypes', 'people'] as const;

/** An attribute that the rule does not ask for is absent, not empty: an empty list would admit nobody. */
function attributes(who: WhoSection): Exclude<NonNullable<CriticalSystemConfig['access']>[number]['who'], 'everyone'> {
  return Object.fromEntries(
    attributeNames.flatMap((name) => {
      const alternatives = who[name];
      return alternatives ? [[name, alternatives.map(trim)]] : [];
    }),
  );
}

function coreRolesOf(roles: Readonly<Record<string, string>> | null | undefined): Record<string, CoreRole> {
  return mapEntries(roles, hubName, (core) => coreRoles.find((role) => role === hubName(core)) ?? 'member');
}

function alert(section: AlertSection): AlertConfig {
  const quiet = section.quietHours;
  return {
    kind: section.kind,
    url: section.url.trim(),
    secret: section.secret ?? null,
    minSeverity: section.minSeverity ?? 'low',
    organizations: section.organizations?.map(hubName) ?? null,
    checks: section.checks?.map(trim) ?? null,
    quietHours: quiet
      ? { from: quiet.from.trim(), to: quiet.to.trim(), timeZone: quiet.timeZone?.trim() ?? 'UTC' }
      : null,
  };
}

function calendar(section: CalendarSection, timeZone: string): BusinessCalendar {
  return {
    timeZone: section.timeZone?.trim() ?? timeZone,
    holidays: all(section.holidays, trim).toSorted(),
    weekend: (section.weekend ?? ['saturday', 'sunday']).map(weekday).toSorted((one, other) => one - other),
  };
}

/** Of a word that was validated. */
function weekday(word: string): number {
  const number = weekdays[word.trim().toLowerCase()];
  if (number === undefined) throw new Error(`not a day of the week: ${word}`);
  return number;
}

function mapEntries<From extends string, To>(
  entries: Readonly<Record<string, From>> | null | undefined,
  key: (text: string) => string,
  value: (text: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(entries ?? {}).map(([name, content]) => [key(name), value(content)]));
}
