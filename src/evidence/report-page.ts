import type { DocumentedCheck } from '../checks/documented-check.js';
import { counted } from '../checks/wording.js';
import type { ReportHead } from '../findings/report.js';
import { barChart, lineChart } from './charts.js';
import type { Figures } from './figures.js';
import { Html, html } from './html.js';
import type { EvidenceWindow } from './window.query.js';
import type { Row } from './write-rows.js';

export interface ReportPage {
  readonly window: EvidenceWindow;
  readonly scope: string;
  readonly writtenAt: string;
  readonly signedBy: string;
  readonly report: ReportHead;
  readonly checks: ReadonlyMap<string, DocumentedCheck<never>>;
  readonly figures: Figures;
  /** How long access may outlast its holder. */
  readonly within: string;
  readonly exceptions: readonly Row[];
  readonly attestations: readonly Row[];
  readonly policyChanges: readonly Row[];
}

const shownRows = 200;

/** One page without scripts or anything from elsewhere, which prints well. */
export function reportPage(page: ReportPage): string {
  const { window, figures, report } = page;
  const revoke = figures.timeToRevoke;
  const changed = (what: string): number => figures.changes.get(what) ?? 0;
  const began = changed('first watched');
  const ended = changed('no longer watched');
  const watched = `${began > 0 ? `; ${began} were there when the watching of their organization began` : ''}${ended > 0 ? `; ${ended} when it ended` : ''}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Access to Docker Hub organizations, evidence</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <h1>Access to Docker Hub organizations</h1>
        <p>
          Evidence from ${minute(window.from)} to ${minute(window.to)}, ${page.scope}. Written at
          ${minute(page.writtenAt)}. All times are UTC.
          ${window.cut ? html`<strong>Asked for was ${minute(window.asked.from)} to ${minute(window.asked.to)}; the record does not reach that far.</strong>` : null}
        </p>
        <p>
          Signed with the key <code>${page.signedBy}</code>. Whether anything was changed since is told by
          <code>hubwarden evidence verify</code>, or by hand as README.txt says.
        </p>

        <h2>The checks at the end</h2>
        <p>
          As judged at ${minute(report.evaluation.at)}. Unknown is what could not be told; it is never counted as
          passing.
        </p>
        ${table(
          ['Check', 'Status', 'Pass', 'Fail', 'Excepted', 'Unknown', 'Error', 'Evidence for'],
          report.checks
            .filter(({ id }) => page.checks.has(id))
            .map(({ id, title, status, counts }) => [
              `${title} (${id})`,
              status.replaceAll('_', ' '),
              counts.pass,
              counts.fail,
              counts.excepted,
              counts.unknown,
              counts.error,
              (page.checks.get(id)?.controls ?? [])
                .map(({ framework, id: control }) => `${framework} ${control}`)
                .join(', '),
            ]),
        )}

        <h2>Who held access</h2>
        <p>
          Accounts and invites: ${changed('joined')} came, ${changed('left')} left, ${changed('changed')} changed role
          or teams${watched}. Each of them stands in population-changes.csv, everybody at the start and the end in
          population-start.csv and population-end.csv.
        </p>
        ${lineChart('Accounts and pending invites, over the evaluations', figures.populationPoints)}

        <h2>Findings</h2>
        <p>
          ${figures.findings.all} were open at some time: ${figures.findings.inTime} were resolved in time,
          ${figures.findings.late} were or are past due, ${figures.findings.open} are open at the end,
          ${figures.findings.excepted} of these under an exception.
        </p>
        ${barChart('Open at the end, by how long the cause has lasted', figures.openByAge, 'past due')}
        ${barChart('Access of people who left, by the time from leaving to its end', revoke.bars, 'late')}
        <p>
          ${
            revoke.medianHours === null
              ? 'Of nobody who left did access end in this time.'
              : `It ended for ${counted(revoke.revoked, 'account or invite', 'accounts and invites')}, in the median ${counted(Math.ceil(revoke.medianHours), 'hour')} after leaving.`
          }
          Late is what was certainly there longer than ${page.within}; each stands in leavers.csv.
        </p>
        ${rows(figures.shown, figures.findings.all, 'findings.csv', ['check', 'organization', 'subjectName', 'severity', 'reason', 'state', 'beganAt', 'firstSeenAt', 'dueAt', 'resolvedAt', 'resolvedBecause'])}

        <h2>Exceptions and attestations</h2>
        ${rows(page.exceptions, page.exceptions.length, 'exceptions.csv', ['check', 'organization', 'subject', 'reason', 'requestedBy', 'decidedBy', 'state', 'expiresAt', 'endedBecause'])}
        ${rows(page.attestations, page.attestations.length, 'attestations.csv', ['check', 'organization', 'answer', 'statement', 'attestedBy', 'attestedAt', 'expiresAt'])}

        <h2>Gaps in monitoring</h2>
        <p>
          Hours in which nothing newer than 26 hours was known, in which an organization was not watched, and in which a
          check could not tell of somebody, summed; each stretch stands in gaps.csv.
        </p>
        ${
          figures.gaps.length === 0
            ? html`<p>None (gaps.csv).</p>`
            : table(
                ['What', 'Check or organization', 'Times', 'Hours', 'Subjects at most'],
                figures.gaps.map(({ what, of, times, hours, subjects }) => [
                  what,
                  of,
                  times,
                  Math.round(hours),
                  subjects ?? '',
                ]),
              )
        }

        <h2>Changes of policy and of rules</h2>
        ${rows(page.policyChanges, page.policyChanges.length, 'policy.json', ['at', 'catalogueVersion', 'change'])}
      </body>
    </html> `.text;
}

