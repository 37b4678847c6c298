import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { counted } from '../../checks/wording.js';
import type { Severity } from '../../checks/check.js';
import type { Outcome, ReportDataset, ReportHead, ReportResult } from '../../findings/report.js';
import { sumOf, type TalliedReport } from '../tallied-report.js';
import type { CheckNotes, Format, RenderOptions } from './format.js';
import { json } from '../../findings/report-json.js';

/** SARIF 2.1.0, one result a line. `kind` says the verdict, `suppressions` that a failure is excepted. */
export const sarifFormat: Format = { id: 'sarif', render };

/** `open`: there was not enough information to decide. */
const kinds: Readonly<Record<Outcome, string>> = {
  pass: 'pass',
  fail: 'fail',
  unknown: 'open',
  error: 'open',
  not_applicable: 'notApplicable',
};
const levels: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };
/** The scale by which code hosts sort findings into the same four words. */
const scores: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };

async function* render(report: TalliedReport, options: RenderOptions): AsyncGenerator<string> {
  const { evaluation, checks, results } = report;
  const { error: errors } = sumOf((await report.tally()).values());
  const notes = new Map(options.checks.map((note) => [note.id, note]));
  const rules = checks.map(({ id, title, severity }) => rule(id, title, severity, notes.get(id)));
  const driver = { name: 'Hubwarden', version: options.version, rules };
  const indices = new Map(checks.map(({ id }, index) => [id, index]));
  yield `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{\n`;
  yield `"tool":${json({ driver })},\n"automationDetails":${json({ id: 'hubwarden/check', guid: evaluation.id })},\n`;
  yield `"invocations":${json([{ ...invocation(report, errors), ...overrides(options, indices) }])},\n"results":[`;
  const severities = new Map(checks.map(({ id, severity }) => [id, severity]));
  const artifact = options.policyFile === null ? null : pathToUri(options.policyFile);
  let separator = '';
  for await (const one of results) {
    yield `${separator}\n${json(result(one, severities.get(one.check) ?? 'low', indices.get(one.check), artifact))}`;
    separator = ',';
  }
  yield ']}]}\n';
}

function rule(id: string, title: string, severity: Severity, notes: CheckNotes | undefined): object {
  const tags = (notes?.controls ?? []).map(({ framework, id: control }) => `${framework} ${control}`);
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: notes?.why ?? title },
    help: { text: notes?.remedy ?? title },
    defaultConfiguration: { level: levels[severity] },
    properties: { severity, 'security-severity': scores[severity], tags: ['security', ...tags] },
  };
}

function result(one: ReportResult, severity: Severity, ruleIndex: number | undefined, artifact: string | null): object {
  const { check, organization, subject, verdict, reason, message, since, dueAt, disposition, acknowledgedAt, facts } =
    one;
  const name = [organization, subject.system, subject.kind, subject.name].filter(Boolean).join('/');
  return {
    ruleId: check,
    ruleIndex: ruleIndex ?? -1,
    kind: kinds[verdict],
    level: verdict === 'fail' ? levels[severity] : 'none',
    message: { text: message === '' ? reason : message },
    locations: [
      {
        ...(artifact === null
          ? {}
          : { physicalLocation: { artifactLocation: { uri: artifact }, region: { startLine: 1 } } }),
        logicalLocations: [{ name: subject.name, fullyQualifiedName: name, kind: subject.kind }],
      },
    ],
    partialFingerprints: { 'hubwarden/subject/v1': fingerprint(one) },
    suppressions: disposition === 'excepted' ? [{ kind: 'external', status: 'accepted' }] : [],
    properties: { verdict, reason, organization, subject, since, dueAt, disposition, acknowledgedAt, facts },
  };
}

/** The same subject of the same check keeps it, whatever the verdict says about it. */
function fingerprint({ check, organization, subject }: ReportResult): string {
  return createHash('sha256')
    .update(JSON.stringify([check, organization, subject.kind, subject.id]))
    .digest('hex');
}

function invocation({ evaluation, datasets }: ReportHead, errors: number): object {
  const incomplete = datasets.filter(({ status }) => status !== 'complete' && status !== 'not_configured');
  return {
    executionSuccessful: errors === 0,
    startTimeUtc: evaluation.startedAt,
    ...(evaluation.finishedAt === null ? {} : { endTimeUtc: evaluation.finishedAt }),
    toolExecutionNotifications: [
      ...incomplete.map((dataset) => ({ level: 'warning', message: { text: incompleteText(dataset) } })),
      ...(errors === 0
        ? []
        : [
            {
              level: 'error',
              message: { text: `${counted(errors, 'subject')} could not be judged because a check broke down.` },
            },
          ]),
    ],
  };
}

function overrides({ disabled }: RenderOptions, indices: ReadonlyMap<string, number>): object {
  if (disabled.length === 0) return {};
  return {
    ruleConfigurationOverrides: disabled.map(({ id, reason }) => ({
      descriptor: { id, index: indices.get(id) ?? -1 },
      configuration: { enabled: false },
      properties: { reason },
    })),
  };
}

function incompleteText({ organization, name, status, received, reported, reason, message }: ReportDataset): string {
  const where = organization === null ? name : `${organization}: ${name}`;
  const share = reported === null ? `${received} received` : `${received} of ${reported} received`;
  return `${where} ${status}, ${share}${reason === null ? '' : `, ${reason}`}${message === null ? '' : `: ${message}`}`;
}

/** Relative where the path is: tools look for it in the checkout. */
function pathToUri(path: string): string {
  if (/^([/\\]|[a-z]:[/\\])/i.test(path)) return pathToFileURL(path).href;
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}
