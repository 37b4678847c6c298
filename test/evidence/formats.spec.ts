import { expect, it } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import type { Report, ReportCheck, ReportResult } from '../../src/findings/report.js';
import { ocsfFindings } from '../../src/evidence/ocsf.js';
import { oscalAssessmentResults } from '../../src/evidence/oscal.js';
import { uuidOf } from '../../src/evidence/uuid-of.js';
import type { EvidenceWindow } from '../../src/evidence/window.query.js';

const at = '2026-11-21T02:00:00.000Z';
const mark = { number: '3', id: '0b3f1a52-6a0d-4d5e-9d0e-1f2a3b4c5d6e', at };
const window: EvidenceWindow = {
  asked: { from: at, to: at },
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-22T00:00:00.000Z',
  cut: false,
  start: mark,
  end: mark,
};
const known = new Map(catalog.map((check) => [check.id, check]));
const none = { pass: 0, fail: 0, unknown: 0, error: 0, not_applicable: 0, excepted: 0 };

function result(told: Partial<ReportResult>): ReportResult {
  return {
    check: 'owner-count',
    organization: 'acme',
    subject: { kind: 'organization', id: 'acme', name: 'acme' },
    verdict: 'pass',
    reason: 'WITHIN_LIMITS',
    message: 'acme has 3 owners.',
    since: '2026-11-20T02:00:00.000Z',
    dueAt: null,
    disposition: 'none',
    acknowledgedAt: null,
    facts: {},
    ...told,
  };
}

function report(results: readonly ReportResult[], checks: readonly Partial<ReportCheck>[] = []): Report {
  return {
    schema: 'hubwarden.report/1',
    evaluation: { id: mark.id, at, startedAt: at, finishedAt: at },
    datasets: [],
    checks: checks.map((one) => ({
      id: 'owner-count',
      title: 'Owners',
      severity: 'high',
      status: 'passing',
      counts: none,
      ...one,
    })),
    results,
  };
}

async function firstOf(rows: AsyncIterable<unknown>): Promise<unknown> {
  for await (const row of rows) return row;
  return null;
}

type Found = Record<string, unknown>;
const record = (value: unknown): Found => {
  expect(value).toEqual(expect.any(Object));
  return value as Found;
};
const list = (value: unknown): Found[] => {
  expect(Array.isArray(value)).toBe(true);
  return value as Found[];
};

it('names things by UUIDs of version 5, the same for the same thing', () => {
  expect(uuidOf('one')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf('one')).toBe(uuidOf('one'));
  expect(uuidOf('one')).not.toBe(uuidOf('two'));
});

/** Everything of the value, with its path. */
function* parts(value: unknown, path = ''): Iterable<readonly [string, unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) yield* parts(inner, `${path}/${name}`);
}

function emptyLists(value: unknown): string[] {
  return [...parts(value)].flatMap(([path, one]) => (Array.isArray(one) && one.length === 0 ? [path] : []));
}

const token = /^[A-Za-z_][\w.-]*$/;
const uuid = /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$/;

function assessment(checks: readonly Partial<ReportCheck>[]): { readonly whole: Found; readonly result: Found } {
  const written = { at, version: '0.1.0' };
  const whole = record(oscalAssessmentResults(report([], checks), window, known, written));
  const [first] = list(record(whole['assessment-results'])['results']);
  return { whole, result: record(first) };
}

