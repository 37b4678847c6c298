import type { DocumentedCheck } from '../checks/documented-check.js';
import type { ReportResult, StreamedReport } from '../findings/report.js';
import type { Row } from './write-rows.js';
import { uuidOf } from './uuid-of.js';

const severityIds = { low: 2, medium: 3, high: 4, critical: 5 } as const;

const classUid = 2003;
const activities = { create: 1, update: 2 } as const;

/**
 * OCSF 1.4 Compliance Finding (class 2003), one for each verdict of a report, passes included. Of its compliance status, 0 is
 * unknown, 1 pass, 3 fail and 99 other (2, a warning, says that something was not there to be judged, which is less than
 * unknown says here): a verdict that could not be given is unknown and never pass, and an excepted failure stays a failure, as a
 * finding that is suppressed. The list of standards must not be empty; what no framework asks for is Hubwarden's own.
 */
export async function* ocsfFindings(
  report: StreamedReport,
  checks: ReadonlyMap<string, DocumentedCheck<never>>,
  product: { readonly version: string },
): AsyncGenerator<Row> {
  const severities = new Map(report.checks.map(({ id, severity }) => [id, severity]));
  const time = Date.parse(report.evaluation.at);
  for await (const result of report.results) {
    const check = checks.get(result.check);
    if (check === undefined) continue;
    const status = complianceStatus(result);
    const severity = severities.get(result.check) ?? check.severity;
    const activity = Date.parse(result.since) >= time ? activities.create : activities.update;
    const standards = new Set(check.controls.map(({ framework }) => framework));
    const uid = uuidOf(
      `${result.check} ${result.organization ?? ''} ${result.subject.kind} ${result.subject.system ?? ''} ${result.subject.id}`,
    );
    yield {
      activity_id: activity,
      category_uid: 2,
      class_uid: classUid,
      type_uid: classUid * 100 + activity,
      time,
      message: result.message,
      severity_id: result.verdict === 'fail' ? severityIds[severity] : 1,
      ...findingStatus(result),
      metadata: {
        version: '1.4.0',
        product: { name: 'Hubwarden', vendor_name: 'Hubwarden', version: product.version },
        uid: `${report.evaluation.id}/${uid}`,
      },
      finding_info: {
        uid,
        title: check.title,
        desc: result.message,
        created_time: Date.parse(result.since),
        types: [result.check],
      },
      compliance: {
        control: result.check,
        requirements: check.controls.map(({ framework, id }) => `${framework} ${id}`),
        standards: standards.size > 0 ? [...standards] : ['Hubwarden'],
        status_id: status.id,
        status: status.name,
        status_code: result.reason,
        status_detail: result.message,
      },
      resources: [
        {
          uid: result.subject.id,
          name: result.subject.name,
          type: result.subject.kind,
          namespace: result.organization ?? 'HR',
        },
      ],
      remediation: { desc: check.remedy },
    };
  }
}

/** Where people stand with it; nothing has to be done about what passes or does not apply. */
function findingStatus(result: ReportResult): { readonly status_id: number; readonly status: string } {
  const { verdict, disposition, acknowledgedAt } = result;
  if (verdict === 'pass' || verdict === 'not_applicable') return { status_id: 99, status: 'Nothing to do' };
  if (disposition === 'excepted') return { status_id: 3, status: 'Suppressed' };
  return acknowledgedAt === null ? { status_id: 1, status: 'New' } : { status_id: 2, status: 'In Progress' };
}

function complianceStatus({ verdict }: ReportResult): { readonly id: number; readonly name: string } {
  switch (verdict) {
    case 'pass':
      return { id: 1, name: 'Pass' };
    case 'fail':
      return { id: 3, name: 'Fail' };
    case 'unknown':
    case 'error':
      return { id: 0, name: 'Unknown' };
    case 'not_applicable':
      return { id: 99, name: 'Not applicable' };
  }
}
