import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { AlertChannels } from '../alerts/alert-channels.js';
import type { Attempt } from '../alerts/notifier.js';
import { notifierOf } from '../alerts/notifiers.js';
import { sampleDigest } from '../alerts/sample-digest.js';
import { alertFingerprint, alertLabel } from '../config/alert-fingerprint.js';
import type { AlertConfig } from '../config/configuration.js';
import { loadEncryptionKey } from '../config/encryption-key.js';
import type { Environment } from '../config/environment.js';
import { isMistake } from '../database/mistake.js';
import { openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { visible } from '../http/visible.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { loadSettings } from './load-settings.js';
import type { Session } from './session.js';

/** Entries of the configuration with one address, which are told together. */
interface Channel {
  /** As the configuration counts them. */
  readonly name: string;
  readonly alert: AlertConfig;
}

/** `hubwarden alerts test`. */
export async function runAlertsTest(file: string, session: Session): Promise<ExitStatus> {
  const settings = await loadSettings(file, session.variables);
  if ('mistakes' in settings) return session.refuse(settings.mistakes);
  const { environment, configuration } = settings;
  const channels = channelsOf(configuration.alerts);
  if (channels.length === 0)
    return session.refuse([
      {
        file,
        line: null,
        message: 'no channel is configured; expected at least one `{ kind: …, url: … }` under `alerts`',
      },
    ]);
  const digest = sampleDigest(new Date().toISOString());
  const attempts = await Promise.all(
    channels.map(async ({ name, alert }) => {
      const delivery = { id: randomUUID(), digest, publicUrl: configuration.publicUrl };
      const attempt = await notifierOf(alert.kind).send(alert, delivery, session.signal);
      await session.terminal.out.write(`${visible(`${name} ${alertLabel(alert)}: ${said(attempt)}`)}\n`);
      return { alert, attempt };
    }),
  );
  const taken = attempts.filter(({ attempt }) => attempt.outcome === 'sent').map(({ alert }) => alert);
  if (taken.length > 0) await revive(taken, environment, session);
  return taken.length === channels.length ? exitStatus.inOrder : exitStatus.unknown;
}

function channelsOf(alerts: readonly AlertConfig[]): readonly Channel[] {
  const channels = new Map<string, Channel>();
  for (const [index, alert] of alerts.entries()) {
    const address = `${alert.kind} ${alert.url}`;
    const before = channels.get(address);
    const secret = before?.alert.secret ?? alert.secret;
    const name = before === undefined ? `alerts[${index}]` : `${before.name}, alerts[${index}]`;
    channels.set(address, { name, alert: { ...alert, secret } });
  }
  return [...channels.values()];
}

function said(attempt: Attempt): string {
  switch (attempt.outcome) {
    case 'sent':
      return 'sent';
    case 'retry':
      return `not taken now. ${attempt.because}`;
    case 'gone':
      return `gone. ${attempt.because}`;
    case 'refused':
      return `refused. ${attempt.because}`;
  }
}

/** What took a sample is used again, where it was given up before; the sample has been sent, whatever becomes of this. */
async function revive(taken: readonly AlertConfig[], environment: Environment, session: Session): Promise<void> {
  if (!(await mayHaveDatabase(environment))) return;
  const key = await loadEncryptionKey(environment);
  if (isMistake(key)) return notRevived(key.mistake, session);
  const database = await openDatabase(environment, entities, () => undefined, { stop: session.signal });
  if (isMistake(database)) return notRevived(database.mistake, session);
  try {
    const gone: { id: string; label: string }[] = await database.dataSource.query(
      'select id, label from alert_channel where fingerprint = any ($1) and gone_at is not null order by id',
      [taken.map((alert) => alertFingerprint(key, alert))],
    );
    const channels = new AlertChannels(database.dataSource, key);
    for (const { id, label } of gone) {
      await channels.revive(id);
      await session.terminal.out.write(
        `${visible(`${label} had been given up. It is used again, and what has waited for it is delivered.`)}\n`,
      );
    }
  } finally {
    await database.close();
  }
}

/** A data directory that nobody has used holds no channel, and none is made for a test. */
async function mayHaveDatabase({ databaseUrl, dataDir }: Environment): Promise<boolean> {
  if (databaseUrl !== null) return true;
  return access(dataDir).then(
    () => true,
    () => false,
  );
}

async function notRevived(mistake: string, session: Session): Promise<void> {
  await session.say(`hubwarden: the database does not say whether a channel had been given up: ${mistake}`);
}
