import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import type { RenderOptions } from '../../src/cli/formats/format.js';
import { formatOf, formats } from '../../src/cli/formats/formats.js';
import { tallied } from '../../src/cli/tallied-report.js';
import { demoCompany } from '../../src/demo/company.js';
import { readReport } from '../../src/findings/report.query.js';
import type { Report } from '../../src/findings/report.js';
import { withReport } from '../../src/findings/with-report.js';
import { JudgedCompany } from '../support/company.js';
import { rendered } from '../support/rendered.js';
import { countingRows } from '../support/counting-rows.js';

/** As many times more subjects: some five thousand results. */
const copies = 4;
const options: RenderOptions = {
  colours: false,
  terminalWidth: null,
  checks: catalog,
  version: '1.2.3',
  policyFile: 'hubwarden.yaml',
  disabled: [{ id: 'owner-count', reason: 'one of us' }],
};

let company: JudgedCompany;
let dataSource: DataSource;
let whole: Report;

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany('2026-11-21T02:00:00.000Z'));
  ({ dataSource } = company.database);
  await company.night('2026-11-21T02:00:00.000Z');
  await dataSource.query(
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, outcome, reason, message,
                          facts, since, first_evaluation)
     select check_id, organization_id, subject_kind, subject_key || '/' || copy, subject_name || ' ü ' || copy, subject_system,
            outcome, reason, message, facts, since, first_evaluation
       from verdict, generate_series(1, ${copies}) as copy`,
  );
  whole = await readReport(dataSource, '1');
});
afterAll(() => company.stop());

const widths = [null, 100] as const;
test.each(formats.flatMap((format) => widths.map((width) => [format.id, width, format] as const)))(
  '%s is the same from the database as from memory, for a terminal of %s columns',
  async (_, terminalWidth, format) => {
    const given = { ...options, terminalWidth, colours: terminalWidth !== null };
    const streamed = await withReport(dataSource, '1', (report) => rendered(format, report, given));
    expect(streamed === (await rendered(format, whole, given))).toBe(true);
    expect(streamed.length).toBeGreaterThan(1_000);
  },
);

test('what is recorded or lost meanwhile is not in it', async () => {
  const sarif = formatOf('sarif');
  const before = await rendered(sarif, whole, options);
  const streamed = await withReport(dataSource, '1', async (report) => {
    await dataSource.query(`update verdict set outcome = 'error' where check_id = 'user-identified'`);
    return rendered(sarif, report, options);
  });
  expect(streamed === before).toBe(true);
  expect(await rendered(sarif, await readReport(dataSource, '1'), options)).not.toBe(before);
});

test.each(formats.filter(({ id }) => id !== 'table').map((format) => [format.id, format] as const))(
  '%s holds few rows, however many there are',
  async (_, format) => {
    const [counted, rows] = countingRows(dataSource);
    let most = 0;
    await withReport(counted, '1', async (report) => {
      let readings = 0;
      async function* watched() {
        readings += 1;
        let taken = 0;
        const before = rows.fetched;
        for await (const result of report.results) {
          taken += 1;
          most = Math.max(most, rows.fetched - before - taken);
          yield result;
        }
      }
      let held = 0;
      for await (const piece of format.render(
        tallied({ ...report, results: { [Symbol.asyncIterator]: watched } }),
        options,
      ))
        held = Math.max(held, piece.length);
      expect(readings).toBeLessThanOrEqual(2);
      expect(held).toBeLessThan(1_000_000);
    });
    expect(rows.fetched).toBeGreaterThanOrEqual(whole.results.length);
    expect(most).toBeLessThan(1_000);
  },
);
