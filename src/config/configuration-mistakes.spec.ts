import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationFile } from '../../test/support/configuration-file.js';

let file: ConfigurationFile;
beforeAll(async () => {
  file = await ConfigurationFile.create();
});
afterAll(() => file.remove());

const head =
  'organizations:\n  - name: acme\n    hub: { identifier: acme, secret: s }\nroster:\n  source: people.csv\n';

describe('each mistake has its line and says what is expected', () => {
  test.each<[string, string, string]>([
    [
      'unknown key',
      'organisations: []',
      '6: `organisations` is not a key that is known here; did you mean `organizations`?',
    ],
    [
      'unknown key far from all',
      'sync:\n  zzz: 1',
      '7: `sync.zzz` is not a key that is known here; known are `deadline`',
    ],
    [
      'snake case',
      'identity:\n  plus_addressing: true',
      '7: `identity.plus_addressing` is not a key that is known here; did you mean `plusAddressing`?',
    ],
    [
      'duration',
      'sync: { deadline: 10 parsecs }',
      '6: `sync.deadline` is `10 parsecs`; expected a duration such as 90s, 10m, 24h or 3d',
    ],
    [
      'duration without unit',
      'sync: { deadline: 10 }',
      '6: `sync.deadline` is `10`; expected a duration such as 90s, 10m, 24h or 3d',
    ],
    [
      'time zone',
      'schedule:\n  timeZone: Mars/Olympus',
      '7: `schedule.timeZone` is `Mars/Olympus`; expected a time zone such as Europe/Berlin or UTC',
    ],
    [
      'cron',
      'schedule:\n  evaluation: "61 * * * *"',
      '7: `schedule.evaluation` is `61 * * * *`; expected a cron expression that comes due, such as "0 2 * * *"',
    ],
    [
      'cron that never comes',
      'schedule:\n  evaluation: "0 0 30 2 *"',
      '7: `schedule.evaluation` is `0 0 30 2 *`; expected a cron expression that comes due, such as "0 2 * * *"',
    ],
    ['yes or no', 'identity: { plusAddressing: 1 }', '6: `identity.plusAddressing` is `1`; expected `true` or `false`'],
    ['a list for a mapping', 'identity: [ links ]', '6: `identity` is a list; expected a mapping'],
    [
      'a mapping for a list',
      'alerts: { kind: slack }',
      '6: `alerts` is a mapping; expected a list of `{ kind: …, url: … }`',
    ],
    [
      'a word for a mapping',
      'checks: none',
      '6: `checks` does not fit; expected a mapping from the id of a check to its settings',
    ],
    [
      'an address that nothing can be appended to',
      'publicUrl: https://hubwarden.acme.com/?a=b',
      '6: `publicUrl` does not fit; expected a web address',
    ],
    ['a list for a text', 'publicUrl: [ a ]', '6: `publicUrl` is a list; expected a web address'],
    [
      'a flag for a text',
      'identity:\n  links:\n    - { username: true, person: E-1 }',
      '8: `identity.links[0].username` is `true`; expected a Docker username',
    ],
    [
      'a day that no calendar has',
      'criticalSystems:\n  - name: a\n    organization: acme\n    approvedOn: 2026-02-30',
      '9: `criticalSystems[0].approvedOn` is `2026-02-30`; expected a day of the calendar, YYYY-MM-DD',
    ],
    [
      'a date in another form',
      'identity: { serviceAccounts: [ { username: ci, reviewBy: 31.01.2027 } ] }',
      '6: `identity.serviceAccounts[0].reviewBy` is `31.01.2027`; expected a day of the calendar, YYYY-MM-DD',
    ],
    [
      'a domain',
      'identity:\n  corporateDomains:\n    - acme.com\n    - jane@acme.com',
      '9: `identity.corporateDomains[1]` is `jane@acme.com`; expected a list of domains, such as [acme.com]',
    ],
    [
      'an alias of an alias',
      'identity:\n  domainAliases:\n    a.com: b.com\n    b.com: c.com',
      '8: `identity.domainAliases.a.com` stands for `b.com`, which is an alias itself; expected the domain at the end',
    ],
    [
      'no username',
      'identity:\n  links:\n    - person: E-1',
      '8: `identity.links[0].username` is missing; expected a Docker username',
    ],
    [
      'two links of one username',
      'identity:\n  links:\n    - { username: JDoe, person: E-1 }\n    - { username: jdoe, person: E-2 }',
      '9: `identity.links[1].username` `jdoe` stands here a second time, after line 8; expected it once',
    ],
    [
      'two service accounts',
      'identity:\n  serviceAccounts:\n    - username: 007\n    - username: 007',
      '9: `identity.serviceAccounts[1].username` `007` stands here a second time, after line 8; expected it once',
    ],
    [
      'two systems of one name',
      'criticalSystems:\n  - { name: a, organization: acme }\n  - { name: a, organization: acme }',
      '8: `criticalSystems[1].name` `a` stands here a second time, after line 7; expected it once',
    ],
    [
      'a system of no organization',
      'criticalSystems:\n  - { name: a, organization: acmee }',
      '7: `criticalSystems[0].organization` names an organization that is not there, `acmee`; did you mean `acme`?',
    ],
    [
      'a repository with its organization',
      'criticalSystems:\n  - { name: a, organization: acme, repositories: [ acme/prod ] }',
      '7: `criticalSystems[0].repositories[0]` is `acme/prod`; expected a list of at least one repository name without the organization, `*` for any run of characters',
    ],
    [
      'a rule for nobody in particular',
      'criticalSystems:\n  - name: a\n    organization: acme\n    access:\n      - { roles: [ member ], who: {} }',
      '10: `criticalSystems[0].access[0].who` asks for nothing; expected `everyone`, or at least one of `departments`, `jobTitles`, `employmentTypes`, `people`',
    ],
    [
      'a rule for an empty list',
      'criticalSystems:\n  - name: a\n    organization: acme\n    access:\n      - { roles: [ member ], who: { people: [] } }',
      '10: `criticalSystems[0].access[0].who.people` is an empty list; expected a list of at least one employee id',
    ],
    [
      'a rule for anybody',
      'criticalSystems:\n  - name: a\n    organization: acme\n    access:\n      - { roles: [ member ], who: anybody }',
      '10: `criticalSystems[0].access[0].who` does not fit; expected `everyone`, or a mapping with `departments`, `jobTitles`, `employmentTypes` or `people`',
    ],
    [
      'a role equal to no core role',
      'roles:\n  auditor: reader',
      '7: `roles.auditor` is `reader`; expected a custom role as key and the core role that it equals as value: `owner`, `editor` or `member`',
    ],
    [
      'a core role redefined',
      'roles:\n  Owner: member',
      '7: `roles.Owner` is a core role, which equals itself; expected custom roles only',
    ],
    [
      'an unknown check',
      'checks:\n  owner-counts: { max: 2 }',
      '7: `checks.owner-counts` is not a key that is known here; did you mean `owner-count`?',
    ],
    [
      'a misspelt check of a later release',
      'checks:\n  access-reviw-current: { enabled: false, reason: x }',
      '7: `checks.access-reviw-current` is not a key that is known here; did you mean `access-review-current`?',
    ],
    [
      'a check that is far from all',
      'checks:\n  zzz: {}',
      '7: `checks.zzz` is not a key that is known here; known are `owner-count`, `user-identified`',
    ],
    [
      'a check of a later release, in use',
      'checks:\n  access-review-current: { severity: high }',
      '7: `checks.access-review-current` is a check of a later release; expected `{ enabled: false, reason: … }` or nothing until then',
    ],
    [
      'an unknown key where secrets stand',
      'alerts:\n  - kind: slack\n    url: https://example.com\n    zzz: 1',
      '9: `alerts[0]` has an unknown key; known are `kind`, `url`, `secret`, `minSeverity`, `organizations`, `checks`, `quietHours`',
    ],
    [
      'a misspelt key where secrets stand',
      'alerts:\n  - kind: slack\n    url: https://example.com\n    minSeverty: low',
      '9: `alerts[0].minSeverty` is not a key that is known here; did you mean `minSeverity`?',
    ],
    [
      'an unknown threshold',
      'checks:\n  owner-count: { maxx: 2 }',
      '7: `checks.owner-count.maxx` is not a key that is known here; did you mean `max`?',
    ],
    [
      'a threshold of a check without any',
      'checks:\n  user-identified: { max: 2 }',
      '7: `checks.user-identified.max` is not a key that is known here; known are `enabled`, `reason`, `severity`, `sla`',
    ],
    [
      'a threshold',
      'checks:\n  owner-count: { max: many }',
      '7: `checks.owner-count.max` is `many`; expected a whole number',
    ],
    [
      'a severity',
      'checks:\n  owner-count:\n    severity: urgent',
      '8: `checks.owner-count.severity` is `urgent`; expected one of `critical`, `high`, `medium`, `low`',
    ],
    [
      'disabled without a reason',
      'checks:\n  owner-count: { enabled: false }',
      '7: `checks.owner-count` is disabled without a reason; expected `reason: …`, for whoever reads the report',
    ],
    [
      'settings that are none',
      'checks:\n  owner-count: off',
      '7: `checks.owner-count` is not a mapping; expected settings such as `{ severity: high, sla: 3d }`',
    ],
    [
      'a channel for an unknown check',
      'alerts:\n  - { kind: slack, url: "https://example.com", checks: [ owners-count ] }',
      '7: `alerts[0].checks[0]` names a check that is not there, `owners-count`; did you mean `owner-count`?',
    ],
    [
      'quiet hours',
      'alerts:\n  - kind: webhook\n    url: https://example.com\n    quietHours: { from: 25:00, to: "07:00" }',
      '9: `alerts[0].quietHours.from` is `25:00`; expected a time of day such as "22:00"',
    ],
    [
      'quiet hours without end',
      'alerts:\n  - kind: webhook\n    url: https://example.com\n    quietHours: { from: "07:00", to: "07:00" }',
      '9: `alerts[0].quietHours` begin and end at the same time; expected two times',
    ],
    [
      'one webhook with two secrets',
      'alerts:\n  - { kind: webhook, url: "https://example.com", secret: a }\n  - { kind: webhook, url: "https://example.com", secret: b }',
      '8: `alerts[1].secret` is another one than in line 7, for the same address; expected one secret for it',
    ],
  ])('%s', async (_, text, expected) => {
    expect(await file.mistakes(head + text)).toEqual([expected]);
  });
});

test('a check of a later release may be switched off already, and nothing else', async () => {
  const said = (settings: string) => file.mistakes(`${head}checks:\n  access-review-current: ${settings}\n`);
  expect(await said('{ enabled: false, reason: "not on the Team plan" }')).toEqual([]);
  expect(await said('{ severity: high }')).toHaveLength(1);
  expect(await said('{ enabled: true }')).toHaveLength(1);
});
