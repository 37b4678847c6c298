import type { Progress } from '../../runs/run-outcome.js';
import type { Output } from '../terminal.js';
import { BarProgress } from './bar-progress.js';
import { LineProgress } from './line-progress.js';

export interface OpenProgress extends Progress {
  /** After this nothing more is shown. */
  stop(): void;
}

/** Bars on a terminal, plain lines elsewhere. */
export function openProgress(output: Output): OpenProgress {
  return output.terminal === null ? new LineProgress(output) : new BarProgress(output.terminal);
}
