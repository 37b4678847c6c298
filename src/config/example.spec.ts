import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isMapping } from './fields.js';
import { keysOf } from './list-mistakes.js';
import { loadConfiguration } from './load-configuration.js';
import { readYaml } from './read-yaml.js';
import { AlertSection, QuietHoursSection } from './sections/alert.section.js';
import { ApiSection } from './sections/api.section.js';
import { CalendarSection } from './sections/calendar.section.js';
import { AccessRuleSection, CriticalSystemSection, WhoSection } from './sections/critical-system.section.js';
import { CheckSection, HubwardenSection, ScheduleSection, SyncSection } from './sections/hubwarden.section.js';
import { IdentitySection, LinkSection, ServiceAccountSection } from './sections/identity.section.js';
import { CredentialSection, OrganizationSection, ScimSection } from './sections/organization.section.js';
import { RetentionSection } from './sections/retention.section.js';
import { RosterSection } from './sections/roster.section.js';

const file = fileURLToPath(new URL('../../hubwarden.example.yaml', import.meta.url));

const variables = {
  DOCKERHUB_TOKEN: 'a',
  DOCKERHUB_OWNER_SECRET: 'b',
  DOCKERHUB_SCIM_URL: 'https://scim.example.com',
  DOCKERHUB_SCIM_TOKEN: 'c',
  BAMBOOHR_BASIC: 'd',
  SLACK_WEBHOOK_URL: 'https://hooks.example.com/e',
  HOOK_SECRET: 'f',
};

/** Every mapping of the file has either keys of ours or keys of the user. */
const sections: Readonly<Record<string, new () => object>> = {
  '': HubwardenSection,
  'organizations[]': OrganizationSection,
  'organizations[].hub': CredentialSection,
  'organizations[].owner': CredentialSection,
  'organizations[].scim': ScimSection,
  sync: SyncSection,
  roster: RosterSection,
  identity: IdentitySection,
  'identity.links[]': LinkSection,
  'identity.serviceAccounts[]': ServiceAccountSection,
  'criticalSystems[]': CriticalSystemSection,
  'criticalSystems[].access[]': AccessRuleSection,
  'criticalSystems[].access[].who': WhoSection,
  'alerts[]': AlertSection,
  'alerts[].quietHours': QuietHoursSection,
  schedule: ScheduleSection,
  calendar: CalendarSection,
  retention: RetentionSection,
  api: ApiSection,
};
const wordsOfTheUser = [
  'roster.headers',
  'roster.columns',
  'roster.statuses',
  'identity.domainAliases',
  'roles',
  'checks',
];

async function keysInExample(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`);
    if (!isMapping(value)) return;
    const keys = found.get(path) ?? new Set();
    found.set(path, keys);
    for (const [key, inner] of Object.entries(value)) {
      keys.add(key);
      walk(inner, path === '' ? key : `${path}.${key}`);
    }
  };
  walk(readYaml(await readFile(file, 'utf8'), variables).tree.value, '');
  return found;
}

describe('hubwarden.example.yaml', () => {
  test('loads as it stands', async () => {
    expect(await loadConfiguration(file, { variables })).toHaveProperty(
      'configuration.publicUrl',
      'https://hubwarden.example.com',
    );
  });

  test.each(Object.entries(sections))('shows every key of %j', async (path, section) => {
    expect([...((await keysInExample()).get(path) ?? [])].toSorted()).toEqual([...keysOf(section)].toSorted());
  });

  test('has no mapping that nothing validates', async () => {
    const paths = [...(await keysInExample()).keys()].filter(
      (path) => !(path in sections) && !wordsOfTheUser.includes(path),
    );
    expect(paths.every((path) => path.startsWith('checks.'))).toBe(true);
  });

  test('shows every key that all checks have', async () => {
    const shown = new Set(
      [...(await keysInExample())].flatMap(([path, keys]) => (path.startsWith('checks.') ? [...keys] : [])),
    );
    expect(keysOf(CheckSection).filter((key) => !shown.has(key))).toEqual([]);
  });
});
