import { MultiBar } from 'cli-progress';
import type { Progress, Stage } from '../../runs/run-outcome.js';
import { visible } from '../../http/visible.js';

/** A bar for each stage that runs, on a terminal. Finished stages stay as lines above. */
export class BarProgress implements Progress {
  readonly #bars: MultiBar;
  readonly #width = 28;

  constructor(stream: NodeJS.WritableStream) {
    this.#bars = new MultiBar({
      stream,
      format: '{name} [{bar}] {count}',
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      barsize: 24,
      fps: 10,
      barCompleteChar: '=',
      barIncompleteChar: ' ',
    });
  }

  line(text: string): void {
    // To the end of the line: the bar that stood here may have been longer.
    this.#bars.log(`${visible(text)}\u001b[K\n`);
    this.#bars.update();
  }

  stage(name: string, total: number | null): Stage {
    const label = visible(name).padEnd(this.#width);
    let done = 0;
    let whole = total;
    const count = (): string => (whole === null ? String(done) : `${done} of ${whole}`);
    // A bar without an end stays empty; only its number moves.
    const bar = this.#bars.create(whole ?? 1, 0, { name: label, count: count() });
    return {
      advance: (by, grown) => {
        done += by;
        whole = grown ?? whole;
        if (whole !== null) bar.setTotal(Math.max(whole, 1));
        bar.update(whole === null ? 0 : Math.min(done, whole), { count: count() });
      },
      done: (note) => {
        this.#bars.remove(bar);
        this.line(`${label} ${note ?? (done > 0 ? String(done) : 'done')}`);
      },
    };
  }

  /** Takes the bars off the terminal, so that what is written next stands alone. */
  stop(): void {
    this.#bars.update();
    this.#bars.stop();
  }
}
