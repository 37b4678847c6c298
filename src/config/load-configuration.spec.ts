import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationFile } from '../../test/support/configuration-file.js';
import type { Configuration } from './configuration.js';

let file: ConfigurationFile;
beforeAll(async () => {
  file = await ConfigurationFile.create();
});
afterAll(() => file.remove());

async function loaded(text: string, variables?: Record<string, string>): Promise<Configuration> {
  const result = await file.load(text, variables);
  if ('mistakes' in result) throw new Error(result.mistakes.map((mistake) => mistake.message).join('\n'));
  return result.configuration;
}

const minimal =
  'organizations: [ { name: acme, hub: { identifier: acme, secret: s } } ]\nroster: { source: people.csv }\n';

test('the smallest file gets every default', async () => {
  expect(await loaded(minimal)).toEqual({
    publicUrl: null,
    organizations: [{ name: 'acme', hub: { identifier: 'acme', secret: 's' }, owner: null, scim: null }],
    sync: { deadlineMs: 600_000 },
    roster: {
      source: join(file.folder, 'people.csv'),
      headers: {},
      format: 'csv',
      timeZone: 'UTC',
      dateFormat: null,
      columns: {},
      statuses: {},
      currentStaffOnly: false,
      maxAge: '8d',
      maxAgeMs: 691_200_000,
    },
    identity: { corporateDomains: [], domainAliases: {}, plusAddressing: true, links: [], serviceAccounts: [] },
    criticalSystems: [],
    roles: {},
    checks: [
      { id: 'owner-count', enabled: true, reason: null, severity: 'medium', sla: '5d', policy: { max: 3 } },
      { id: 'user-identified', enabled: true, reason: null, severity: 'high', sla: '24h', policy: {} },
    ],
    alerts: [],
    schedule: { evaluation: '0 2 * * *', timeZone: 'UTC' },
    calendar: { timeZone: 'UTC', holidays: [], weekend: [6, 7] },
    retention: { historyMs: 1096 * 86_400_000 },
    api: { corsOrigins: [], trustedProxies: [] },
  });
});

test('a section without content is as good as none', async () => {
  const empty = [
    'sync',
    'identity',
    'criticalSystems',
    'roles',
    'checks',
    'alerts',
    'schedule',
    'calendar',
    'api',
    'publicUrl',
  ];
  expect(await loaded(`${minimal}${empty.map((key) => `${key}:\n`).join('')}`)).toEqual(await loaded(minimal));
});

