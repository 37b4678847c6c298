import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bothProgress, RunProgress, type StageProgress } from './run-progress.js';

function written(pauseMs: number): { progress: RunProgress; writes: (readonly StageProgress[])[] } {
  const writes: (readonly StageProgress[])[] = [];
  const progress = new RunProgress(async (stages) => void writes.push(stages), pauseMs);
  return { progress, writes };
}

test('many changes are written now and then, and the last one is among them', async () => {
  const { progress, writes } = written(40);
  const reading = progress.stage('read acme', null);
  for (let page = 0; page < 50; page++) {
    reading.advance(1);
    await wait(2);
  }
  reading.advance(1, 51);
  reading.done('51 pages');
  progress.stage('evaluate', 3).advance(2);
  await wait(120);
  await progress.close();
  expect(writes.length).toBeGreaterThan(1);
  expect(writes.length).toBeLessThan(12);
  expect(writes.at(-1)).toEqual([
    { stage: 'read acme', done: 51, total: 51, note: '51 pages', finished: true },
    { stage: 'evaluate', done: 2, total: 3, note: null, finished: false },
  ]);
  expect(progress.finished.every(({ finished }) => finished)).toBe(true);
});

test('what changes while it is being written is written next', async () => {
  const writes: number[] = [];
  let taken: () => void = () => undefined;
  const progress = new RunProgress(async ([stage]) => {
    writes.push(stage?.done ?? -1);
    if (writes.length === 1) await new Promise<void>((resolve) => (taken = resolve));
  }, 5);
  const stage = progress.stage('roster', null);
  await wait(20);
  stage.advance(7);
  await wait(20);
  expect(writes).toEqual([0]);
  taken();
  await wait(30);
  expect(writes).toEqual([0, 7]);
  await progress.close();
});

test('nothing is written once it is closed, and a write that fails breaks nothing', async () => {
  let writes = 0;
  const progress = new RunProgress(() => {
    writes++;
    return Promise.reject(new Error('gone'));
  }, 5);
  const stage = progress.stage('roster', null);
  await wait(20);
  expect(writes).toBe(1);
  stage.advance(1);
  await progress.close();
  stage.advance(1);
  await wait(20);
  expect(writes).toBe(1);
});

test('two are told the same', () => {
  const [one, other] = [written(1_000), written(1_000)];
  const lines: string[] = [];
  const both = bothProgress(one.progress, {
    stage: (name, total) => other.progress.stage(name, total),
    line: (text) => lines.push(text),
  });
  const stage = both.stage('match', 2);
  stage.advance(2);
  stage.done('all');
  both.line('roster: fine');
  expect(one.progress.stages).toEqual([{ stage: 'match', done: 2, total: 2, note: 'all', finished: true }]);
  expect(other.progress.stages).toEqual(one.progress.stages);
  expect(lines).toEqual(['roster: fine']);
  void one.progress.close();
  void other.progress.close();
});
