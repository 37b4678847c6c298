import type { Command } from 'commander';
import type { Session } from '../session.js';

export function addAlerts(program: Command, session: Session): void {
  const alerts = program
    .command('alerts')
    .summary('the channels that are told what changes')
    .description('The channels that are told what changes.');
  alerts
    .command('test')
    .summary('send a sample message to every channel')
    .description(
      'Sends a sample to every channel under `alerts:` in the configuration, whatever it is narrowed to and also in its ' +
        'quiet hours, and says of each whether it was taken. It says of itself that nothing has happened.',
    )
    .option('--config <file>', 'the configuration', 'hubwarden.yaml')
    .addHelpText(
      'after',
      `
A channel that was given up because its hook was gone is used again once it takes a sample: what has waited for it is
delivered by “hubwarden serve” or “hubwarden check --alert”. That is kept in the database, if there is one: DATABASE_URL, or
the embedded one in HUBWARDEN_DATA_DIR.

A webhook gets a POST of JSON with these headers:
  Idempotency-Key        the delivery, the same in every attempt
  X-Hubwarden-Timestamp  seconds since 1970, of this attempt
  X-Hubwarden-Signature  v1=HEX, where the channel has a secret: HMAC-SHA256 of TIMESTAMP.BODY with it

Exit status:
  0  every channel took it
  3  some did not
  2  the command line or the configuration is wrong, or no channel is configured

Examples:
  $ hubwarden alerts test
  $ hubwarden alerts test --config staging.yaml
`,
    )
    .action((options: { readonly config: string }) =>
      session.run(async () => {
        const { runAlertsTest } = await import('../run-alerts-test.js');
        return runAlertsTest(options.config, session);
      }),
    );
}
