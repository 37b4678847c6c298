import type { Command } from 'commander';
import type { ExportArguments } from '../run-evidence-export.js';
import type { VerifyArguments } from '../run-evidence-verify.js';
import type { Session } from '../session.js';

export function addEvidence(program: Command, session: Session): void {
  const evidence = program
    .command('evidence')
    .summary('archives for auditors, which a stranger can verify')
    .description('Archives for auditors, which a stranger can verify.');
  addExport(evidence, session);
  addVerify(evidence, session);
  addKey(evidence, session);
}

function addExport(evidence: Command, session: Session): void {
  evidence
    .command('export')
    .summary('write one signed archive about a stretch of time')
    .description(
      'Writes what the database knows of a stretch of time into one signed archive: who held access at its start and end, who ' +
        'came and left, every finding, exceptions, gaps in monitoring, changes of policy, and the source records as read.',
    )
    .requiredOption('--from <date>', 'the first day, such as 2026-01-01 (UTC)')
    .requiredOption('--to <date>', 'the last day, inclusive (UTC)')
    .requiredOption('--output <file>', 'the archive, a tar file; replaced if it is there')
    .option('--check <id>', 'only about this check')
    .option('--framework <name>', 'only about the checks that give evidence for it, such as "SOC 2"')
    .addHelpText(
      'after',
      `
Days that lie before the first evaluation or after the last one are left out, and the archive says so. The database is
DATABASE_URL, or the embedded one in HUBWARDEN_DATA_DIR; no configuration is needed. The signature is made with a key that is
derived from HUBWARDEN_ENCRYPTION_KEY (or encryption.key in the data directory).

Exit status: 0 it is written; 2 the command line is wrong, nothing was evaluated in that time, or the database cannot be
reached; 3 it broke down, and the file is as it was.

Examples:
  $ hubwarden evidence export --from 2026-01-01 --to 2026-06-30 --output first-half.tar
  $ hubwarden evidence export --from 2026-01-01 --to 2026-12-31 --framework "SOC 2" --output soc2.tar
`,
    )
    .action((options: ExportArguments) =>
      session.run(async () => {
        const { runEvidenceExport } = await import('../run-evidence-export.js');
        return runEvidenceExport(options, session);
      }),
    );
}

function addVerify(evidence: Command, session: Session): void {
  evidence
    .command('verify')
    .summary('tell whether an archive is, to the last bit, what was signed')
    .description(
      'Checks every byte of an archive with nothing but the archive and the public key, and says which part is wrong. ' +
        'Needs neither a database nor a configuration.',
    )
    .argument('<file>', 'the archive')
    .option('--key <file>', 'the public key in PEM (default: the one of this installation)')
    .addHelpText(
      'after',
      `
Exit status: 0 it is what was signed; 2 it is not, or the archive or the key cannot be read.

Examples:
  $ hubwarden evidence verify first-half.tar --key hubwarden-evidence.pem
`,
    )
    .action((file: string, options: VerifyArguments) =>
      session.run(async () => {
        const { runEvidenceVerify } = await import('../run-evidence-verify.js');
        return runEvidenceVerify(file, options, session);
      }),
    );
}

function addKey(evidence: Command, session: Session): void {
  evidence
    .command('key')
    .summary('print the public key of this installation')
    .description(
      'Prints the public key that verifies what this installation signs, in PEM. Hand it to the auditor by a way of its own, ' +
        'and again after the encryption key was changed.',
    )
    .addHelpText(
      'after',
      `
Exit status: 0 it is printed; 2 there is no installation here, so that there is no key.

Example:
  $ hubwarden evidence key > hubwarden-evidence.pem
`,
    )
    .action(() =>
      session.run(async () => {
        const { runEvidenceKey } = await import('../run-evidence-verify.js');
        return runEvidenceKey(session);
      }),
    );
}
