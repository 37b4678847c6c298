import { randomBytes } from 'node:crypto';
import Table from 'cli-table3';
import { catalog } from '../checks/catalog.js';
import type { Configuration, OrganizationConfig } from '../config/configuration.js';
import { DockerHub } from '../dockerhub/docker-hub.js';
import { type ProbeLine, probe } from '../dockerhub/probe.js';
import type { HubDataset } from '../dockerhub/reading.js';
import { visible } from '../http/visible.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { loadSettings } from './load-settings.js';
import { openProgress } from './progress/open-progress.js';
import type { Session } from './session.js';

/** `hubwarden connect test`. */
export async function runConnectTest(file: string, session: Session): Promise<ExitStatus> {
  const settings = await loadSettings(file, session.variables);
  if ('mistakes' in settings) return session.refuse(settings.mistakes);
  const { configuration, environment } = settings;
  const hub = new DockerHub({
    hubUrl: environment.hubUrl,
    deadline: Date.now() + configuration.sync.deadlineMs,
    // Nothing is kept that a later run would have to recognize.
    fingerprintKey: randomBytes(32),
    signal: session.signal,
  });
  let missing = 0;
  try {
    for (const organization of configuration.organizations) {
      const lines = await shown(session, `ask for ${organization.name}`, () => probe(hub.organization(organization)));
      const needed = neededDatasets(configuration, organization);
      missing += lines.filter((line) => needed.has(line.dataset) && isMissing(line)).length;
      await session.terminal.out.write(
        tableOf(organization, lines, needed, session.terminal.out.terminal?.columns ?? 120),
      );
    }
  } finally {
    hub.close();
  }
  await session.terminal.out.write(
    missing === 0
      ? '\nEverything that the enabled checks need can be read.\n'
      : `\n${missing === 1 ? '1 dataset' : `${missing} datasets`} that enabled checks need cannot be read or not be shown to be whole: their verdicts will be unknown.\n`,
  );
  return missing === 0 ? exitStatus.inOrder : exitStatus.unknown;
}

/** What can be read in part lets no check pass either. */
function isMissing({ readable, reason }: ProbeLine): boolean {
  return readable === false || reason === 'VISIBILITY_NOT_PROVEN';
}

async function shown<T>(session: Session, name: string, work: () => Promise<T>): Promise<T> {
  const progress = openProgress(session.terminal.err);
  const stage = progress.stage(name, null);
  try {
    const result = await work();
    stage.done();
    return result;
  } finally {
    progress.stop();
  }
}

/** What the enabled checks need of this organization. */
export function neededDatasets(
  configuration: Configuration,
  { name, scim }: OrganizationConfig,
): ReadonlySet<HubDataset> {
  const enabled = new Set(configuration.checks.filter((check) => check.enabled).map(({ id }) => id));
  const narrowed = configuration.criticalSystems.some(
    ({ organization, repositories }) => organization === name && repositories !== null,
  );
  const needed = new Set<HubDataset>();
  for (const { needs } of catalog.filter(({ id }) => enabled.has(id)))
    for (const need of needs) {
      const dataset = typeof need === 'string' ? need : need.dataset;
      if (dataset === 'roster') continue;
      if (typeof need !== 'string' && need.when === 'narrowed' && !narrowed) continue;
      if (typeof need !== 'string' && need.when === 'configured' && dataset === 'scim_users' && scim === null) continue;
      needed.add(dataset);
    }
  return needed;
}

function tableOf(
  organization: OrganizationConfig,
  lines: readonly ProbeLine[],
  needed: ReadonlySet<HubDataset>,
  width: number,
): string {
  const fixed = [18, 8, 10, 8];
  const rest = Math.max(30, Math.min(width, 160) - fixed.reduce((sum, one) => sum + one, 0) - fixed.length - 2);
  const table = new Table({
    head: ['dataset', 'needed', 'readable', 'by', 'what to do'],
    colWidths: [...fixed, rest],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { dataset, readable, by, reason, message } of lines)
    table.push([
      dataset,
      needed.has(dataset) ? 'yes' : 'no',
      readable === null ? '-' : readable ? 'yes' : 'no',
      by ?? '-',
      visible(reason === null ? message : `${reason}: ${message}`),
    ]);
  return `\n${visible(organization.name)}\n${table.toString()}\n`;
}
