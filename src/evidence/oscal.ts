import type { DocumentedCheck } from '../checks/documented-check.js';
import type { ReportCheck, ReportHead } from '../findings/report.js';
import type { EvidenceWindow } from './window.query.js';
import { uuidOf } from './uuid-of.js';

/** Of the names that OSCAL itself does not define; the address leads nowhere. */
const ns = 'https://hubwarden.example/ns/oscal';

/**
 * OSCAL 1.1.2 assessment results: one result for the window, with an observation for each check as it stood at the end. OSCAL knows
 * satisfied and not-satisfied alone. Satisfied is only what passed whole; what could not be told, is excepted or in grace is not
 * satisfied, with the reason beside it; what has no subjects is observed without a finding. Addresses are seen from the folder
 * `oscal` of the archive. OSCAL knows no empty lists: a list of nothing is left out.
 */
export function oscalAssessmentResults(
  report: ReportHead,
  window: EvidenceWindow,
  checks: ReadonlyMap<string, DocumentedCheck<never>>,
  written: { readonly at: string; readonly version: string },
): unknown {
  const seed = `${window.end.id} ${window.from} ${window.to}`;
  const plan = uuidOf(`plan ${seed}`);
  const judged = report.checks.flatMap((row) => {
    const check = checks.get(row.id);
    return check === undefined ? [] : [{ row, check }];
  });
  const findings = judged
    .filter(({ row }) => row.status !== 'not_applicable')
    .map(({ row, check }) => finding(row, check, seed));
  return {
    'assessment-results': {
      uuid: uuidOf(`results ${seed} ${written.at}`),
      metadata: {
        title: 'Access to Docker Hub organizations',
        'last-modified': written.at,
        version: written.version,
        'oscal-version': '1.1.2',
      },
      'import-ap': {
        href: `#${plan}`,
        remarks: 'The plan is the policy that was in force: policy.json of the same archive.',
      },
      results: [
        {
          uuid: uuidOf(`result ${seed}`),
          title: 'Hubwarden',
          description: `Checks over what Docker Hub and HR said, from ${window.from} to ${window.to}; as they stood at ${window.end.at}.`,
          start: window.from,
          end: window.to,
          'reviewed-controls': {
            'control-selections': [
              {
                description:
                  'The checks that were asked for, by their ids; one without an observation was not in force at the end. ' +
                  '`requirement` of an observation names what it gives evidence for.',
                'include-controls': [...checks.keys()].map((id) => ({ 'control-id': id })),
              },
            ],
          },
          ...(judged.length > 0 && {
            observations: judged.map(({ row, check }) => observation(row, check, seed, window)),
          }),
          ...(findings.length > 0 && { findings }),
        },
      ],
      'back-matter': {
        resources: [
          {
            uuid: plan,
            title: 'Policy and catalogue in force',
            rlinks: [{ href: '../policy.json', 'media-type': 'application/json' }],
          },
        ],
      },
    },
  };
}

function observation(row: ReportCheck, check: DocumentedCheck<never>, seed: string, window: EvidenceWindow): unknown {
  return {
    uuid: uuidOf(`observation ${row.id} ${seed}`),
    title: row.title,
    description: countsSentence(row),
    methods: ['TEST'],
    ...(check.controls.length > 0 && {
      props: check.controls.map(({ framework, id }) => ({
        name: 'requirement',
        ns,
        value: `${framework} ${id}`,
      })),
    }),
    collected: window.end.at,
    'relevant-evidence': [
      { href: '../results-at-end.jsonl', description: 'Every subject with its verdict and reason.' },
    ],
  };
}

function finding(row: ReportCheck, check: DocumentedCheck<never>, seed: string): unknown {
  const satisfied = row.status === 'passing';
  return {
    uuid: uuidOf(`finding ${row.id} ${seed}`),
    title: row.title,
    description: check.why,
    target: {
      type: 'objective-id',
      'target-id': row.id,
      status: {
        state: satisfied ? 'satisfied' : 'not-satisfied',
        reason: satisfied ? 'pass' : row.counts.fail > 0 ? 'fail' : 'other',
        remarks: satisfied ? countsSentence(row) : `${row.status.replaceAll('_', ' ')}: ${countsSentence(row)}`,
      },
    },
    'related-observations': [{ 'observation-uuid': uuidOf(`observation ${row.id} ${seed}`) }],
  };
}

function countsSentence({ counts }: ReportCheck): string {
  const { pass, fail, unknown, error, not_applicable: notApplicable, excepted } = counts;
  return `${pass} pass, ${fail} fail (${excepted} of them excepted), ${unknown} unknown, ${error} error, ${notApplicable} not applicable.`;
}
