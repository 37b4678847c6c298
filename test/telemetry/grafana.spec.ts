import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { DatabaseProbe } from '../../src/telemetry/database-probe.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { MetricsController } from '../../src/telemetry/metrics.controller.js';
import { ScheduleWatch } from '../../src/telemetry/schedule-watch.js';
import { StoredMetrics } from '../../src/telemetry/stored-metrics.js';
import { JudgedCompany } from '../support/company.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string; readonly refId: string }[];
}

interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

const dashboard: Dashboard = JSON.parse(
  readFileSync(new URL('../../deploy/grafana/hubwarden.json', import.meta.url), 'utf8'),
);
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const expressions = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

let company: JudgedCompany;
/** Of every series that is exposed, its name and the names of its labels. */
let exposed: ReadonlyMap<string, ReadonlySet<string>>;
beforeAll(async () => {
  const now = new Date().toISOString();
  company = await JudgedCompany.start(demoCompany(now));
  await company.night(now);
  await company.database.dataSource.query(
    `insert into alert_channel (kind, fingerprint, label, planned_through, first_seen_at, last_seen_at)
     values ('slack', 'f', 'slack hooks.slack.com', 0, now(), now())`,
  );
  const metrics = new Metrics('1.0.0');
  metrics.onAnswered('GET', '/api/v1/overview', 200, 0.01);
  metrics.onHubBudget([{ credential: 'c', limit: 1, remaining: 1 }]);
  const probe = new DatabaseProbe(company.database.url);
  const schedule = { lastEvaluationAt: null, nextSlot: new Date(), missed: 0, onTime: true };
  const watch = new ScheduleWatch(() => Promise.resolve(schedule));
  exposed = seriesIn(await new MetricsController(metrics, new StoredMetrics(probe, watch, () => ['f'])).read());
  await probe.close();
});
afterAll(() => company.stop());

describe('the Grafana dashboard', () => {
  it('is one that Grafana 10 reads, on a Prometheus that the viewer picks', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toContainEqual([
      'datasource',
      'datasource',
    ]);
    expect(panels.map(({ datasource }) => datasource?.uid)).toEqual(panels.map(() => '${datasource}'));
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no panels that lie on one another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it.each(expressions)(
    'asks in "$title" ($refId) for metrics and labels that are exposed',
    ({ expr, legendFormat }) => {
      const names = [...expr.matchAll(/\b(?:hubwarden|process|nodejs)_\w+/g)].map(([name]) => name);
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !exposed.has(name))).toEqual([]);
      // What Prometheus itself adds.
      const known = new Set(['job', 'instance', ...names.flatMap((name) => [...(exposed.get(name) ?? [])])]);
      const labels = [
        ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => String(list).split(/\s*,\s*/)),
        ...[...expr.matchAll(/(\w+)\s*(?:=~|!=|!~|=)\s*"/g)].map(([, label]) => String(label)),
        ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => String(label)),
      ];
      expect(labels.filter((label) => !known.has(label))).toEqual([]);
    },
  );

  it('shows everything that is exposed about the product', () => {
    const asked = expressions.map(({ expr }) => expr).join('\n');
    const families = [...exposed.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    const unseen = new Set(families.filter((name) => name.startsWith('hubwarden_') && !asked.includes(name)));
    expect([...unseen]).toEqual([]);
  });
});

function seriesIn(text: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === '') continue;
    const known = series.get(name) ?? new Set();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(String(label));
    series.set(name, known);
  }
  return series;
}
