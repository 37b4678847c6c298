import type { Format, RenderOptions } from '../../src/cli/formats/format.js';
import { tallied } from '../../src/cli/tallied-report.js';
import type { StreamedReport } from '../../src/findings/report.js';

/** A report as a format writes it, in one piece. */
export async function rendered(format: Format, report: StreamedReport, options: RenderOptions): Promise<string> {
  let text = '';
  for await (const piece of format.render(tallied(report), options)) text += piece;
  return text;
}
