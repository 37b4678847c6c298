import { catalog } from '../checks/catalog.js';
import type { CheckConfig } from '../config/configuration.js';
import { type FormatId } from './formats/format.js';
import { formatOf } from './formats/formats.js';
import type { CheckOutcome } from './judge.js';
import type { ReportTarget } from './prepare-output.js';
import type { Session } from './session.js';
import { version } from './version.js';

export interface Rendering {
  readonly format: FormatId;
  readonly policyFile: string | null;
  /** As configured. */
  readonly checks: readonly CheckConfig[];
}

/** Writes the report where there is one, else says on standard error why there is none. */
export async function printOutcome(
  outcome: CheckOutcome,
  { format, policyFile, checks }: Rendering,
  target: ReportTarget,
  session: Session,
): Promise<void> {
  switch (outcome.kind) {
    case 'mistakes':
      await session.refuse(outcome.mistakes);
      break;
    case 'broken':
      await session.say(`hubwarden: ${outcome.message}`);
      break;
    case 'report': {
      const { out } = session.terminal;
      const pieces = formatOf(format).render(outcome.report, {
        colours: !target.isFile && out.colours,
        terminalWidth: target.isFile ? null : (out.terminal?.columns ?? null),
        checks: catalog,
        version: version(),
        policyFile,
        disabled: checks.filter(({ enabled }) => !enabled).map(({ id, reason }) => ({ id, reason: reason ?? '' })),
      });
      await target.write(pieces);
      break;
    }
  }
}
