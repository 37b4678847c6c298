import type { Type } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ConfigurationInForce } from '../../src/config/configuration-in-force.js';
import type { Configuration } from '../../src/config/configuration.js';
import { ChecksController } from '../../src/dashboards/checks.controller.js';
import { CriticalSystemsController } from '../../src/dashboards/critical-systems.controller.js';
import { DatasetsController } from '../../src/dashboards/datasets.controller.js';
import type { Finding } from '../../src/dashboards/finding.js';
import { FindingFilters } from '../../src/dashboards/finding-filters.js';
import { FindingsController } from '../../src/dashboards/findings.controller.js';
import { OrganizationsController } from '../../src/dashboards/organizations.controller.js';
import { OverviewController } from '../../src/dashboards/overview.controller.js';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import type { Report } from '../../src/findings/report.js';
import { Cursors } from '../../src/http/cursors.js';
import type { Page } from '../../src/http/page.js';
import { validation } from '../../src/http/validation.js';
import type { JudgedCompany } from '../support/company.js';

const schedule = { evaluation: '0 2 * * *', timeZone: 'UTC' };

/** A service's configuration, as far as the dashboards look at it. */
export function configurationWith(alerts: readonly object[]): ConfigurationInForce {
  const configuration: Configuration = JSON.parse(JSON.stringify({ schedule, checks: [], alerts }));
  return new ConfigurationInForce(configuration, () => Promise.resolve({ configuration }));
}

/** The read-only routes of the dashboards, with queries as a browser would send them. */
export function dashboardsOn(dataSource: DataSource, alerts: readonly object[] = []) {
  const cursors = new Cursors(Buffer.alloc(32, 5));
  return {
    findings: new FindingsController(dataSource, cursors),
    checks: new ChecksController(dataSource, cursors),
    datasets: new DatasetsController(dataSource, cursors),
    organizations: new OrganizationsController(dataSource, cursors),
    systems: new CriticalSystemsController(dataSource, cursors),
    overview: new OverviewController(dataSource, configurationWith(alerts)),
  };
}

/** The object without those fields. */
export function without(object: object, ...fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
}

export type Dashboards = ReturnType<typeof dashboardsOn>;

/** What the route's handler gets for a query string; refuses it as the route does. */
export async function asked<Query>(query: Type<Query>, text: string): Promise<Query> {
  const values = Object.fromEntries(new URLSearchParams(text));
  const read: Query = await validation().transform(values, { type: 'query', metatype: query });
  return read;
}

/** One page of findings for a query string. */
export async function findingsFor(dashboards: Dashboards, text: string): Promise<Page<Finding>> {
  return dashboards.findings.list(await asked(FindingFilters, text));
}

/** All pages of it; `between` happens after each page but the last. */
export async function everyFinding(
  dashboards: Dashboards,
  text: string,
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<Finding[]> {
  const all: Finding[] = [];
  let cursor: string | null = null;
  for (let page = 1; page < 1000; page += 1) {
    const { items, nextCursor }: Page<Finding> = await findingsFor(
      dashboards,
      cursor === null ? text : `${text}&cursor=${encodeURIComponent(cursor)}`,
    );
    all.push(...items);
    if (nextCursor === null) return all;
    cursor = nextCursor;
    await between(page);
  }
  throw new Error('The pages never end.');
}

export function change(company: JudgedCompany, op: WorldChange): void {
  const mistake = changeWorld(company.hub.world, op);
  if (mistake !== null) throw new Error(mistake);
}

/** What the report says of everything that has an open finding, one line each. */
export function openInReport({ results }: Report): string[] {
  return results
    .filter(({ dueAt }) => dueAt !== null)
    .map(({ check, organization, subject, verdict, since, dueAt, disposition, acknowledgedAt }) =>
      [
        check,
        organization,
        subject.kind,
        subject.id,
        subject.name,
        subject.system,
        verdict,
        since,
        dueAt,
        disposition,
        acknowledgedAt,
      ].join(' | '),
    )
    .sort();
}

/** The same lines of a list of findings. */
export function openInList(findings: readonly Finding[]): string[] {
  return findings
    .map(({ check, organization, subject, verdict, firstSeenAt, dueAt, disposition, acknowledgedAt }) =>
      [
        check,
        organization,
        subject.kind,
        subject.id,
        subject.name,
        subject.system,
        verdict,
        firstSeenAt,
        dueAt,
        disposition,
        acknowledgedAt,
      ].join(' | '),
    )
    .sort();
}

/** What POST /findings/{id}/acknowledge writes. */
export async function acknowledge(dataSource: DataSource, id: string, at: string, by = 'jane'): Promise<void> {
  await dataSource.query(
    `update finding set acknowledged_at = $2, acknowledged_by = $3, acknowledged_reason = 'known' where id = $1`,
    [id, at, by],
  );
  await dataSource.query(
    `insert into finding_transition (finding_id, at, kind, because, by) values ($1, $2, 'acknowledged', 'known', $3)`,
    [id, at, by],
  );
}
