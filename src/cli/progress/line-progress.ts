import type { Progress, Stage } from '../../runs/run-outcome.js';
import type { Output } from '../terminal.js';
import { visible } from '../../http/visible.js';

/** A stage that takes longer says so this often. */
const everyMs = 5000;

/** Plain lines, for logs: each stage when it begins and ends, and now and then how far it is. */
export class LineProgress implements Progress {
  constructor(
    private readonly output: Output,
    private readonly machineNow: () => number = Date.now,
  ) {}

  line(text: string): void {
    // A log that cannot be written is no reason to stop.
    this.output.write(`${visible(text)}\n`).catch(() => undefined);
  }

  stage(name: string, total: number | null): Stage {
    this.line(name);
    let done = 0;
    let whole = total;
    let saidAt = this.machineNow();
    return {
      advance: (by, grown) => {
        done += by;
        whole = grown ?? whole;
        if (this.machineNow() - saidAt < everyMs) return;
        saidAt = this.machineNow();
        this.line(`${name}: ${whole === null ? done : `${done} of ${whole}`}`);
      },
      done: (note) => {
        const came = note ?? (done > 0 ? String(done) : '');
        this.line(`${name}: done${came === '' ? '' : `, ${came}`}`);
      },
    };
  }

  stop(): void {
    // Every line is written at once.
  }
}
