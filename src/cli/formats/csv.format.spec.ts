import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { hostileReport, reportOf, resultOf } from '../../../test/support/sample-report.js';
import { rendered } from '../../../test/support/rendered.js';
import type { Report } from '../../findings/report.js';
import { csvFormat } from './csv.format.js';
import type { RenderOptions } from './format.js';

const options: RenderOptions = {
  colours: false,
  terminalWidth: 160,
  checks: [],
  version: '1.0.0',
  policyFile: null,
  disabled: [],
};

async function rows(report: Report): Promise<Record<string, string>[]> {
  return parse(await rendered(csvFormat, report, options), { columns: true });
}

test('every result is a row that says the same', async () => {
  const report = hostileReport();
  const read = await rows(report);
  expect(read).toHaveLength(report.results.length);
  expect(read[7]).toEqual({
    check: 'critical-system-access-valid',
    severity: 'high',
    organization: 'acme',
    subject_kind: 'critical_system_account',
    subject_id: 'Prod/1',
    subject_name: 'jdoe',
    subject_system: 'Prod, "east"',
    verdict: 'fail',
    reason: 'ROLE_NOT_ADMITTED',
    message: 'Too much.',
    since: '2026-11-21T02:00:00.000Z',
    due_at: '2026-11-21T02:00:00.000Z',
    disposition: 'overdue',
    acknowledged_at: '2026-11-21T02:00:00.000Z',
    facts: '{}',
    evaluated_at: '2026-11-21T02:00:00.000Z',
  });
  expect(JSON.parse(read[1]?.['facts'] ?? '')).toMatchObject({ count: 2 });
  expect(read[8]?.['organization']).toBe('');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\uff1d1'])('%j is no formula', async (name) => {
  const read = await rows(reportOf([resultOf({ subject: { kind: 'account', id: '1', name } })]));
  expect(read[0]?.['subject_name']).toMatch(/^(?:'|\\u)/);
});

test('control characters are shown, not sent', async () => {
  const text = await rendered(csvFormat, hostileReport(), options);
  expect(text).toContain('\\u001b[31m');
  expect(text).not.toMatch(/[^\n\t\P{Cc}]/u);
});

test('a report without results is its header', async () => {
  expect(await rows(reportOf([]))).toEqual([]);
  expect(await rendered(csvFormat, reportOf([]), options)).toMatch(/^check,severity,.*\n$/);
});

test('more results than fit one batch are all there, in order', async () => {
  const results = Array.from({ length: 1203 }, (_, n) =>
    resultOf({ subject: { kind: 'account', id: String(n), name: 'x' } }),
  );
  expect((await rows(reportOf(results))).map((row) => Number(row['subject_id']))).toEqual(results.map((_, n) => n));
});
