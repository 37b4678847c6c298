import { streamedReportJson } from '../../findings/report-json.js';
import { visibleLines } from '../../http/visible.js';
import type { TalliedReport } from '../tallied-report.js';
import type { Format, RenderOptions } from './format.js';

/** The report itself, one dataset, check and result a line. */
export const jsonFormat: Format = { id: 'json', render };

async function* render(report: TalliedReport, { terminalWidth }: RenderOptions): AsyncGenerator<string> {
  // Inside strings such a code means the same to programs, and outside of them there is nothing to hide.
  for await (const piece of streamedReportJson(report)) yield terminalWidth === null ? piece : visibleLines(piece);
}
