import { type Command, Option } from 'commander';
import { serviceRoles } from '../../config/service-role.js';
import type { ServeArguments } from '../run-serve.js';
import type { Session } from '../session.js';

export function addServe(program: Command, session: Session): void {
  program
    .command('serve')
    .summary('the service: API, nightly runs, alerts')
    .description(
      'Serves the API, evaluates by the schedule of the configuration, and delivers alerts, until it is stopped. Several of ' +
        'them may work on one DATABASE_URL and share the work: each evaluation takes place once, and each message is sent by one of them.',
    )
    .option('--config <file>', 'the configuration', 'hubwarden.yaml')
    .addOption(
      new Option('--role <role>', 'what this process does; “worker”: the schedule, the runs and the alerts')
        .choices(serviceRoles)
        .default('all'),
    )
    .addHelpText(
      'after',
      `
Addresses, on HOST:PORT (default 127.0.0.1:3000):
  /api/v1, /api/docs, /api/openapi.json   the API, a page to read and try it, its description
  /health/live, /health/ready, /metrics   for supervisors and Prometheus, without a token; a worker answers no other, but describes these

The first API token has the role admin. It is HUBWARDEN_ADMIN_TOKEN where that is set; otherwise it is generated and printed
once, to standard error. Make one for each caller: hubwarden token create --help

Environment:
  HOST, PORT                where it listens; HOST=0.0.0.0 in a container
  DATABASE_URL              a PostgreSQL server, which is waited for up to a minute; default: an embedded one
  REDIS_URL                 where processes on one database share their work; default: in that database
  HUBWARDEN_CONCURRENCY     how many organizations this process reads at once (default 4)
  HUBWARDEN_DATA_DIR        the embedded database and the generated key (default ./.hubwarden)
  HUBWARDEN_ENCRYPTION_KEY  32 bytes in base64; the same in every process on one database
  HUBWARDEN_ADMIN_TOKEN     the first API token, of at least 20 characters
  DOCKERHUB_URL             where Docker Hub is (default https://hub.docker.com); also DOCKERHUB_REGISTRY_URL, DOCKERHUB_AUTH_URL
  LOG_LEVEL                 fatal, error, warn, info, debug or trace (default info)

Signals:
  SIGHUP           reads the configuration again; a file with mistakes changes nothing, and the log has each of them. The
                   environment, and with it the values of \${NAME}, stays that of the start
  SIGTERM, SIGINT  stops within 10 seconds; a run at work is parked, and goes on at the next start. A second one ends it at once

The log goes to standard output: a line of JSON for each entry, or text where that is a terminal.

Exit status: 0 it was stopped; 2 the command line, the configuration, the database or the address is wrong; 3 it broke down,
and goes on where it was when it is started again.

Examples:
  $ hubwarden serve
  $ hubwarden serve --role api          # beside at least one “hubwarden serve --role worker” on the same DATABASE_URL
  $ DATABASE_URL=postgres://hubwarden:…@db/hubwarden HOST=0.0.0.0 hubwarden serve --config /etc/hubwarden/hubwarden.yaml
`,
    )
    .action((options: ServeArguments) =>
      session.run(async () => {
        const { runServe } = await import('../run-serve.js');
        return runServe(options, session);
      }),
    );
}
