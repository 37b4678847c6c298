import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { hostileReport, reportOf, resultOf } from '../../../test/support/sample-report.js';
import { rendered } from '../../../test/support/rendered.js';
import { catalog } from '../../checks/catalog.js';
import type { Report } from '../../findings/report.js';
import type { RenderOptions } from './format.js';
import { tableFormat } from './table.format.js';

const options: RenderOptions = {
  colours: false,
  terminalWidth: null,
  checks: catalog,
  version: '1.0.0',
  policyFile: null,
  disabled: [],
};
const render = (report: Report, changes: Partial<RenderOptions> = {}): Promise<string> =>
  rendered(tableFormat, report, { ...options, ...changes });

/** As the engine reports a check that does not run: it stands there, and has no subjects. */
function withDisabledCheck(): Report {
  const report = reportOf([resultOf(), resultOf({ check: 'owner-count' })]);
  return { ...report, results: report.results.slice(0, 1) };
}

describe('the table', () => {
  test('says first what is missing, then how every check stands, then who fails or is unknown', async () => {
    const lines = (await render(hostileReport())).split('\n');
    expect(lines.slice(0, 14)).toEqual([
      'Hubwarden 2026-11-21 02:00Z, evaluation 5f0c8a52-3b52-4c7e-9d4e-8a3c1f2b7d10',
      '',
      'Data that is not complete (nothing that needs it passes)',
      '  acme  members  partial  100 of 450 received  SOURCE_UNREACHABLE',
      '    Page 2 was not\\u001b[2J answered.',
      '',
      'Not configured: scim_users (acme)',
      '',
      'status   check                         severity  pass  fail  unknown  error  n/a  excepted',
      'failing  user-identified               medium       1     3        1      0    0         1',
      'error    owner-count                   low          0     0        0      1    1         0',
      'failing  critical-system-access-valid  high         0     1        0      0    0         0',
      'passing  hr-roster-fresh               critical     1     0        0      0    0         0',
      '',
    ]);
    expect(lines.at(-2)).toBe('4 checks, 9 subjects: 2 pass, 4 fail, 1 unknown, 1 error, 1 not applicable.');
    const text = lines.join('\n');
    expect(text).toContain('due 2026-11-21 02:00Z, overdue, acknowledged\n    Too much.');
    expect(text).toContain('due 2026-11-21 02:00Z, excepted\n    Kept.');
    expect(text).toContain(`To do: ${catalog.find(({ id }) => id === 'user-identified')?.remedy}`);
    expect(text).toContain('critical system account jdoe in Prod, "east"');
    expect(text).not.toContain('jdoe is E-1.');
  });

  test('a disabled check is named with its reason, and is no row that looks like an empty population', async () => {
    const text = await render(withDisabledCheck(), {
      disabled: [{ id: 'owner-count', reason: 'the board\n decides\u001b[2J' }],
    });
    expect(text).toContain('\nDisabled: owner-count (the board decides\\u001b[2J)\n\nstatus ');
    expect(text.match(/owner-count/g)).toHaveLength(1);
    expect(text).toContain('1 check, 1 subject: 1 pass');
  });

  test('failures stand before what is unknown', async () => {
    const report = reportOf([
      resultOf({ verdict: 'unknown', message: 'second' }),
      resultOf({ verdict: 'fail', message: 'first', disposition: 'in_grace', dueAt: '2026-11-21T02:00:00.000Z' }),
    ]);
    expect((await render(report)).indexOf('first')).toBeLessThan((await render(report)).indexOf('second'));
  });

  test('nothing of a name reaches the terminal as a command', async () => {
    for (const colours of [false, true]) {
      const text = await render(hostileReport(), { colours });
      expect(stripVTControlCharacters(text)).toBe(await render(hostileReport()));
      expect(stripVTControlCharacters(text)).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
      expect(text).not.toContain('\u001b[2J');
    }
  });

  test('colours are there only when asked for', async () => {
    expect(await render(hostileReport())).not.toContain('\u001b');
    expect(await render(hostileReport(), { colours: true })).toContain('\u001b[31mfail');
  });

  test('a long list ends early on a terminal, and nowhere else', async () => {
    const report = reportOf(
      Array.from({ length: 25 }, (_, n) =>
        resultOf({
          verdict: 'fail',
          message: `message ${n};`,
          subject: { kind: 'account', id: String(n), name: `n${n}` },
        }),
      ),
    );
    const onTerminal = await render(report, { terminalWidth: 160 });
    expect(onTerminal).toContain('message 9;');
    expect(onTerminal).not.toContain('message 10;');
    expect(onTerminal).toContain('and 15 more (--format csv or json has all of them)');
    expect(await render(report)).toContain('message 24;');
    expect(await render(report)).not.toContain('more');
  });

  test('no line is broader than the terminal, and nothing is lost by that', async () => {
    const report = reportOf([
      resultOf({
        verdict: 'fail',
        message: 'a sentence of many words, which goes on and on until no terminal of sixty columns can hold it',
        dueAt: '2026-11-26T02:00:00.000Z',
        disposition: 'in_grace',
      }),
    ]);
    const lines = (await render(report, { terminalWidth: 60 })).split('\n').slice(5);
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    expect(lines).toContain('    since 2026-11-21 02:00Z, due 2026-11-26 02:00Z');
    expect(lines.join(' ').replaceAll(/ +/g, ' ')).toContain('until no terminal of sixty columns can hold it');
  });

  test('a company of thousands is written in no time', async () => {
    const results = Array.from({ length: 20_000 }, (_, n) =>
      resultOf({ verdict: 'unknown', subject: { kind: 'account', id: String(n), name: `name-${n}` } }),
    );
    const started = Date.now();
    expect((await render(reportOf(results))).length).toBeGreaterThan(1_000_000);
    expect(Date.now() - started).toBeLessThan(5000);
  });
});
