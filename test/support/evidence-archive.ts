import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import type { DataSource } from 'typeorm';
import { catalog } from '../../src/checks/catalog.js';
import { exportEvidence } from '../../src/evidence/export-evidence.js';
import { signingKey } from '../../src/evidence/signing-key.js';

/** Every file of an archive, as text, by its name. */
export async function filesIn(archive: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const entries = extract();
  createReadStream(archive).pipe(entries);
  for await (const entry of entries) {
    const pieces: Buffer[] = [];
    for await (const piece of entry) if (Buffer.isBuffer(piece)) pieces.push(piece);
    found.set(entry.header.name, Buffer.concat(pieces).toString('utf8'));
  }
  return found;
}

/** The files of an archive about the time from one instant up to another one, with all checks. */
export async function evidenceOf(dataSource: DataSource, from: string, to: string): Promise<EvidenceFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'hubwarden-evidence-'));
  try {
    const output = join(folder, 'evidence.tar');
    const exported = await exportEvidence(dataSource, {
      asked: { from, to },
      checks: new Map(catalog.map((check) => [check.id, check])),
      scope: 'all checks',
      key: signingKey(Buffer.alloc(32, 9)),
      output,
      version: '0',
      onFile: () => undefined,
    });
    if (exported.outcome !== 'exported') throw new Error(exported.outcome);
    return new EvidenceFiles(await filesIn(output));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Line = Record<string, unknown>;

export class EvidenceFiles {
  constructor(private readonly files: ReadonlyMap<string, string>) {}

  text(name: string): string {
    const text = this.files.get(name);
    if (text === undefined) throw new Error(`no file ${name}`);
    return text;
  }

  /** The rows of a table. */
  table(name: string): Line[] {
    const rows: Line[] = JSON.parse(this.text(`${name}.json`));
    return rows;
  }

  lines(name: string): Line[] {
    const text = this.text(`${name}.jsonl`).trimEnd();
    return text === '' ? [] : text.split('\n').map(lineOf);
  }
}

function lineOf(text: string): Line {
  const line: Line = JSON.parse(text);
  return line;
}
