import { randomUUID } from 'node:crypto';
import { ConsoleLogger, Logger } from '@nestjs/common';
import type { EntityManager, DataSource } from 'typeorm';
import { AlertChannels, type AlertSettings } from '../../src/alerts/alert-channels.js';
import { AlertDelivery } from '../../src/alerts/alert-delivery.js';
import { AlertPlanner } from '../../src/alerts/alert-planner.js';
import type { AlertChannel } from '../../src/alerts/channel.js';
import { DeliveryLoop } from '../../src/alerts/delivery-loop.js';
import type { AlertConfig } from '../../src/config/configuration.js';
import { dataSourceFor } from '../../src/database/data-source.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { Receiver } from './receiver.js';

export const checks = [
  { id: 'user-identified', title: 'Everybody is somebody' },
  { id: 'offboarded-access-removed', title: 'Nobody who left can still get in' },
  { id: 'hub-sync-complete', title: 'Docker Hub was read completely', dataTrust: true },
  { id: 'hr-roster-fresh', title: 'The roster is fresh', dataTrust: true },
  { id: 'alert-channels-working', title: 'Alerts arrive' },
] as const;

export type Severity = AlertConfig['minSeverity'];
type Ending = 'exception_expiring' | 'exception_expired' | 'exception_voided' | 'exception_revoked';
type Kind = 'opened' | 'reopened' | 'overdue' | 'acknowledged' | 'resolved' | 'excepted' | Ending;

export interface Opening {
  readonly check?: string;
  /** Null: the roster. */
  readonly organization?: string | null;
  readonly severity?: Severity;
  readonly name?: string;
  readonly dueAt?: string;
}

/** What alerts need to be alone with: a database, a receiver and a clock; findings change by SQL, as the engine would write it. */
export class AlertRig {
  /** The machines' clock, in ms. */
  now = Date.parse('2026-11-21T02:10:00.000Z');
  readonly receiver = new Receiver(() => this.now);
  /** Every line that was logged, with all that goes with it. */
  readonly logged: string[] = [];
  readonly #others: DataSource[] = [];

  private constructor(readonly database: TestDatabase) {
    const note =
      (level: string) =>
      (...parts: readonly unknown[]): void =>
        void this.logged.push(`${level} ${parts.map((part) => JSON.stringify(part)).join(' ')}`);
    Logger.overrideLogger({ log: note('LOG'), warn: note('WARN'), error: note('ERROR') });
  }

  static async start(): Promise<AlertRig> {
    return new AlertRig(await testDatabase());
  }

  async stop(): Promise<void> {
    Logger.overrideLogger(new ConsoleLogger());
    this.receiver.release();
    this.leave();
    await this.database.drop();
  }

  /** Nobody waits for it: what died in the middle of something never gives its connection back. */
  private leave(): void {
    for (const other of this.#others.splice(0)) void other.destroy().catch(() => undefined);
  }

  /** Everything is forgotten, for the next case of a property. */
  async clear(): Promise<void> {
    this.leave();
    await this.query(
      'truncate alert_item, alert_message, alert_channel, finding_transition, finding, evaluation cascade',
    );
    this.receiver.forget();
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.database.dataSource.query<Row[]>(sql, [...parameters]);
  }

  /** One process with its own connections. */
  async process(configured: AlertSettings, own = true): Promise<AlertProcess> {
    const dataSource = own
      ? await dataSourceFor(this.database.url, [], { poolSize: 4 }).initialize()
      : this.database.dataSource;
    if (own) this.#others.push(dataSource);
    const clock = (): number => this.now;
    const channels = new AlertChannels(dataSource, Buffer.alloc(32, 7), clock);
    await channels.register(configured);
    const planner = new AlertPlanner(dataSource, channels, checks, clock);
    const delivery = new AlertDelivery(dataSource, channels, () => this.receiver, checks, { clock, random: () => 0.5 });
    const loop = new DeliveryLoop(planner, delivery, {
      everyMs: 20,
      graceMs: 200,
      pause: async (ms, signal) => {
        signal.throwIfAborted();
        this.now += ms;
        await new Promise((resolve) => setTimeout(resolve, 1));
      },
    });
    return { channels, planner, delivery, loop };
  }

  /** What holds the lock of a channel dies; the process behind it never hears of it again. */
  async killSender(): Promise<void> {
    await this.query(
      `select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and mode = 'ExclusiveLock' and database = (select oid from pg_database where datname = current_database())`,
    );
  }

  async organization(name: string, manager: EntityManager = this.database.dataSource.manager): Promise<string> {
    await manager.query('insert into organization (name) values ($1) on conflict do nothing', [name]);
    const [row]: { id: string }[] = await manager.query('select id from organization where name = $1', [name]);
    return String(row?.id);
  }

  /** One finished evaluation of these organizations; `change` does to findings what the run did. */
  async evaluate(
    at: string,
    change: (run: Changes) => Promise<void> = async () => undefined,
    organizations: readonly string[] = ['acme'],
  ): Promise<string> {
    return this.database.dataSource.transaction((manager) => this.evaluateIn(manager, at, change, organizations));
  }

  async evaluateIn(
    manager: EntityManager,
    at: string,
    change: (run: Changes) => Promise<void>,
    organizations: readonly string[] = ['acme'],
  ): Promise<string> {
    const [row]: { number: string }[] = await manager.query(
      `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
       values ($1, $2, $3, $3, '{}', '1', '{}') returning number`,
      [randomUUID(), at, new Date(this.now)],
    );
    const number = String(row?.number);
    for (const name of organizations) {
      const id = await this.organization(name, manager);
      await manager.query(
        `with run as (
           insert into sync_run (organization_id, state, credentials, started_at, believed_at)
           values ($2, 'sealed', '{}', $3, $3) returning id)
         insert into evaluated_snapshot (evaluation_number, organization_id, run_id) select $1, $2, run.id from run`,
        [number, id, at],
      );
    }
    await change(new Changes(this, manager, number, at));
    return number;
  }

  /** Outside of any evaluation. */
  between(at: string): Changes {
    return new Changes(this, this.database.dataSource.manager, null, at);
  }
}

export interface AlertProcess {
  readonly channels: AlertChannels;
  readonly planner: AlertPlanner;
  readonly delivery: AlertDelivery;
  readonly loop: DeliveryLoop;
}

/** What one run does to findings. Every method returns the finding's id. */
export class Changes {
  constructor(
    private readonly rig: AlertRig,
    private readonly manager: EntityManager,
    private readonly evaluation: string | null,
    private readonly at: string,
  ) {}

