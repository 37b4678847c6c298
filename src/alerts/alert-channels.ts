import type { DataSource, EntityManager } from 'typeorm';
import { alertFingerprint, alertLabel } from '../config/alert-fingerprint.js';
import type { AlertConfig, Configuration } from '../config/configuration.js';
import type { AlertChannel } from './channel.js';
import { leftBehind, newestSettledTransition } from './channels.query.js';
import { clockOf, type Clock } from './clock.js';

/** The part of the configuration that alerts depend on. */
export type AlertSettings = Pick<Configuration, 'alerts' | 'calendar' | 'checks' | 'organizations' | 'publicUrl'>;

/** One planning or registration at a time, over all processes. */
export const planningLock = 'plan alerts';

interface Wanted {
  readonly kind: AlertConfig['kind'];
  readonly fingerprint: string;
  readonly label: string;
  readonly routes: readonly AlertConfig[];
}

/**
 * The hooks of the configuration, as this process knows them, and as the database remembers them: by a keyed fingerprint of
 * kind and address. A hook that is seen for the first time is told what changes from then on, so register before a run.
 */
export class AlertChannels {
  #current: readonly AlertChannel[] = [];
  #registered: Promise<unknown> = Promise.resolve();
  #settings: AlertSettings = {
    alerts: [],
    calendar: { timeZone: 'UTC', holidays: [], weekend: [] },
    checks: [],
    organizations: [],
    publicUrl: null,
  };

  /** `key`: the encryption key; with another one every hook is a new one. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly key: Buffer,
    private readonly clock: Clock = clockOf(dataSource),
  ) {}

  get current(): readonly AlertChannel[] {
    return this.#current;
  }

  get settings(): AlertSettings {
    return this.#settings;
  }

  /**
   * Makes these the channels of this process, at start, after a reload and before each run. Where one hook of a kind is new
   * and one of the same kind was dropped with something still to tell, the new one is its replacement and tells it. Of two at
   * once, the one that was asked for last counts.
   */
  register(settings: AlertSettings): Promise<readonly AlertChannel[]> {
    const registering = this.#registered.then(() => this.registerAlone(settings));
    this.#registered = registering.catch(() => undefined);
    return registering;
  }

  private async registerAlone(settings: AlertSettings): Promise<readonly AlertChannel[]> {
    const wanted = this.wanted(settings.alerts);
    if (wanted.length > 0) await this.remember(wanted);
    const ids = await this.idsOf(wanted);
    this.#settings = settings;
    this.#current = wanted.flatMap(({ kind, fingerprint, label, routes }) => {
      const id = ids.get(fingerprint);
      const [first] = routes;
      if (id === undefined || first === undefined) return [];
      const secret = routes.find((route) => route.secret !== null)?.secret ?? null;
      return [{ id, fingerprint, kind, label, routes, hook: { url: first.url, secret } }];
    });
    return this.#current;
  }

  /** A hook that was gone has taken a message again: what waits for it is due. */
  async revive(id: string): Promise<void> {
    await this.dataSource.query(
      `update alert_channel
          set gone_at = null, gone_because = null, failing_since = null, last_error = null, not_before = null
        where id = $1 and gone_at is not null`,
      [id],
    );
  }

  private wanted(alerts: readonly AlertConfig[]): Wanted[] {
    const byFingerprint = new Map<string, AlertConfig[]>();
    for (const alert of alerts) {
      const fingerprint = alertFingerprint(this.key, alert);
      const routes = byFingerprint.get(fingerprint);
      if (routes === undefined) byFingerprint.set(fingerprint, [alert]);
      else routes.push(alert);
    }
    return [...byFingerprint].flatMap(([fingerprint, routes]) =>
      routes.slice(0, 1).map((first) => ({ kind: first.kind, fingerprint, label: alertLabel(first), routes })),
    );
  }

  private async remember(wanted: readonly Wanted[]): Promise<void> {
    const before = await this.idsOf(wanted);
    const isNew = wanted.some(({ fingerprint }) => !before.has(fingerprint));
    // Not inside the transaction below: who writes transitions may wait for a channel that it has locked.
    const told = isNew ? await newestSettledTransition(this.dataSource) : null;
    const now = new Date(await this.clock());
    await this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [planningLock]);
      if (told !== null) await this.replaceDropped(manager, wanted);
      await manager.query(
        `insert into alert_channel (kind, fingerprint, label, planned_through, first_seen_at, last_seen_at)
         select row.kind, row.fingerprint, row.label, coalesce($2::bigint, 0), $3::timestamptz, $3::timestamptz
           from jsonb_to_recordset($1) as row (kind text, fingerprint text, label text)
          where $2::bigint is not null or exists (
                  select from alert_channel as known where known.fingerprint = row.fingerprint)
             on conflict (fingerprint) do update set label = excluded.label, last_seen_at = excluded.last_seen_at`,
        [JSON.stringify(wanted.map(({ kind, fingerprint, label }) => ({ kind, fingerprint, label }))), told, now],
      );
    });
  }

  /** The row stays, and with it all that waits and all that was told: only its address is another one now. */
  private async replaceDropped(manager: EntityManager, wanted: readonly Wanted[]): Promise<void> {
    const known = await this.idsOf(wanted, manager);
    const dropped = await leftBehind(
      manager,
      wanted.map(({ fingerprint }) => fingerprint),
    );
    for (const kind of new Set(wanted.map((channel) => channel.kind))) {
      const newcomers = wanted.filter((channel) => channel.kind === kind && !known.has(channel.fingerprint));
      const leavers = dropped.filter((channel) => channel.kind === kind);
      const [newcomer] = newcomers;
      const [leaver] = leavers;
      if (newcomer === undefined || newcomers.length > 1 || leaver === undefined || leavers.length > 1) continue;
      await manager.query(
        `update alert_channel
            set fingerprint = $2, gone_at = null, gone_because = null, failing_since = null, last_error = null,
                not_before = null
          where id = $1`,
        [leaver.id, newcomer.fingerprint],
      );
    }
  }

  private async idsOf(
    wanted: readonly Wanted[],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Map<string, string>> {
    const rows: { id: string; fingerprint: string }[] = await manager.query(
      'select id, fingerprint from alert_channel where fingerprint = any ($1)',
      [wanted.map(({ fingerprint }) => fingerprint)],
    );
    return new Map(rows.map(({ id, fingerprint }) => [fingerprint, id]));
  }
}
