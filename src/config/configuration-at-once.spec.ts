import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationFile } from '../../test/support/configuration-file.js';

let file: ConfigurationFile;
beforeAll(async () => {
  file = await ConfigurationFile.create();
});
afterAll(() => file.remove());

describe('several mistakes', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'nothing needed is there',
      'sync: { deadline: 10m }',
      [
        '1: `organizations` is missing; expected a list of at least one `{ name: …, hub: … }`',
        '1: `roster` is missing; expected a mapping with at least `source`',
      ],
    ],
    [
      'no organization',
      'organizations: []\nroster: { source: a.csv }',
      ['1: `organizations` is an empty list; expected a list of at least one `{ name: …, hub: … }`'],
    ],
    [
      'an organization that nothing reads',
      'roster: { source: a.csv }\norganizations:\n  - name: acme\n',
      ['3: `organizations[0]` can be read with nothing; expected `hub`, `owner` or `scim`'],
    ],
    [
      'an organization twice',
      'roster: { source: a.csv }\norganizations:\n  - { name: acme, hub: { identifier: a, secret: b } }\n  - { name: Acme, hub: { identifier: a, secret: b } }',
      ['4: `organizations[1].name` `acme` stands here a second time, after line 3; expected it once'],
    ],
    [
      'one sound and one odd organization',
      'roster: { source: a.csv }\norganizations:\n  - acme\n  - { name: other, hub: { identifer: a, secret: b } }',
      [
        '3: `organizations[0]` does not fit; expected a list of at least one `{ name: …, hub: … }`',
        '4: `organizations[1].hub.identifer` is not a key that is known here; did you mean `identifier`?',
        "4: `organizations[1].hub.identifier` is missing; expected the organization's name for an organization access token, else the username",
      ],
    ],
    [
      'the roster',
      'organizations: [ { name: acme, hub: { identifier: a, secret: b } } ]\nroster:\n  source: people.xlsx\n  dateFormat: DD.MM\n  columns: { Nr: employe_id }\n  statuses: { weg: gone }\n  maxAge: 1y\n  headers: { a: b }',
      [
        '2: `roster.format` is missing, and the path of the source does not end in .csv, .tsv, .txt or .json; expected `csv`, `json` or `bamboohr`',
        '4: `roster.dateFormat` is `DD.MM`; expected DD, MM and YYYY with separators between them, such as DD.MM.YYYY',
        '5: `roster.columns.Nr` is `employe_id`; expected a heading of the file as key and one of these as value: ' +
          '`employee_id`, `full_name`, `work_email`, `other_emails`, `status`, `start_date`, `end_date`, `department`, ' +
          '`job_title`, `manager_email`, `employment_type`, `docker_username`',
        '6: `roster.statuses.weg` is `gone`; expected a word of the file as key and one of these as value: `active`, `on_leave`, `pending`, `terminated`',
        '7: `roster.maxAge` is `1y`; expected a duration such as 90s, 10m, 24h or 3d',
        '8: `roster.headers` belong to a source that is an address, and this one is a file; expected no headers',
      ],
    ],
    [
      'what was meant as a value and became a key',
      'organizations: [ { name: acme,\n  hub: { identifier: acme, hunter2 } } ]\nroster:\n  source: https://hr.example.com/a.csv\n  headers:\n    authorization:\n    Basic hunter2:',
      [
        '2: `organizations[0].hub` has an unknown key; known are `identifier`, `secret`',
        '2: `organizations[0].hub.secret` is missing; expected a token or password on one line, usually "${NAME}"',
        '6: `roster.headers.authorization` has no value; expected header names with a value on one line each',
        '7: `roster.headers` has an entry that has no value; expected header names with a value on one line each',
      ],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await file.mistakes(text)).toEqual(expected);
  });

  test('a variable that is not set hides no key that is unknown', async () => {
    const lines = await file.mistakes(`organizations:
  - name: acme
    hub:
      identifier: acme
      secrte: "\${NOPE}"
roster: { source: a.csv, timezone: "\${NOPE}" }
roles: { Owner: "\${NOPE}" }
checks: { owner-counts: "\${NOPE}", owner-count: { maxx: "\${NOPE}" } }
`);
    expect(lines.filter((line) => !line.includes('is not set'))).toEqual([
      '3: `organizations[0].hub.secret` is missing; expected a token or password on one line, usually "${NAME}"',
      '5: `organizations[0].hub.secrte` is not a key that is known here; did you mean `secret`?',
      '6: `roster.timezone` is not a key that is known here; did you mean `timeZone`?',
      '7: `roles.Owner` is a core role, which equals itself; expected custom roles only',
      '8: `checks.owner-counts` is not a key that is known here; did you mean `owner-count`?',
      '8: `checks.owner-count.maxx` is not a key that is known here; did you mean `max`?',
    ]);
    expect(lines.filter((line) => line.includes('is not set'))).toHaveLength(5);
  });

  test('everything that is wrong is said at once, in the order of the file', async () => {
    const lines = await file.mistakes(`organizations:
  - name: acme
    hub: { identifier: acme, secret: "\${TOKEN}" }
    scim: { url: http://scim.example.com, token: "\${TOKEN}" }
rooster: {}
roster: { source: a.csv, timezone: UTC }
identity: { links: [ { username: a }, { username: b, person: E-1 }, { username: B, person: E-2 } ] }
checks: { nope: {} }
`);
    expect(lines.map((line) => line.replace(/ (is|does|stands|`b`).*/, ''))).toEqual([
      '3: `${TOKEN}`',
      '4: `${TOKEN}`',
      '4: `organizations[0].scim.url`',
      '5: `rooster`',
      '6: `roster.timezone`',
      '7: `identity.links[0].person`',
      '7: `identity.links[2].username`',
      '8: `checks.nope`',
    ]);
  });
});

