import { describe, expect, test } from 'vitest';
import { hostileReport, reportOf, resultOf } from '../../../test/support/sample-report.js';
import { rendered } from '../../../test/support/rendered.js';
import { catalog } from '../../checks/catalog.js';
import type { Report } from '../../findings/report.js';
import type { RenderOptions } from './format.js';
import { sarifFormat } from './sarif.format.js';

const options: RenderOptions = {
  colours: false,
  terminalWidth: null,
  checks: catalog,
  version: '1.2.3',
  policyFile: 'policy/hub warden.yaml',
  disabled: [],
};

interface Sarif {
  readonly version: string;
  readonly $schema: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly name: string; readonly version: string; readonly rules: readonly Rule[] };
    };
    readonly automationDetails: object;
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly object[];
      readonly ruleConfigurationOverrides?: readonly object[];
    }[];
    readonly results: readonly Result[];
  }[];
}
interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly defaultConfiguration: { readonly level: string };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly suppressions: readonly object[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly locations: readonly object[];
  readonly properties: object;
}

async function read(report: Report, changes: Partial<RenderOptions> = {}): Promise<Sarif> {
  const sarif: Sarif = JSON.parse(await rendered(sarifFormat, report, { ...options, ...changes }));
  return sarif;
}
const run = async (report: Report): Promise<Sarif['runs'][number]> => {
  const [only] = (await read(report)).runs;
  if (!only) throw new Error('no run');
  return only;
};

async function fingerprints(...results: Parameters<typeof resultOf>[0][]): Promise<string[]> {
  const report = reportOf(results.map(resultOf));
  return (await run(report)).results.map((one) => one.partialFingerprints['hubwarden/subject/v1'] ?? '');
}

describe('SARIF', () => {
  test('is one run of version 2.1.0 with a rule for every check', async () => {
    const report = hostileReport();
    expect(await read(report)).toMatchObject({
      version: '2.1.0',
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    });
    const { driver } = (await run(report)).tool;
    expect(driver).toMatchObject({ name: 'Hubwarden', version: '1.2.3' });
    expect(driver.rules.map(({ id, defaultConfiguration: { level } }) => [id, level])).toEqual([
      ['user-identified', 'warning'],
      ['owner-count', 'note'],
      ['critical-system-access-valid', 'error'],
      ['hr-roster-fresh', 'error'],
    ]);
    for (const rule of driver.rules) expect(rule.help.text).toBe(catalog.find(({ id }) => id === rule.id)?.remedy);
  });

  test('kind says the verdict, and only failures have a level', async () => {
    expect((await run(hostileReport())).results.map(({ kind, level }) => [kind, level])).toEqual([
      ['pass', 'none'],
      ['fail', 'warning'],
      ['fail', 'warning'],
      ['fail', 'warning'],
      ['open', 'none'],
      ['open', 'none'],
      ['notApplicable', 'none'],
      ['fail', 'error'],
      ['pass', 'none'],
    ]);
  });

  test('every result points at its rule, and only the exception is suppressed', async () => {
    const { results, tool } = await run(hostileReport());
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(results.map(({ suppressions }) => suppressions.length)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(results[3]?.suppressions).toEqual([{ kind: 'external', status: 'accepted' }]);
  });

  test('a result says where it was judged, and of whom', async () => {
    const [result] = (await run(hostileReport())).results.slice(7);
    expect(result?.locations).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: 'policy/hub%20warden.yaml' }, region: { startLine: 1 } },
        logicalLocations: [
          {
            name: 'jdoe',
            fullyQualifiedName: 'acme/Prod, "east"/critical_system_account/jdoe',
            kind: 'critical_system_account',
          },
        ],
      },
    ]);
    expect(result?.properties).toMatchObject({ verdict: 'fail', reason: 'ROLE_NOT_ADMITTED', disposition: 'overdue' });
    const absolute = await read(hostileReport(), { policyFile: '/etc/hub warden.yaml' });
    expect(JSON.stringify(absolute)).toContain('"uri":"file:///etc/hub%20warden.yaml"');
    expect(JSON.stringify(await read(hostileReport(), { policyFile: null }))).not.toContain('physicalLocation');
  });

  test('a subject keeps its fingerprint whatever is found, and no other has it', async () => {
    const subject = { kind: 'account', id: '7', name: 'a' } as const;
    const [one, later] = await fingerprints(
      { subject },
      { subject: { ...subject, name: 'b' }, verdict: 'fail', message: 'x' },
    );
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(later).toBe(one);
    const others = await fingerprints(
      { subject, check: 'owner-count' },
      { subject, organization: 'labs' },
      { subject, organization: null },
      { subject: { ...subject, kind: 'invite' } },
      { subject: { ...subject, id: '8' } },
    );
    expect(new Set([one, ...others]).size).toBe(6);
  });

  test('a disabled check is a rule that is switched off in this run', async () => {
    const report = hostileReport();
    const { driver } = (await run(report)).tool;
    const [invocation] =
      (await read(report, { disabled: [{ id: 'owner-count', reason: 'one of us' }] })).runs[0]?.invocations ?? [];
    expect(invocation?.ruleConfigurationOverrides).toEqual([
      {
        descriptor: { id: 'owner-count', index: driver.rules.findIndex(({ id }) => id === 'owner-count') },
        configuration: { enabled: false },
        properties: { reason: 'one of us' },
      },
    ]);
  });

  test('what was not read or broke down is said once for the run', async () => {
    expect((await run(hostileReport())).invocations).toEqual([
      {
        executionSuccessful: false,
        startTimeUtc: '2026-11-21T02:00:00.000Z',
        endTimeUtc: '2026-11-21T02:00:03.500Z',
        toolExecutionNotifications: [
          {
            level: 'warning',
            message: {
              text: 'acme: members partial, 100 of 450 received, SOURCE_UNREACHABLE: Page 2 was not\u001b[2J answered.',
            },
          },
          { level: 'error', message: { text: '1 subject could not be judged because a check broke down.' } },
        ],
      },
    ]);
    expect((await run(reportOf([resultOf()]))).invocations[0]).toMatchObject({
      executionSuccessful: true,
      toolExecutionNotifications: [],
    });
  });
});
