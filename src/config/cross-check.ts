import { parseDuration } from '../checks/duration.js';
import { longestLookBackDays } from '../checks/look-back.js';
import { formatOf, hubName, isAddress } from './build-configuration.js';
import { canonicalDomain } from './formats.js';
import { isMapping } from './fields.js';
import type { Mistakes } from './list-mistakes.js';
import { didYouMean } from './nearest.js';
import type { Path } from './path.js';
import { weekdays } from './sections/calendar.section.js';
import { coreRoles } from './sections/hubwarden.section.js';

/**
 * What single values cannot show: names that stand twice, names that nobody knows, settings that contradict each other.
 * Looks at the tree, so that it can say its part also where other values are wrong.
 */
export function crossCheck(checkIds: readonly string[], mistakes: Mistakes): void {
  const organizations = sayOrganizations(mistakes);
  sayRoster(mistakes);
  sayIdentity(mistakes);
  saySystems(organizations, mistakes);
  sayRoles(mistakes);
  sayAlerts(organizations, checkIds, mistakes);
  sayCalendar(mistakes);
  sayRetention(mistakes);
}

function sayOrganizations(mistakes: Mistakes): readonly string[] {
  const organizations = mappings(['organizations'], mistakes);
  for (const { at, value } of organizations)
    if (!isThere(value['hub']) && !isThere(value['owner']) && !isThere(value['scim']))
      mistakes.at(at, 'can be read with nothing; expected `hub`, `owner` or `scim`');
  sayRepeated(organizations, 'name', hubName, mistakes);
  return organizations.flatMap(({ value }) => (typeof value['name'] === 'string' ? [hubName(value['name'])] : []));
}

function sayRoster(mistakes: Mistakes): void {
  const roster = mistakes.tree.at(['roster']);
  if (!isMapping(roster)) return;
  const { source, format, headers } = roster;
  if (typeof source === 'string' && !isThere(format) && formatOf(source.trim()) === null)
    mistakes.at(
      ['roster', 'format'],
      'is missing, and the path of the source does not end in .csv, .tsv, .txt or .json; expected `csv`, `json` or `bamboohr`',
    );
  if (typeof source === 'string' && isThere(headers) && !isAddress(source.trim()))
    mistakes.at(
      ['roster', 'headers'],
      'belong to a source that is an address, and this one is a file; expected no headers',
    );
}

function sayIdentity(mistakes: Mistakes): void {
  sayRepeated(mappings(['identity', 'links'], mistakes), 'username', hubName, mistakes);
  sayRepeated(mappings(['identity', 'serviceAccounts'], mistakes), 'username', hubName, mistakes);
  const aliases = mistakes.tree.at(['identity', 'domainAliases']);
  if (!isMapping(aliases)) return;
  const known = new Set(Object.keys(aliases).map(canonicalDomain));
  for (const [alias, domain] of Object.entries(aliases)) {
    const target = typeof domain === 'string' ? canonicalDomain(domain) : null;
    if (target !== null && known.has(target))
      mistakes.at(
        ['identity', 'domainAliases', alias],
        `stands for \`${shown(['identity', 'domainAliases', alias], target, mistakes)}\`, which is an alias itself; expected the domain at the end`,
      );
  }
}

function saySystems(organizations: readonly string[], mistakes: Mistakes): void {
  const systems = mappings(['criticalSystems'], mistakes);
  sayRepeated(systems, 'name', (name) => name.trim(), mistakes);
  for (const { at, value } of systems) {
    if (typeof value['organization'] === 'string')
      sayUnknown([...at, 'organization'], hubName(value['organization']), organizations, 'an organization', mistakes);
    for (const rule of mappings([...at, 'access'], mistakes))
      if (isMapping(rule.value['who']) && !Object.values(rule.value['who']).some(isThere))
        mistakes.at(
          [...rule.at, 'who'],
          'asks for nothing; expected `everyone`, or at least one of `departments`, `jobTitles`, `employmentTypes`, `people`',
        );
  }
}

function sayRoles(mistakes: Mistakes): void {
  const roles = mistakes.tree.at(['roles']);
  if (!isMapping(roles)) return;
  const seen = new Set<string>();
  for (const role of Object.keys(roles)) {
    const name = hubName(role);
    if ((coreRoles as readonly string[]).includes(name))
      mistakes.atKey(['roles', role], 'is a core role, which equals itself; expected custom roles only');
    else if (seen.has(name)) mistakes.atKey(['roles', role], `names \`${name}\` a second time; expected it once`);
    seen.add(name);
  }
}