describe('no mistake holds a secret', () => {
  const variables = {
    TOKEN: 'geheim-1',
    BROKEN: 'geheim-2\nline',
    URL: 'geheim-3',
    WORD: 'geheim-4',
    HOST: 'geheim.com',
  };
  test.each([
    'organizations: geheim',
    'organizations: [ { name: acme, hub: geheim } ]',
    'organizations: [ { name: acme, hub: { identifier: acme, secret: [ geheim ] } } ]',
    'organizations: [ { name: acme, hub: { identifier: acme, secret: { }, x: geheim } } ]',
    'organizations: [ { name: acme, hub: { identifier: acme, secret: "${BROKEN}" } } ]',
    'organizations: [ { name: acme, hub: { identifier: acme, secret: "geheim\\nline" } } ]',
    'organizations: [ { name: "${WORD} !", scim: { url: "${URL}", token: "${TOKEN}" } } ]',
    'organizations: [ { name: acme, scim: { url: "https://a:geheim@example.com", token: "${BROKEN}" } } ]',
    'roster: { source: "https://a:geheim@example.com/x.csv" }',
    'roster: { source: "ftp://example.com/${TOKEN}" }',
    'roster: { source: "https://example.com", headers: { authorization: "${BROKEN}", "a b": geheim } }',
    'roster: { source: a.csv, timeZone: "${WORD}", maxAge: "${WORD}", format: "${WORD}" }',
    'alerts: [ { kind: slack, url: "geheim://hooks.example.com", secret: "${BROKEN}" } ]',
    'alerts: [ { kind: webhook, url: "http://hooks.example.com/geheim" } ]',
    'identity: { links: [ { username: "${WORD}", person: a }, { username: "${WORD}", person: b } ] }',
    'identity: { domainAliases: { a.com: "${HOST}", geheim.com: b.com } }',
    'publicUrl: "https://a:geheim@example.com"',
    'checks: { owner-count: { max: "${WORD}", sla: "${WORD}" } }',
    'criticalSystems: [ { name: a, organization: "${WORD}", approvedOn: "${WORD}" } ]',
    // What was meant as a value, written as a key or an alias by mistake.
    'organizations: [ { name: acme, hub: { identifier: acme, geheim } } ]',
    'organizations: [ { name: acme, hub: { identifier: acme, secret:geheim } } ]',
    'organizations: [ { name: acme, hub: { identifier: acme, geheim: "${NOPE}" } } ]',
    'organizations: [ { name: acme, owner: { identifier: acme, "geheim", "geheim" } } ]',
    'organizations: [ { name: acme, hub: { identifier: acme, secret: *geheim } } ]',
    'organizations: [ { name: acme, scim: { url: "https://scim.example.com", token: x, geheim: 1 } } ]',
    'roster: { source: "https://example.com/a.csv", headers: { geheim } }',
    'roster: { source: "https://example.com/a.csv", headers: { geheim: [ a ], Basic geheim: x } }',
    'roster: { source: "https://example.com/a.csv", headers: { geheim, geheim } }',
    'alerts: [ { kind: slack, url: "https://hooks.example.com", geheim } ]',
    'alerts: [ { kind: slack, geheim: a, geheim: b } ]',
    'alerts: [ { kind: slack, url: *geheim } ]',
    'publicUrl: *geheim',
  ])('%s', async (text) => {
    const messages = await file.mistakes(text, variables);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.join('\n')).not.toContain('geheim');
  });
});