describe('names and values', () => {
  test('are spelt as Docker Hub and the roster spell them', async () => {
    const configuration = await loaded(
      `organizations: [ { name: ACME, scim: { url: "https://scim.example.com/v2/", token: t } } ]
roster: { source: /srv/people.json, statuses: { Ruhend: on_leave }, columns: { "Personal-Nr.": employee_id } }
identity:
  corporateDomains: [ Acme.COM, Bücher.example ]
  domainAliases: { BÜCHER.net: acme.com }
  links: [ { username: JDoe99, person: 0042 } ]
  serviceAccounts: [ { username: ACME-ci, roles: [ Member ] } ]
criticalSystems:
  - name: " Docker Hub "
    organization: Acme
    repositories: [ Prod-* ]
    access: [ { roles: [ Release-Manager ], who: { departments: [ "R&D" ], people: ~ }, until: 2026-12-31 } ]
roles: { Registry-Auditor: Member }
`,
    );
    expect(configuration.organizations).toEqual([
      { name: 'acme', hub: null, owner: null, scim: { url: 'https://scim.example.com/v2', token: 't' } },
    ]);
    expect(configuration.roster).toMatchObject({
      source: '/srv/people.json',
      format: 'json',
      statuses: { ruhend: 'on_leave' },
      columns: { 'Personal-Nr.': 'employee_id' },
    });
    expect(configuration.identity).toEqual({
      corporateDomains: ['acme.com', 'xn--bcher-kva.example'],
      domainAliases: { 'xn--bcher-kva.net': 'acme.com' },
      plusAddressing: true,
      links: [{ username: 'jdoe99', person: '0042' }],
      serviceAccounts: [{ username: 'acme-ci', owner: null, reviewBy: null, roles: ['member'], reason: null }],
    });
    expect(configuration.criticalSystems).toEqual([
      {
        name: 'Docker Hub',
        organization: 'acme',
        repositories: ['prod-*'],
        owner: null,
        approvedOn: null,
        access: [{ roles: ['release-manager'], who: { departments: ['R&D'] }, until: '2026-12-31' }],
      },
    ]);
    expect(configuration.roles).toEqual({ 'registry-auditor': 'member' });
  });

  test.each([
    ['https://hr.example.com/people.csv', 'csv'],
    ['https://hr.example.com/People.JSON?day=1', 'json'],
    ['https://hr.example.com/export.tsv', 'csv'],
    ['people.txt', 'csv'],
  ])('the ending of %s says what it is', async (source, format) => {
    const { roster } = await loaded(minimal.replace('people.csv', `"${source}"`));
    expect(roster.format).toBe(format);
  });

  test.each(['https://hr.example.com/people', 'https://hr.example.com/get?file=people.csv', 'https://people.json'])(
    'the ending of %s says nothing',
    async (source) => {
      expect(await file.mistakes(minimal.replace('people.csv', `"${source}"`))).toEqual([
        expect.stringContaining('`roster.format` is missing'),
      ]);
    },
  );

  test('dates may be quoted or not', async () => {
    for (const day of ['2026-09-01', '"2026-09-01"', "'2026-09-01'"]) {
      const { criticalSystems } = await loaded(
        `${minimal}criticalSystems: [ { name: a, organization: acme, approvedOn: ${day} } ]`,
      );
      expect(criticalSystems[0]?.approvedOn).toBe('2026-09-01');
    }
  });

  test('variables fill texts, numbers, and yes or no', async () => {
    const configuration = await loaded(
      `organizations: [ { name: acme, hub: { identifier: acme, secret: "\${SECRET}" } } ]
roster: { source: "\${ROSTER}", currentStaffOnly: "\${CURRENT}", headers: { authorization: "Basic \${SECRET}" } , format: bamboohr }
checks: { owner-count: { max: "\${MAX}", enabled: "\${NO}", reason: "\${SECRET}" } }`,
      { SECRET: '0123', ROSTER: 'https://hr.example.com/staff', CURRENT: 'false', MAX: '7', NO: 'false' },
    );
    expect(configuration.organizations[0]?.hub?.secret).toBe('0123');
    expect(configuration.roster).toMatchObject({
      source: 'https://hr.example.com/staff',
      headers: { authorization: 'Basic 0123' },
      // The directory of BambooHR lists current staff, whatever the file says.
      currentStaffOnly: true,
    });
    expect(configuration.checks[0]).toMatchObject({ enabled: false, reason: '0123', policy: { max: 7 } });
  });

  test('a check keeps its own defaults beside what the file says', async () => {
    const { checks } = await loaded(
      `${minimal}checks: { user-identified: { severity: low, sla: 90m }, owner-count: { max: ~ } }`,
    );
    expect(checks).toMatchObject([
      { id: 'owner-count', severity: 'medium', policy: { max: null } },
      { id: 'user-identified', enabled: true, severity: 'low', sla: '90m' },
    ]);
  });
});

test('an incomplete policy is judged, not refused', async () => {
  const configuration = await loaded(
    `${minimal}
identity: { serviceAccounts: [ { username: ci, owner: , roles: [] } ], links: [ { username: x, person: nobody } ] }
criticalSystems:
  - { name: one, organization: acme }
  - { name: two, organization: acme, owner: nobody, access: [] }
  - { name: three, organization: acme, owner: "", access: [ { roles: [ unranked ], who: everyone } ] }
`,
  );
  expect(configuration.criticalSystems.map((system) => system.access)).toEqual([
    null,
    [],
    [{ roles: ['unranked'], who: 'everyone', until: null }],
  ]);
});

describe('a file that cannot be read', () => {
  test.each<[string, string | Buffer, string]>([
    ['empty', '', '1: the file is empty; expected at least `organizations` and `roster`, see hubwarden.example.yaml'],
    [
      'only comments',
      '# nothing\n',
      '1: the file is empty; expected at least `organizations` and `roster`, see hubwarden.example.yaml',
    ],
    [
      'a list',
      '- a',
      '1: the file is not a mapping; expected keys such as `organizations` and `roster`, see hubwarden.example.yaml',
    ],
    [
      'a word',
      'acme',
      '1: the file is not a mapping; expected keys such as `organizations` and `roster`, see hubwarden.example.yaml',
    ],
    [
      'UTF-16',
      Buffer.from('\uFEFFa: 1', 'utf16le'),
      'null: the file is not UTF-8 text; expected a YAML file saved as UTF-8',
    ],
    ['too large', `# ${'x'.repeat(1024 * 1024)}`, 'null: the file has 1048578 bytes; expected at most 1048576'],
  ])('%s', async (_, text, expected) => {
    expect(await file.mistakes(text)).toEqual([expected]);
  });

  test('a file that is not there, or a folder', async () => {
    const missing = join(file.folder, 'no.yaml');
    expect(await file.loadAt(missing)).toMatchObject({ mistakes: [{ file: missing, line: null }] });
    expect(JSON.stringify(await file.loadAt(missing))).toContain('there is no such file');
    expect(JSON.stringify(await file.loadAt(file.folder))).toContain('is a folder');
  });

  test('a byte order mark is no mistake', async () => {
    expect(await file.mistakes(`\uFEFF${minimal}`)).toEqual([]);
  });
});
