#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { processVariables } from '../config/read-environment.js';
import { visible } from '../http/visible.js';
import { exitStatus } from './exit-status.js';
import { main } from './main.js';
import { Session } from './session.js';
import { StreamOutput } from './terminal.js';

// A run that broke down proves nothing, so it must not end like one that found everything in order, or something wrong.
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

const stop = new AbortController();
const signals = ['SIGINT', 'SIGTERM'] as const;
for (const signal of signals) process.on(signal, stopInOrder);

const variables = processVariables();
const terminal = { out: new StreamOutput(process.stdout, variables), err: new StreamOutput(process.stderr, variables) };
process.exit(await main(process.argv.slice(2), new Session(terminal, variables, stop.signal)));

/** Once: whoever asks a second time does not want to wait, and the system ends the process then. */
function stopInOrder(): void {
  for (const signal of signals) process.off(signal, stopInOrder);
  stop.abort();
}

function crash(error: unknown): never {
  try {
    writeSync(2, `hubwarden: broke down: ${visible(error instanceof Error ? error.message : String(error))}\n`);
  } finally {
    process.exit(exitStatus.unknown);
  }
}
