import { reportJson } from '../../findings/report-json.js';
import type { Report } from '../../findings/report.js';
import { visibleLines } from '../../http/visible.js';
import type { Format, RenderOptions } from './format.js';

/** The report itself, one dataset, check and result a line. */
export const jsonFormat: Format = { id: 'json', render };

function* render(report: Report, { terminalWidth }: RenderOptions): Generator<string> {
  // Inside strings such a code means the same to programs, and outside of them there is nothing to hide.
  for (const piece of reportJson(report)) yield terminalWidth === null ? piece : visibleLines(piece);
}
