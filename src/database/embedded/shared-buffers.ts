import { totalmem } from 'node:os';

const megabyte = 1_048_576;
const least = 128;
const most = 1_024;

/**
 * The embedded server's own cache, as PostgreSQL writes it: a sixteenth of the memory, because the server is not alone there, at least
 * what PostgreSQL takes by itself, and no more than makes reads of the past faster at a million findings. It takes up what is used.
 */
export function sharedBuffers(memory = memoryHere()): string {
  return `${Math.min(most, Math.max(least, Math.floor(memory / megabyte / 16)))}MB`;
}

/** Bytes. In a container, what it may use. */
function memoryHere(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
