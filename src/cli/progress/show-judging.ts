import type { Stage } from '../../runs/run-outcome.js';
import type { Output } from '../terminal.js';
import { openProgress } from './open-progress.js';

/** Shows how many subjects `work` has judged, from the first on: until then a mistake may be all that there is to say. */
export async function showJudging<Result>(
  output: Output,
  work: (onJudged: (subjects: number) => void) => Promise<Result>,
): Promise<Result> {
  const progress = openProgress(output);
  const shown: { stage?: Stage } = {};
  try {
    const result = await work((subjects) => {
      shown.stage ??= progress.stage('judge anew', null);
      shown.stage.advance(subjects);
    });
    shown.stage?.done();
    return result;
  } finally {
    progress.stop();
  }
}
