import { assert, asyncProperty, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { create } from 'xmlbuilder2';
import { hostileReport, reportOf, resultOf } from '../../../test/support/sample-report.js';
import { rendered } from '../../../test/support/rendered.js';
import type { Report } from '../../findings/report.js';
import type { RenderOptions } from './format.js';
import { junitFormat } from './junit.format.js';

const options: RenderOptions = {
  colours: false,
  terminalWidth: null,
  checks: [],
  version: '1.0.0',
  policyFile: null,
  disabled: [],
};
const render = (report: Report): Promise<string> => rendered(junitFormat, report, options);

interface Case {
  readonly '@name': string;
  readonly '@classname': string;
  readonly failure?: readonly Ending[];
  readonly error?: readonly Ending[];
  readonly skipped?: readonly Ending[];
}
interface Ending {
  readonly '@type': string;
  readonly '@message': string;
  readonly '#': string;
}
interface Document {
  readonly testsuites: readonly [Readonly<Record<string, unknown>> & { readonly testsuite?: readonly Suite[] }];
}
interface Suite extends Readonly<Record<string, unknown>> {
  readonly testcase: readonly Case[];
}

/** Reads XML back, so that what is tested is what another program would see. */
function read(xml: string): Document['testsuites'][0] {
  const document: Document = JSON.parse(create(xml).end({ format: 'json', verbose: true }));
  return document.testsuites[0];
}

const cases = (xml: string): readonly Case[] => (read(xml).testsuite ?? []).flatMap(({ testcase }) => testcase);

function attributesOf(element: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(element).filter(([name]) => name.startsWith('@')));
}

/** xmlbuilder2 reads attributes as they are written. */
function unescaped(text: string | undefined): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };
  return (text ?? '').replaceAll(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);
}

/** As the engine reports a check that does not run: it stands there, and has no subjects. */
function withDisabledCheck(): Report {
  const report = reportOf([resultOf(), resultOf({ check: 'owner-count' })]);
  return { ...report, results: report.results.slice(0, 1) };
}

describe('JUnit', () => {
  test('has a suite for every check with counts that add up', async () => {
    const suites = read(await render(hostileReport()));
    expect(attributesOf(suites)).toEqual({
      '@name': 'hubwarden',
      '@tests': '9',
      '@failures': '3',
      '@errors': '2',
      '@skipped': '2',
      '@time': '3.500',
    });
    const counts = suites.testsuite?.map((suite) =>
      ['name', 'tests', 'failures', 'errors', 'skipped', 'timestamp'].map((name) => suite[`@${name}`]).join(' '),
    );
    expect(counts).toEqual([
      'user-identified 5 2 1 1 2026-11-21T02:00:00.000Z',
      'owner-count 2 0 1 1 2026-11-21T02:00:00.000Z',
      'critical-system-access-valid 1 1 0 0 2026-11-21T02:00:00.000Z',
      'hr-roster-fresh 1 0 0 0 2026-11-21T02:00:00.000Z',
    ]);
  });

  test('has no suite for a disabled check', async () => {
    const disabled = [{ id: 'owner-count', reason: 'x' }];
    const xml = await rendered(junitFormat, withDisabledCheck(), { ...options, disabled });
    expect(read(xml).testsuite?.map((suite) => suite['@name'])).toEqual(['user-identified']);
  });

  test('unknown and error are errors, an exception and what does not apply are skipped', async () => {
    const endings = cases(await render(hostileReport())).map((one) =>
      Object.keys(one)
        .filter((name) => !name.startsWith('@'))
        .join(),
    );
    expect(endings).toEqual(['', 'failure', 'failure', 'skipped', 'error', 'error', 'skipped', 'failure', '']);
  });

  test('says who, why and until when', async () => {
    const failing = cases(await render(hostileReport()))[7];
    expect(failing?.['@name']).toBe('critical_system_account jdoe (Prod/1)');
    expect(unescaped(failing?.['@classname'])).toBe('critical-system-access-valid.acme.Prod, "east"');
    expect(failing?.failure).toEqual([
      {
        '@type': 'ROLE_NOT_ADMITTED',
        '@message': 'Too much.',
        '#': 'fail since 2026-11-21T02:00:00.000Z, due 2026-11-21T02:00:00.000Z\nToo much.',
      },
    ]);
  });

  test('a name is shown as it is, but for what XML or a terminal cannot have', async () => {
    expect(unescaped(cases(await render(hostileReport()))[1]?.['@name'])).toBe(
      'account =HYPERLINK("x")\\u001b[31m<&"\'>]]>\\u202eevil\\u0000,\\u000aline (2)',
    );
  });

  test('whatever the text, it stays one case with one failure', async () => {
    await assert(
      asyncProperty(string({ unit: 'binary', maxLength: 40 }), async (text) => {
        const subject = { kind: 'account', id: '1', name: text } as const;
        const xml = await render(reportOf([resultOf({ verdict: 'fail', reason: 'X', message: text, subject })]));
        expect(cases(xml).map(({ failure }) => failure?.map((one) => one['@type']))).toEqual([['X']]);
        expect(xml).not.toMatch(/[^\n\t\P{Cc}]|[\uFFFE\uFFFF]/u);
      }),
    );
  });

  test('a report without results is still a document', async () => {
    expect(read(await render(reportOf([])))).toMatchObject({ '@tests': '0' });
  });
});
