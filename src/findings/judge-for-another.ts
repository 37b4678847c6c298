import type { DataSource, QueryRunner } from 'typeorm';
import { termsAt } from './judge-all.js';
import { SlicesAtWork } from './judge-slices.js';
import { sharingHash } from './judged-configuration.js';
import { Readers } from './readers.js';
import { judgedConfiguration } from './recorded-policy.js';
import { claimSlice, stageAsParts, taskOf } from './slice-board.js';

const readersAtOnce = 2;

/**
 * Judges slices of an evaluation that another process records, until there are none that nobody judges. As often as anybody likes: an
 * attempt that is over has none. Answers how many it judged. What it throws leaves a slice to the others.
 */
export async function judgeForAnother(dataSource: DataSource, attempt: string, signal: AbortSignal): Promise<number> {
  const task = await taskOf(dataSource.manager, attempt);
  if (task === null) return 0;
  const configuration = judgedConfiguration(task.policy);
  // Rules or lines of another release.
  if (sharingHash(configuration) !== task.fingerprint) return 0;
  const readers = await Readers.open(dataSource, task.snapshot, readersAtOnce);
  const recorder = dataSource.createQueryRunner();
  try {
    const terms = await readers.use(({ manager }) => termsAt(manager, { ...task, configuration }));
    const work = new SlicesAtWork(readers, recorder, terms, () => undefined, signal);
    let judged = 0;
    while (await judgeNext(work, recorder, attempt, signal)) judged += 1;
    return judged;
  } finally {
    await readers.close();
    await recorder.release();
  }
}

async function judgeNext(
  work: SlicesAtWork,
  recorder: QueryRunner,
  attempt: string,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  const claimed = await claimSlice(recorder, attempt);
  if (claimed === null) return false;
  try {
    await claimed.done(await work.judge(claimed.slice, stageAsParts(recorder, attempt, claimed.number)));
    return true;
  } catch (error) {
    await claimed.drop().catch(() => undefined);
    throw error;
  }
}