it('writes OSCAL that OSCAL takes: nothing empty, tokens, UUIDs, zones, and what must be there', () => {
  const { whole, result: told } = assessment([
    { id: 'owner-count', status: 'passing', counts: { ...none, pass: 1 } },
    { id: 'user-identified', status: 'failing', counts: { ...none, fail: 2, unknown: 1 } },
    { id: 'oat-expiry', status: 'passing_with_exceptions', counts: { ...none, fail: 1, excepted: 1 } },
    { id: 'oat-not-stale', status: 'unknown', counts: { ...none, unknown: 1 } },
    { id: 'hub-sync-complete', status: 'not_applicable', counts: none },
  ]);
  expect(Object.keys(whole)).toEqual(['assessment-results']);
  const results = record(whole['assessment-results']);
  expect(Object.keys(results).toSorted()).toEqual(['back-matter', 'import-ap', 'metadata', 'results', 'uuid']);
  const all = [...parts(results)];
  const those = (name: RegExp): unknown[] => all.filter(([path]) => name.test(path)).map(([, value]) => value);
  expect(emptyLists(results)).toEqual([]);
  expect(all.filter(([, value]) => typeof value === 'string' && !/^\S([\s\S]*\S)?$/.test(value))).toEqual([]);
  for (const one of those(/uuid$/)) expect(one).toMatch(uuid);
  for (const one of those(/\/(control-id|target-id|name|reason)$/)) expect(one).toMatch(token);
  for (const one of those(/\/(start|end|collected|last-modified)$/)) expect(one).toMatch(/T[\d:.]+Z$/);
  const observations = list(told['observations']);
  for (const one of observations) {
    expect(one).toMatchObject({ uuid: expect.any(String), description: expect.any(String), methods: ['TEST'] });
    expect(one['collected']).toBe(at);
  }
  const findings = list(told['findings']);
  expect(findings.map((one) => record(one['target'])['status'])).toMatchObject([
    { state: 'satisfied' },
    { state: 'not-satisfied' },
    { state: 'not-satisfied' },
    { state: 'not-satisfied' },
  ]);
  const observed = new Set(observations.map((one) => one['uuid']));
  for (const one of findings) {
    for (const related of list(one['related-observations'])) expect(observed).toContain(related['observation-uuid']);
  }
  const [plan] = list(record(results['back-matter'])['resources']);
  expect(record(results['import-ap'])['href']).toBe(`#${String(plan?.['uuid'])}`);
});

it('writes OSCAL where nothing was judged, and where nothing applied', () => {
  expect(Object.keys(assessment([]).result)).not.toContain('findings');
  const { 'control-selections': selections } = record(assessment([]).result['reviewed-controls']);
  expect(list(selections)[0]).toMatchObject({ 'include-controls': catalog.map(({ id }) => ({ 'control-id': id })) });
  const nothing = assessment([{ status: 'not_applicable' }]);
  expect(Object.keys(nothing.result)).not.toContain('findings');
  for (const { whole } of [nothing, assessment([])]) {
    expect(emptyLists(whole)).toEqual([]);
  }
});

it('has every address in OSCAL relative to the folder that the file is in', () => {
  const { whole } = assessment([{}]);
  const addresses = [...parts(whole)].filter(([path]) => path.endsWith('/href')).map(([, value]) => String(value));
  expect(addresses.filter((one) => !one.startsWith('#'))).toEqual(['../results-at-end.jsonl', '../policy.json']);
});

it.each([
  ['pass', {}, { status_id: 99 }, 1, 1],
  ['fail', { disposition: 'overdue' }, { status_id: 1 }, 3, 4],
  ['fail', { disposition: 'in_grace', acknowledgedAt: at }, { status_id: 2 }, 3, 4],
  ['fail', { disposition: 'excepted' }, { status_id: 3 }, 3, 4],
  ['unknown', {}, { status_id: 1 }, 0, 1],
  ['error', {}, { status_id: 1 }, 0, 1],
  ['not_applicable', {}, { status_id: 99 }, 99, 1],
] as const)('says %s %o in OCSF', async (verdict, told, finding, compliance, severity) => {
  const written = await firstOf(
    ocsfFindings(report([result({ verdict, ...told })], [{}]), known, { version: '0.1.0' }),
  );
  expect(written).toMatchObject({
    ...finding,
    category_uid: 2,
    class_uid: 2003,
    activity_id: 2,
    type_uid: 200_302,
    time: Date.parse(at),
    severity_id: severity,
    compliance: { status_id: compliance, status: expect.any(String), standards: expect.any(Array) },
    finding_info: { uid: expect.stringMatching(uuid), title: expect.any(String) },
    metadata: { version: '1.4.0', product: { name: expect.any(String), vendor_name: expect.any(String) } },
    resources: [{ uid: 'acme', name: 'acme' }],
    remediation: { desc: expect.any(String) },
  });
});

it('creates a finding in OCSF on its first night, and names a standard also where no framework asks for it', async () => {
  const first = result({ since: at, check: 'hub-sync-complete' });
  const found = report([first], [{ id: 'hub-sync-complete' }]);
  const written = await firstOf(ocsfFindings(found, known, { version: '0.1.0' }));
  expect(written).toMatchObject({ activity_id: 1, type_uid: 200_301 });
  const bare = new Map([...known].map(([id, check]) => [id, { ...check, controls: [] }]));
  const other = await firstOf(ocsfFindings(found, bare, { version: '0.1.0' }));
  expect(other).toMatchObject({ compliance: { standards: ['Hubwarden'] } });
});
