import { expect, test } from 'vitest';
import { hostileReport, reportOf, resultOf } from '../../../test/support/sample-report.js';
import { rendered } from '../../../test/support/rendered.js';
import type { Report } from '../../findings/report.js';
import type { RenderOptions } from './format.js';
import { jsonFormat } from './json.format.js';

const options: RenderOptions = {
  colours: false,
  terminalWidth: null,
  checks: [],
  version: '1.0.0',
  policyFile: null,
  disabled: [],
};
const render = (report: Report, changes: Partial<RenderOptions> = {}): Promise<string> =>
  rendered(jsonFormat, report, { ...options, ...changes });

test('is the report', async () => {
  const report = hostileReport();
  expect(JSON.parse(await render(report))).toEqual(report);
  expect(JSON.parse(await render(reportOf([])))).toEqual(reportOf([]));
});

test('has a line for every dataset, check and result, and nothing that a terminal obeys', async () => {
  const report = hostileReport();
  const text = await render({
    ...report,
    results: report.results.map((one) => ({ ...one, message: '\u009b2J\u202e' })),
  });
  expect(text.split('\n').filter((line) => line.includes('"verdict"'))).toHaveLength(report.results.length);
  expect(text).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
});

test('on a terminal no mark hides or turns round what people read, and elsewhere it stays as it is', async () => {
  const report = reportOf([resultOf({ message: 'a\u061cb\u200ec\u200fd' })]);
  const shown = await render(report, { terminalWidth: 80 });
  expect(shown).toContain('a\\u061cb\\u200ec\\u200fd');
  expect(JSON.parse(shown)).toEqual(report);
  expect(await render(report)).toContain('a\u061cb\u200ec\u200fd');
});
