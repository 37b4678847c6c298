import { type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { DocumentedCheck } from '../checks/documented-check.js';
import { collectEvidence } from './collect-evidence.js';
import { evidenceSchema, type Manifest } from './manifest.js';
import { sealArchive } from './seal-archive.js';
import { fingerprintOf, publicKeyOf } from './signing-key.js';
import { evidenceWindow, type EvidenceWindow, type RecordSpan, type Window } from './window.query.js';

export interface ExportOptions {
  readonly asked: Window;
  readonly checks: ReadonlyMap<string, DocumentedCheck<never>>;
  readonly scope: string;
  readonly key: KeyObject;
  /** Replaced once the archive is whole, and not touched before. */
  readonly output: string;
  readonly version: string;
  /** Before each file is written; what it throws ends the work, and leaves nothing behind. */
  readonly onFile: (name: string) => void;
}

export type Exported =
  | { readonly outcome: 'exported'; readonly window: EvidenceWindow; readonly manifest: Manifest }
  /** Nothing was evaluated in the window; `record`: from when to when anything was, null for never. */
  | { readonly outcome: 'nothing recorded'; readonly record: RecordSpan | null };

/** One archive of one moment of the database, whatever runs meanwhile record. */
export async function exportEvidence(dataSource: DataSource, options: ExportOptions): Promise<Exported> {
  const { asked, checks, scope, key, output, version, onFile } = options;
  const writtenAt = new Date().toISOString();
  const signedBy = fingerprintOf(publicKeyOf(key));
  const runner = dataSource.createQueryRunner();
  // Beside the output, where there is room for what will stand there.
  const folder = await mkdtemp(join(dirname(output), `.${basename(output)}.`));
  try {
    await runner.connect();
    await runner.startTransaction('REPEATABLE READ');
    const { window, record } = await evidenceWindow(runner.manager, asked);
    if (window === null) return { outcome: 'nothing recorded', record };
    await collectEvidence(runner, folder, { window, checks, scope, signedBy, writtenAt, version, onFile });
    const { from, to, cut, start, end } = window;
    const about = { from, to, asked, cut, start, end, scope, checks: [...checks.keys()], hubwarden: version };
    const head = { schema: evidenceSchema, signedBy, createdAt: writtenAt, about } as const;
    onFile('signature');
    return { outcome: 'exported', window, manifest: await sealArchive(folder, head, key, output) };
  } finally {
    await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
    await rm(folder, { recursive: true, force: true });
  }
}