function sayAlerts(organizations: readonly string[], checkIds: readonly string[], mistakes: Mistakes): void {
  for (const { at, value } of mappings(['alerts'], mistakes)) {
    for (const [index, name] of texts(value['organizations']))
      sayUnknown([...at, 'organizations', index], hubName(name), organizations, 'an organization', mistakes);
    for (const [index, id] of texts(value['checks']))
      sayUnknown([...at, 'checks', index], id.trim(), checkIds, 'a check', mistakes);
    const quiet = value['quietHours'];
    if (isMapping(quiet) && isThere(quiet['from']) && quiet['from'] === quiet['to'])
      mistakes.at([...at, 'quietHours'], 'begin and end at the same time; expected two times');
  }
  saySecrets(mistakes);
}

/** One address is one channel, and what it gets is signed once. */
function saySecrets(mistakes: Mistakes): void {
  const first = new Map<string, { readonly secret: unknown; readonly at: Path }>();
  for (const { at, value } of mappings(['alerts'], mistakes)) {
    const { kind, url, secret } = value;
    if (kind !== 'webhook' || typeof url !== 'string' || !isThere(secret)) continue;
    const earlier = first.get(url.trim());
    if (earlier === undefined) first.set(url.trim(), { secret, at: [...at, 'secret'] });
    else if (earlier.secret !== secret)
      mistakes.at(
        [...at, 'secret'],
        `is another one than in line ${mistakes.tree.line(earlier.at)}, for the same address; expected one secret for it`,
      );
  }
}

function sayCalendar(mistakes: Mistakes): void {
  const calendar = mistakes.tree.at(['calendar']);
  if (!isMapping(calendar)) return;
  for (const key of ['holidays', 'weekend']) sayTwice(['calendar', key], calendar[key], mistakes);
  const days = new Set(texts(calendar['weekend']).map(([, day]) => day.trim().toLowerCase()));
  if (Object.keys(weekdays).every((day) => days.has(day)))
    mistakes.at(['calendar', 'weekend'], 'has all seven days, which leaves no business day; expected six at most');
}

/** What checks look back on has to be there. */
function sayRetention(mistakes: Mistakes): void {
  const retention = mistakes.tree.at(['retention']);
  if (!isMapping(retention)) return;
  const { history } = retention;
  const keptMs = typeof history === 'string' ? parseDuration(history.trim()) : null;
  if (keptMs !== null && keptMs < longestLookBackDays * 86_400_000)
    mistakes.at(
      ['retention', 'history'],
      `is \`${shown(['retention', 'history'], String(history), mistakes)}\`, and checks such as \`removal-within-sla\` look back ` +
        `${longestLookBackDays} days; expected \`${longestLookBackDays}d\` or more, or \`forever\``,
    );
}

/** Of a list of texts: those that stand there again. */
function sayTwice(at: Path, list: unknown, mistakes: Mistakes): void {
  const first = new Map<string, Path>();
  for (const [index, text] of texts(list)) {
    const path = [...at, index];
    const name = text.trim().toLowerCase();
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, path);
    else sayAgain(path, name, earlier, mistakes);
  }
}

interface Entry {
  readonly at: Path;
  readonly value: Record<string, unknown>;
}

function mappings(at: Path, mistakes: Mistakes): readonly Entry[] {
  const list = mistakes.tree.at(at);
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown, index) => (isMapping(value) ? [{ at: [...at, index], value }] : []));
}

function texts(list: unknown): readonly (readonly [number, string])[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) => (typeof item === 'string' ? [[index, item] as const] : []));
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

function sayRepeated(
  entries: readonly Entry[],
  key: string,
  canonical: (text: string) => string,
  mistakes: Mistakes,
): void {
  const first = new Map<string, Path>();
  for (const { at, value } of entries) {
    const path = [...at, key];
    const written = mistakes.tree.written(path)?.text;
    if (!isThere(value[key]) || written === undefined) continue;
    const name = canonical(written);
    const earlier = first.get(name);
    if (earlier) sayAgain(path, name, earlier, mistakes);
    else first.set(name, path);
  }
}

function sayAgain(path: Path, name: string, earlier: Path, mistakes: Mistakes): void {
  mistakes.at(
    path,
    `\`${shown(path, name, mistakes)}\` stands here a second time, after line ${mistakes.tree.line(earlier)}; expected it once`,
  );
}

function sayUnknown(path: Path, name: string, known: readonly string[], what: string, mistakes: Mistakes): void {
  if (!known.includes(name))
    mistakes.at(
      path,
      `names ${what} that is not there, \`${shown(path, name, mistakes)}\`; ${didYouMean(name, known)}`,
    );
}

/** A value for people: what came from a variable is shown as the variable. */
function shown(path: Path, value: string, mistakes: Mistakes): string {
  const written = mistakes.tree.written(path);
  return written?.replaced ? written.shown : value;
}