  async open(opening: Opening = {}): Promise<string> {
    const { check = 'user-identified', organization = 'acme', severity = 'high', name = 'jdoe' } = opening;
    const organizationId = organization === null ? '0' : await this.rig.organization(organization, this.manager);
    const [row]: { id: string }[] = await this.manager.query(
      `insert into finding (check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message,
                            first_seen_at, due_at)
       values ($1, $2, $3, $4, $5, $6, 'BECAUSE', $7, $8, $9) returning id`,
      [
        check,
        organizationId,
        organization === null ? 'roster' : 'account',
        randomUUID(),
        name,
        severity,
        `${name} is wrong.`,
        this.at,
        opening.dueAt ?? '2030-01-01T00:00:00.000Z',
      ],
    );
    return this.note(String(row?.id), 'opened');
  }

  async resolve(id: string, because = 'IDENTITY_LINKED'): Promise<string> {
    await this.manager.query('update finding set resolved_at = $2, resolved_because = $3 where id = $1', [
      id,
      this.at,
      because,
    ]);
    return this.note(id, 'resolved');
  }

  async reopen(id: string): Promise<string> {
    await this.manager.query('update finding set resolved_at = null, resolved_because = null where id = $1', [id]);
    return this.note(id, 'reopened');
  }

  /** Under an exception until then. */
  async except(id: string, expiresAt: string): Promise<string> {
    await this.manager.query(
      `with made as (
         insert into exception (finding_id, check_id, organization_id, subject, reason, state, requested_at, requested_by, expires_at)
         select id, check_id, organization_id, subject_key, 'known', 'approved', $2, 'jane', $3 from finding where id = $1
         returning id)
       update finding set excepted_by = made.id from made where finding.id = $1`,
      [id, this.at, expiresAt],
    );
    return this.note(id, 'excepted');
  }

  /** What becomes of the exception; its end takes the finding from under it. */
  async tell(id: string, kind: Ending, because: string): Promise<string> {
    await this.note(id, kind, because);
    if (kind !== 'exception_expiring')
      await this.manager.query('update finding set excepted_by = null where id = $1', [id]);
    return id;
  }

  async note(id: string, kind: Kind, because: string | null = null): Promise<string> {
    await this.manager.query(
      `insert into finding_transition (finding_id, evaluation_number, at, kind, because, exception_id)
       select $1, $2, $3, $4, $5, excepted_by from finding where id = $1`,
      [id, this.evaluation, this.at, kind, because],
    );
    return id;
  }
}

export function settings(...alerts: readonly Partial<AlertConfig>[]): AlertSettings {
  return {
    publicUrl: null,
    calendar: { timeZone: 'UTC', holidays: [], weekend: [6, 7] },
    organizations: ['acme', 'beta'].map((name) => ({ name, hub: null, owner: null, scim: null })),
    checks: checks.map(({ id }) => ({
      id,
      enabled: true,
      reason: null,
      severity: 'high',
      sla: '24h',
      policy: {},
    })),
    alerts: alerts.map((alert) => ({
      kind: 'slack',
      url: 'https://hooks.example.com/one',
      secret: null,
      minSeverity: 'low',
      organizations: null,
      checks: null,
      quietHours: null,
      ...alert,
    })),
  };
}

/** The only channel. */
export function onlyChannel({ channels }: AlertProcess): AlertChannel {
  const [channel] = channels.current;
  if (channel === undefined) throw new Error('There is no channel.');
  return channel;
}