type Cell = Html | string | number;

function rows(shown: readonly Row[], all: number, file: string, columns: readonly string[]): Html {
  if (all === 0) return html`<p>None (${file}).</p>`;
  const more = all - Math.min(shown.length, shownRows);
  return html`${table(
    columns.map(wordsOf),
    shown.slice(0, shownRows).map((row) => columns.map((column) => cell(row[column]))),
  )}
  ${more > 0 ? html`<p>And ${more} more in ${file}.</p>` : null}`;
}

function table(headings: readonly string[], lines: readonly (readonly Cell[])[]): Html {
  return html`<table>
    <thead>
      <tr>
        ${headings.map((heading) => html`<th>${heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        (line) =>
          html`<tr>
            ${line.map((value) => (isShort(value) ? html`<td class="short">${value}</td>` : html`<td>${value}</td>`))}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** `firstSeenAt` is First seen at. */
function wordsOf(heading: string): string {
  const words = heading.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Numbers and short words stay on one line. */
function isShort(value: Cell): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= 12);
}

function cell(value: unknown): Cell {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) {
    const [day, time] = value.toISOString().slice(0, 16).split('T');
    return html`<span class="short">${day ?? ''}</span> <span class="short">${time ?? ''}</span>`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  // Long words of reasons break where a reader would break them.
  return /^[A-Z_]+$/.test(value) ? new Html(value.replaceAll('_', '_<wbr />')) : value;
}

function minute(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}

const style = `body{font:14px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem;font-size:12px}
th,td{border:1px solid #bbb;padding:.2rem .4rem;text-align:left;vertical-align:top}td{overflow-wrap:anywhere}.short{white-space:nowrap}
thead{display:table-header-group}tr{break-inside:avoid}th{background:#eee}
figure{margin:1rem 0;break-inside:avoid}figcaption{font-weight:600}svg{width:100%;max-width:42rem}svg text{font-size:11px}
.bar{fill:#9db7d5}.marked{fill:#a3312c}.line{fill:none;stroke:#1f4e79;stroke-width:2}.axis{stroke:#888}
@media print{body{margin:0;max-width:none;font-size:11px}h2{break-after:avoid}}@page{margin:1.5cm}`;
