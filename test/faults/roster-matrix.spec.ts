import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';
import { checksNeeding, firstNight, matrixPolicy, passesIn, repair } from './matrix-company.js';

/** The roster of the first night is older than `roster.maxAge` by then. */
const tooLate = new Date(Date.parse(firstNight) + 9 * 86_400_000).toISOString();
const organizations = ['acme', 'acme-labs'];

type Answer = (response: ServerResponse, roster: string) => void;

const csv = (change: (roster: string) => string): Answer => {
  return (response, roster) => {
    const body = Buffer.from(change(roster));
    response.writeHead(200, {
      'content-type': 'text/csv',
      'last-modified': new Date(tooLate).toUTCString(),
      'content-length': body.length,
    });
    response.end(body);
  };
};
const status = (code: number): Answer => {
  return (response) => response.writeHead(code, code === 429 ? { 'retry-after': '3600' } : {}).end('no');
};
const lines = (roster: string): string[] => roster.trimEnd().split('\n');
/** Changes one cell of every row, by the column's name. */
const cells = (column: string, change: (cell: string) => string): ((roster: string) => string) => {
  return (roster) => {
    const [heading = '', ...rows] = lines(roster);
    const place = heading.split(',').indexOf(column);
    expect(place).toBeGreaterThanOrEqual(0);
    return [
      heading,
      ...rows.map((row) =>
        row
          .split(',')
          .map((cell, at) => (at === place ? change(cell) : cell))
          .join(','),
      ),
    ].join('\n');
  };
};

const disturbances: readonly [string, Answer][] = [
  ...[401, 403, 404, 429, 500].map((code): [string, Answer] => [String(code), status(code)]),
  ['a reset', (response) => response.destroy()],
  ['200 without a body', csv(() => '')],
  ['a maintenance page', csv(() => '<!doctype html><html><body>Back soon</body></html>')],
  [
    'a body that ends early',
    (response, roster) => {
      response.writeHead(200, { 'content-type': 'text/csv', 'content-length': roster.length });
      response.write(roster.slice(0, roster.length / 2), () => response.destroy());
    },
  ],
  ['headings alone', csv((roster) => `${lines(roster)[0]}\n`)],
  [
    'half of the people',
    csv((roster) =>
      lines(roster)
        .slice(0, lines(roster).length / 2)
        .join('\n'),
    ),
  ],
  ['a column less', csv((roster) => roster.replace('employee_id', 'badge'))],
  ['no id in any row', csv(cells('employee_id', () => ''))],
  ['status words that nobody knows', csv(cells('status', () => 'sorcerer'))],
  ['dates that can be read two ways', csv(cells('start_date', () => '03/04/2020'))],
  [
    'the same file as before, as old as before',
    (response, roster) => {
      response.writeHead(200, { 'content-type': 'text/csv', 'last-modified': new Date(firstNight).toUTCString() });
      response.end(roster);
    },
  ],
];

describe('while the roster is disturbed and the one in force has grown too old', () => {
  let company: JudgedCompany;
  let server: Server;
  let answer: Answer = csv((roster) => roster);
  const checks = checksNeeding('roster');
  const counted = { cells: 0 };

  beforeAll(async () => {
    const source = demoCompany(firstNight);
    company = await JudgedCompany.start(source);
    server = createServer((_, response) => answer(response, source.roster));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address !== 'object') throw new Error('no port');
    answer = disturbances.at(-1)?.[1] ?? answer;
    await company.night(
      firstNight,
      (text) =>
        `${text.replace('source: people.csv', `source: "http://127.0.0.1:${address.port}/people.csv"`)}${matrixPolicy}`,
    );
    repair(company);
  });
  afterAll(async () => {
    console.log(`Roster matrix: ${counted.cells} cells.`);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await company.stop();
  });

  it.each(disturbances)('%s passes nobody and closes nothing', async (_, disturbance) => {
    answer = disturbance;
    const report = await company.night(tooLate);
    expect(resultOf(report, 'hr-roster-fresh', 'HR roster').verdict).toBe('fail');
    for (const organization of organizations) {
      for (const check of checks) expect(resultsOf(report, check, organization).length, check).toBeGreaterThan(0);
      counted.cells += checks.length;
      expect(passesIn(report, checks, organization)).toEqual([]);
    }
    const closed: object[] = await company.database.dataSource.query(
      'select check_id, subject_name from finding where resolved_at is not null and check_id = any($1)',
      [checks],
    );
    expect(closed).toEqual([]);
  });

  it('once a whole one is there, every check passes somebody again', async () => {
    answer = csv((roster) => roster);
    const report = await company.night(tooLate);
    const passing = new Set(organizations.flatMap((one) => passesIn(report, checks, one).map(({ check }) => check)));
    expect(checks.filter((check) => !passing.has(check))).toEqual([]);
  });
});
