import { catalog, catalogueVersion } from '../checks/catalog.js';
import type { DocumentedCheck } from '../checks/documented-check.js';
import { counted } from '../checks/wording.js';
import type { CheckConfig, Mistake } from '../config/configuration.js';
import { didYouMean } from '../config/nearest.js';
import { csvLines } from '../http/csv.js';
import { visible, visibleLines } from '../http/visible.js';
import { aligned, wrapped } from './columns.js';
import {
  controlsText,
  describeCheck,
  describeSettings,
  needsText,
  stateText,
  type DescribedCheck,
} from './described-check.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { Session } from './session.js';

export interface ListChecksArguments {
  readonly config?: string;
  readonly format: 'table' | 'json' | 'csv';
}

export interface ShowCheckArguments {
  readonly id: string;
  readonly config?: string;
  readonly format: 'table' | 'json';
}

type Configured = ReadonlyMap<string, CheckConfig>;

/** `hubwarden checks list`. */
export async function runChecksList({ config, format }: ListChecksArguments, session: Session): Promise<ExitStatus> {
  const configured = await checksOf(config, session);
  if ('mistakes' in configured) return session.refuse(configured.mistakes);
  const checks = catalog.map((check) => describeCheck(check, configured.checks.get(check.id)));
  const { out } = session.terminal;
  const width = out.terminal?.columns ?? null;
  switch (format) {
    case 'json':
      await out.write(`${JSON.stringify({ catalogueVersion, items: checks, count: checks.length }, null, 2)}\n`);
      break;
    case 'csv':
      for (const piece of csvLines(csvRows(checks), '\n')) await out.write(piece);
      await session.say(countOf(checks));
      break;
    case 'table':
      for (const check of checks) await out.write(`${lines(check, width).join('\n')}\n\n`);
      await out.write(`${countOf(checks)}\n`);
      break;
  }
  return exitStatus.inOrder;
}

/** `hubwarden checks show`. */
export async function runChecksShow({ id, config, format }: ShowCheckArguments, session: Session): Promise<ExitStatus> {
  const check = catalog.find((one) => one.id === id);
  if (check === undefined)
    return session.refuseWith(
      `there is no check \`${id}\`; ${didYouMean(
        id,
        catalog.map((one) => one.id),
      )}`,
    );
  const configured = await checksOf(config, session);
  if ('mistakes' in configured) return session.refuse(configured.mistakes);
  const described = describeCheck(check, configured.checks.get(id));
  const settings = describeSettings(check, configured.checks.get(id));
  const { out } = session.terminal;
  if (format === 'json') {
    const { why, remedy, reasons } = check;
    await out.write(`${JSON.stringify({ ...described, why, remedy, reasons, settings }, null, 2)}\n`);
  } else {
    const width = out.terminal?.columns ?? null;
    const parts = [
      lines(described, width),
      [wrapped(check.why, 2, width), wrapped(`What to do: ${check.remedy}`, 2, width)],
      reasonLines(check),
      titled(
        'Settings',
        settings.map(({ key, value, meaning }) => [key, shown(value), meaning]),
      ),
      titled(
        'Gives evidence for',
        described.controls.map(({ framework, id: control, title }) => [framework, control, title]),
      ),
    ];
    await out.write(
      `${parts
        .filter((part) => part.length > 0)
        .map((part) => part.join('\n'))
        .join('\n\n')}\n`,
    );
  }
  return exitStatus.inOrder;
}

/** Loads a configuration only where one is named. */
async function checksOf(
  file: string | undefined,
  session: Session,
): Promise<{ readonly checks: Configured } | { readonly mistakes: readonly Mistake[] }> {
  if (file === undefined) return { checks: new Map() };
  const { loadConfiguration } = await import('../config/load-configuration.js');
  const loaded = await loadConfiguration(file, { variables: session.variables });
  if ('mistakes' in loaded) return loaded;
  return { checks: new Map(loaded.configuration.checks.map((check) => [check.id, check])) };
}

function countOf(checks: readonly DescribedCheck[]): string {
  const off = checks.filter(({ enabled }) => enabled === false).length;
  return off === 0 ? counted(checks.length, 'check') : `${counted(checks.length, 'check')}, ${off} of them off`;
}

function lines(check: DescribedCheck, width: number | null): string[] {
  const trust = check.dataTrust ? ', data trust' : '';
  const details: (readonly [string, string])[] = [
    ['judges', check.subjects.join(', ')],
    ['needs', needsText(check) || 'nothing'],
    ['controls', controlsText(check) || 'none claimed'],
    ['state', stateText(check)],
  ];
  return [
    `${check.id}  ${check.severity}, ${check.sla}${trust}`,
    wrapped(`${check.title}.`, 2, width),
    ...details.filter(([, text]) => text !== '').map(([name, text]) => wrapped(`${name}: ${visible(text)}`, 2, width)),
  ];
}

function* csvRows(checks: readonly DescribedCheck[]): Generator<string[]> {
  yield [
    'id',
    'title',
    'severity',
    'sla',
    'subjects',
    'needs',
    'controls',
    'data_trust',
    'enabled',
    'disabled_because',
  ];
  for (const check of checks) {
    yield [
      check.id,
      check.title,
      check.severity,
      check.sla,
      check.subjects.join(', '),
      needsText(check),
      controlsText(check),
      String(check.dataTrust),
      check.enabled === null ? '' : String(check.enabled),
      check.disabledBecause ?? '',
    ];
  }
}

function reasonLines({ reasons }: DocumentedCheck<never>): string[] {
  const rows = Object.entries(reasons).flatMap(([outcome, meanings]) =>
    Object.entries(meanings).map(([reason, meaning]) => [outcome, reason, meaning]),
  );
  return titled('Reasons', rows);
}

function titled(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [`  ${title}`, ...aligned(rows).map((row) => `    ${row}`)];
}

/** Values of the policy are the user's own. */
function shown(value: unknown): string {
  return visibleLines(JSON.stringify(value) ?? 'not set');
}
