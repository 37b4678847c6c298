import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationFile } from '../../../test/support/configuration-file.js';

let file: ConfigurationFile;
beforeAll(async () => {
  file = await ConfigurationFile.create();
});
afterAll(() => file.remove());

const head =
  'organizations:\n  - name: acme\n    hub: { identifier: acme, secret: s }\nroster:\n  source: people.csv\n';

describe('the calendar', () => {
  test.each<[string, string, object]>([
    ['is Monday to Friday', '', { timeZone: 'UTC', holidays: [], weekend: [6, 7] }],
    [
      'takes the zone of the schedule',
      'schedule: { timeZone: Asia/Tokyo }',
      { timeZone: 'Asia/Tokyo', weekend: [6, 7] },
    ],
    [
      'has a zone of its own',
      'schedule: { timeZone: Asia/Tokyo }\ncalendar: { timeZone: Europe/Berlin }',
      { timeZone: 'Europe/Berlin' },
    ],
    [
      'keeps holidays in order, quoted or not',
      'calendar: { holidays: [2027-01-01, "2026-12-25", 2024-02-29] }',
      { holidays: ['2024-02-29', '2026-12-25', '2027-01-01'] },
    ],
    ['knows other weekends', 'calendar: { weekend: [Saturday, friday] }', { weekend: [5, 6] }],
    ['may have no weekend', 'calendar: { weekend: [] }', { weekend: [] }],
    ['without content is as good as none', 'calendar:', { timeZone: 'UTC', holidays: [], weekend: [6, 7] }],
  ])('%s', async (_what, text, expected) => {
    expect(await file.load(`${head}${text}\n`)).toMatchObject({ configuration: { calendar: expected } });
  });

  const days = 'expected a list of days of the calendar, YYYY-MM-DD, such as [2026-12-25]';
  test.each<[string, string, string]>([
    ['holidays: [2026-12-25, 2026-02-30]', 'holidays[1]', `is \`2026-02-30\`; ${days}`],
    ['holidays: [2027-02-29]', 'holidays[0]', `is \`2027-02-29\`; ${days}`],
    ['holidays: [25.12.2026]', 'holidays[0]', `is \`25.12.2026\`; ${days}`],
    ['holidays: [2026-12-25T00:00:00Z]', 'holidays[0]', `is \`2026-12-25T00:00:00Z\`; ${days}`],
    ['holidays: [~]', 'holidays[0]', `has no value; ${days}`],
    ['holidays: [[2026-12-25]]', 'holidays[0]', `is a list; ${days}`],
    ['holidays: 2026-12-25', 'holidays', `is \`2026-12-25\`; ${days}`],
    ['holidays: { 2026-12-25: Christmas }', 'holidays', `is a mapping; ${days}`],
    [
      'holidays: [2026-12-25, 2026-12-26, "2026-12-25"]',
      'holidays[2]',
      '`2026-12-25` stands here a second time, after line 7; expected it once',
    ],
    ['weekend: [sun]', 'weekend[0]', 'is `sun`; expected a list of days of the week, such as [saturday, sunday]'],
    ['weekend: sunday', 'weekend', 'is `sunday`; expected a list of days of the week, such as [saturday, sunday]'],
    ['weekend: [7]', 'weekend[0]', 'is `7`; expected a list of days of the week, such as [saturday, sunday]'],
    ['weekend: [sunday, Sunday]', 'weekend[1]', '`sunday` stands here a second time, after line 7; expected it once'],
    [
      'weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]',
      'weekend',
      'has all seven days, which leaves no business day; expected six at most',
    ],
    ['timeZone: Berlin', 'timeZone', 'is `Berlin`; expected a time zone such as Europe/Berlin or UTC'],
    ['holiday: []', 'holiday', 'is not a key that is known here; did you mean `holidays`?'],
  ])('%s is one mistake', async (text, key, message) => {
    expect(await file.mistakes(`${head}calendar:\n  ${text}\n`)).toEqual([`7: \`calendar.${key}\` ${message}`]);
  });

  test.each(['[2026-12-25]', 'yes'])('%s is none', async (text) => {
    expect(await file.mistakes(`${head}calendar: ${text}\n`)).toEqual([
      expect.stringMatching(/^6: `calendar` .*; expected `\{ timeZone: Europe\/Berlin, holidays: /),
    ]);
  });
});

describe('time to repair', () => {
  test.each(['90m', '24h', '3d', '5bd', ' 10bd '])('%j', async (sla) => {
    expect(await file.load(`${head}checks: { owner-count: { sla: "${sla}" } }\n`)).toMatchObject({
      configuration: { checks: [{ id: 'owner-count', sla: sla.trim() }, {}] },
    });
  });

  test.each(['0bd', '5 bd', '5b', '9999bd', '5'])('%j is none', async (sla) => {
    expect(await file.mistakes(`${head}checks: { owner-count: { sla: "${sla}" } }\n`)).toEqual([
      `6: \`checks.owner-count.sla\` is \`${sla}\`; expected a duration such as 24h or 3d, or business days such as 5bd`,
    ]);
  });

  test('what is no time to repair stays a duration', async () => {
    expect(await file.mistakes(`${head}sync: { deadline: 1bd }\n`)).toEqual([
      '6: `sync.deadline` is `1bd`; expected a duration such as 90s, 10m, 24h or 3d',
    ]);
  });
});
