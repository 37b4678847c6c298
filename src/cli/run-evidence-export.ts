import { lstat, realpath, stat } from 'node:fs/promises';
import { catalog } from '../checks/catalog.js';
import type { DocumentedCheck } from '../checks/documented-check.js';
import { counted } from '../checks/wording.js';
import { loadEncryptionKey } from '../config/encryption-key.js';
import { nearest } from '../config/nearest.js';
import { readEnvironment } from '../config/read-environment.js';
import { isMistake } from '../database/mistake.js';
import { openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { exportEvidence } from '../evidence/export-evidence.js';
import { signingKey } from '../evidence/signing-key.js';
import type { Window } from '../evidence/window.query.js';
import type { Stage } from '../runs/run-outcome.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { prepareOutput } from './prepare-output.js';
import { openProgress } from './progress/open-progress.js';
import type { Session } from './session.js';
import { version } from './version.js';

export interface ExportArguments {
  readonly from: string;
  readonly to: string;
  readonly output: string;
  readonly check?: string;
  readonly framework?: string;
}

/** `hubwarden evidence export`. */
export async function runEvidenceExport(asked: ExportArguments, session: Session): Promise<ExitStatus> {
  const window = windowOf(asked);
  if (isMistake(window)) return session.refuseWith(window.mistake);
  const chosen = chosenChecks(asked);
  if (isMistake(chosen)) return session.refuseWith(chosen.mistake);
  const output = await fileToWrite(asked.output, session);
  if (isMistake(output)) return session.refuseWith(output.mistake);
  const environment = readEnvironment(session.variables);
  if ('mistakes' in environment) return session.refuse(environment.mistakes);
  const key = await loadEncryptionKey(environment);
  if (isMistake(key)) return session.refuseWith(key.mistake);
  const database = await openDatabase(environment, entities, (line) => void session.say(line).catch(() => undefined), {
    stop: session.signal,
  });
  if (isMistake(database)) return session.refuseWith(database.mistake);
  const progress = openProgress(session.terminal.err);
  const shown: { stage?: Stage } = {};
  try {
    const exported = await exportEvidence(database.dataSource, {
      asked: window,
      ...chosen,
      key: signingKey(key),
      output,
      version: version(),
      onFile: () => {
        session.signal.throwIfAborted();
        // Not before there is something to collect: a mistake is one sentence.
        shown.stage ??= progress.stage('collect evidence', null);
        shown.stage.advance(1);
      },
    });
    shown.stage?.done();
    progress.stop();
    if (exported.outcome === 'nothing recorded') {
      const { record } = exported;
      return await session.refuseWith(
        record === null
          ? 'nothing was evaluated yet, so there is no evidence: hubwarden check'
          : `nothing was evaluated from ${asked.from} to ${asked.to}; the record reaches from ${record.first} to ${record.last}`,
      );
    }
    const { from, to, cut } = exported.window;
    await session.terminal.out.write(
      `${asked.output}: ${counted(exported.manifest.files.length, 'file')} about ${from} to ${to}, ${chosen.scope}` +
        `${cut ? '; the record does not reach further' : ''}.\n`,
    );
    return exitStatus.inOrder;
  } finally {
    progress.stop();
    await database.close();
  }
}

/** Where an archive takes the place of what stands there: nothing but a file can, and a link goes on leading to it. */
async function fileToWrite(asked: string, session: Session): Promise<string | { readonly mistake: string }> {
  const file = asked.trim();
  const target = await prepareOutput(file, session.terminal.out);
  if ('mistake' in target) return target;
  if ((await lstat(file).catch(() => null)) === null) return file;
  const real = await realpath(file).catch(() => null);
  return real !== null && (await stat(real)).isFile()
    ? real
    : { mistake: `--output ${file} is no ordinary file; expected the name of one` };
}

function windowOf({ from, to }: ExportArguments): Window | { readonly mistake: string } {
  const first = dayOf(from);
  const last = dayOf(to);
  if (first === null) return { mistake: `--from is \`${from}\`; expected a day such as 2026-01-01` };
  if (last === null) return { mistake: `--to is \`${to}\`; expected a day such as 2026-06-30` };
  if (last < first) return { mistake: `--to is ${to}, before --from ${from}; expected a day at or after it` };
  return { from: new Date(first).toISOString(), to: new Date(last + 86_400_000).toISOString() };
}

function dayOf(text: string): number | null {
  // Of the years that the database knows, too, with the day that follows.
  if (!/^[12]\d{3}-\d{2}-\d{2}$/.test(text)) return null;
  const day = Date.parse(`${text}T00:00:00.000Z`);
  return Number.isNaN(day) || !new Date(day).toISOString().startsWith(text) ? null : day;
}

interface Chosen {
  readonly checks: ReadonlyMap<string, DocumentedCheck<never>>;
  readonly scope: string;
}

function chosenChecks({ check, framework }: ExportArguments): Chosen | { readonly mistake: string } {
  const known = catalog.map(({ id }) => id);
  if (check !== undefined && !known.includes(check)) {
    const near = nearest(check, known);
    return {
      mistake: `--check is \`${check}\`, which is no check; ${near === null ? 'see hubwarden checks list' : `did you mean ${near}?`}`,
    };
  }
  const frameworks = [...new Set(catalog.flatMap(({ controls }) => controls.map((control) => control.framework)))];
  const named = frameworks.find((one) => one.toLowerCase() === framework?.trim().toLowerCase());
  if (framework !== undefined && named === undefined) {
    return { mistake: `--framework is \`${framework}\`; expected one of ${frameworks.join(', ')}` };
  }
  const chosen = catalog.filter(
    ({ id, controls }) =>
      (check === undefined || id === check) &&
      (named === undefined || controls.some((control) => control.framework === named)),
  );
  if (chosen.length === 0) return { mistake: `${check ?? ''} gives no evidence for ${named ?? ''}` };
  const scope = [
    check === undefined ? (named === undefined ? 'all checks' : 'the checks') : `the check ${check}`,
    ...(named === undefined ? [] : [`for ${named}`]),
  ].join(' ');
  return { checks: new Map(chosen.map((one) => [one.id, one])), scope };
}
