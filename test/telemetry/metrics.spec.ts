import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import type { Report } from '../../src/findings/report.js';
import { DatabaseProbe } from '../../src/telemetry/database-probe.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { MetricsController } from '../../src/telemetry/metrics.controller.js';
import { ScheduleWatch } from '../../src/telemetry/schedule-watch.js';
import { StoredMetrics } from '../../src/telemetry/stored-metrics.js';
import { JudgedCompany } from '../support/company.js';
import { testDatabase } from '../support/database.js';

const nextSlot = new Date('2026-11-22T02:00:00Z');
const schedule = { lastEvaluationAt: null, nextSlot, missed: 2, onTime: false };

/** The series of one scrape: name and labels as they are written, and the value. */
async function scrape(url: string, metrics = new Metrics('1.2.3')): Promise<ReadonlyMap<string, number>> {
  const probe = new DatabaseProbe(url);
  try {
    const watch = new ScheduleWatch(() => Promise.resolve(schedule));
    const text = await new MetricsController(metrics, new StoredMetrics(probe, watch, () => ['a', 'b'])).read();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    );
  } finally {
    await probe.close();
  }
}

describe('after a night', () => {
  let company: JudgedCompany;
  let report: Report;
  let series: ReadonlyMap<string, number>;
  beforeAll(async () => {
    const now = new Date().toISOString();
    company = await JudgedCompany.start(demoCompany(now));
    company.hub.faults.push({ on: '/v2/scim', answer: 500 });
    report = await company.night(now);
    series = await scrape(company.database.url);
  });
  afterAll(() => company.stop());

  it('shows the verdicts of every check', () => {
    for (const { id, severity, status, counts } of report.checks) {
      for (const [verdict, subjects] of Object.entries(counts))
        expect(series.get(`hubwarden_verdicts{check="${id}",status="${verdict}"}`)).toBe(subjects);
      expect(series.get(`hubwarden_check_status{check="${id}",severity="${severity}",status="${status}"}`)).toBe(1);
    }
  });

  it('shows the open findings by severity and disposition', () => {
    const severities = new Map(report.checks.map(({ id, severity }) => [id, severity]));
    const expected: Record<string, number> = {};
    for (const { check, verdict, disposition } of report.results) {
      if (verdict !== 'fail') continue;
      const key = `hubwarden_findings_open{severity="${severities.get(check)}",disposition="${disposition}"}`;
      expected[key] = (expected[key] ?? 0) + 1;
    }
    const found = [...series].filter(([key]) => key.startsWith('hubwarden_findings_open'));
    expect(Object.keys(expected).length).toBeGreaterThan(1);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('shows the age of every dataset that is configured, and which was not complete', () => {
    const ages = new Map(
      [...series].filter(([key]) => key.startsWith('hubwarden_dataset_age')).map(([key, age]) => [labelsOf(key), age]),
    );
    const configured = report.datasets.filter(({ status }) => status !== 'not_configured');
    const read = configured.filter(({ fetchedAt }) => fetchedAt !== null);
    expect([...ages.keys()].toSorted()).toEqual(read.map(labelsOfDataset).toSorted());
    expect([...ages.values()].every((age) => age >= 0 && age < 120)).toBe(true);
    const complete = [...series].filter(([key]) => key.startsWith('hubwarden_dataset_complete'));
    expect(complete.map(([key, value]) => `${labelsOf(key)} ${value}`).toSorted()).toEqual(
      configured.map((dataset) => `${labelsOfDataset(dataset)} ${dataset.status === 'complete' ? 1 : 0}`).toSorted(),
    );
    expect(report.datasets.some(({ status }) => status === 'failed')).toBe(true);
  });

  it('shows when it ended and whether nights are missing', () => {
    const ended = Date.parse(report.evaluation.finishedAt ?? '') / 1000;
    expect(series.get('hubwarden_evaluation_last_finished_timestamp_seconds')).toBeCloseTo(ended, 2);
    expect(series.get('hubwarden_evaluation_on_time')).toBe(0);
    expect(series.get('hubwarden_evaluation_missed_slots')).toBe(2);
    expect(series.get('hubwarden_evaluation_next_slot_timestamp_seconds')).toBe(nextSlot.getTime() / 1000);
  });

  it('shows the outbox of every channel', async () => {
    const { dataSource } = company.database;
    await dataSource.query(
      `insert into alert_channel (kind, fingerprint, label, planned_through, first_seen_at, last_seen_at, failing_since)
       values ('slack', 'a', 'slack hooks.slack.com', 0, now(), now(), now()), ('webhook', 'b', 'webhook siem', 0, now(), now(), null),
              ('slack', 'no longer configured', 'slack old', 0, now(), now(), null)`,
    );
    await dataSource.query(
      `insert into alert_message (id, channel_id, severity, state, digest, created_at, attempts)
       select gen_random_uuid(), alert_channel.id, 'high', state, '{}', now() - age * interval '1 second', attempts
         from alert_channel, (values ('sent', 900, 3), ('sent', 600, 1), ('waiting', 500, 4), ('waiting', 60, 0)) as given(state, age, attempts)
        where alert_channel.kind = 'slack'`,
    );
    const now = await scrape(company.database.url);
    const one = 'channel="slack hooks.slack.com",id="1"';
    expect(now.get(`hubwarden_alert_messages{${one},state="waiting"}`)).toBe(2);
    expect(now.get(`hubwarden_alert_messages{${one},state="refused"}`)).toBe(0);
    expect(now.get(`hubwarden_alert_messages{channel="webhook siem",id="2",state="waiting"}`)).toBe(0);
    expect(now.get(`hubwarden_alert_messages_sent_total{${one}}`)).toBe(2);
    expect(now.get(`hubwarden_alert_attempts_failed_total{${one}}`)).toBe(2 + 4);
    expect(Math.round((now.get(`hubwarden_alert_oldest_waiting_seconds{${one}}`) ?? 0) / 10)).toBe(50);
    expect(now.get(`hubwarden_alert_channel_up{${one}}`)).toBe(0);
    expect(now.get(`hubwarden_alert_channel_up{channel="webhook siem",id="2"}`)).toBe(1);
    expect([...now.keys()].filter((key) => key.includes('slack old'))).toEqual([]);
  });
});

it('has nothing to tell of an empty database, and says that it is up', async () => {
  const database = await testDatabase();
  try {
    const series = await scrape(database.url);
    expect(series.get('hubwarden_up_database')).toBe(1);
    expect([...series.keys()].filter((key) => /verdicts|findings|dataset|last_finished/.test(key))).toEqual([]);
    expect(series.get('hubwarden_runs_open{state="waiting"}')).toBe(0);
  } finally {
    await database.drop();
  }
});

it('counts what this process does, also while the database is away', async () => {
  const metrics = new Metrics('1.2.3');
  metrics.onHubRequest();
  metrics.onHubRequest();
  metrics.onHubBudget([
    { credential: '0123456789abcdef', limit: 180, remaining: 7 },
    { credential: 'never asked', limit: null, remaining: null },
  ]);
  metrics.onRunFinished('finished', 12);
  metrics.onAnswered('GET', '/api/v1/findings/:id', 404, 0.02);
  const series = await scrape('postgres://nobody@127.0.0.1:9/nowhere', metrics);
  expect(series.get('hubwarden_up_database')).toBe(0);
  expect([...series.keys()].filter((key) => /verdicts|alert_|dataset/.test(key))).toEqual([]);
  expect(series.get('hubwarden_hub_requests_total')).toBe(2);
  expect(series.get('hubwarden_hub_budget_remaining{credential="0123456789ab"}')).toBe(7);
  expect(series.get('hubwarden_hub_budget_limit{credential="0123456789ab"}')).toBe(180);
  expect(series.get('hubwarden_run_duration_seconds_bucket{le="15",outcome="finished"}')).toBe(1);
  expect(series.get('hubwarden_run_duration_seconds_count{outcome="failed"}')).toBe(0);
  const labels = 'method="GET",route="/api/v1/findings/:id",status="4xx"';
  expect(series.get(`hubwarden_http_request_duration_seconds_count{${labels}}`)).toBe(1);
  expect(series.get(`hubwarden_build_info{version="1.2.3",node="${process.version}"}`)).toBe(1);
  expect(series.get('process_cpu_seconds_total')).toBeGreaterThan(0);
});

function labelsOf(key: string): string {
  return key.slice(key.indexOf('{'));
}

function labelsOfDataset({ organization, name, status }: Report['datasets'][number]): string {
  return `{organization="${organization ?? ''}",dataset="${name}",status="${status}"}`;
}
