import { expect, test } from 'vitest';
import { Batches } from './batches.js';

async function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('a lone item goes at once, and what arrives meanwhile shares the next batch', async () => {
  const batches: string[][] = [];
  const work = new Batches<string, string>(async (items) => {
    batches.push([...items]);
    await turn();
    return items.map((item) => item.toUpperCase());
  });
  const results = await Promise.all(['a', 'b', 'c'].map(async (item) => work.add(item)));
  expect(results).toEqual(['A', 'B', 'C']);
  expect(batches).toEqual([['a'], ['b', 'c']]);
  expect(await work.add('d')).toBe('D');
});

test('a batch that fails fails for all of its items and for no others', async () => {
  const work = new Batches<number, number>(async (items) => {
    await turn();
    if (items.includes(2)) throw new Error('no twos');
    return items;
  });
  const first = work.add(1);
  const second = work.add(2);
  const third = work.add(3);
  expect(await first).toBe(1);
  await expect(second).rejects.toThrow('no twos');
  await expect(third).rejects.toThrow('no twos');
  expect(await work.add(4)).toBe(4);
});

test('a result that is missing is an error, not a wait for ever', async () => {
  const work = new Batches<number, number>(async () => Promise.resolve([]));
  await expect(work.add(1)).rejects.toThrow('no result');
});

test.each([0, 1, 2, 3, 4, 5])('what arrives %d microtasks after a batch is done is worked on', async (microtasks) => {
  let done: (results: readonly number[]) => void = () => undefined;
  const work = new Batches<number, number>(async (items) =>
    items.includes(1) ? new Promise((resolve) => (done = resolve)) : items,
  );
  const first = work.add(1);
  done([1]);
  for (let passed = 0; passed < microtasks; passed += 1) await Promise.resolve();
  const forgotten = turn().then(() => 'forgotten');
  expect(await Promise.race([work.add(2), forgotten])).toBe(2);
  expect(await first).toBe(1);
});

test('work that throws before it begins holds up nothing', async () => {
  const work = new Batches<number, number>((items) => {
    if (items.includes(1)) throw new Error('no ones');
    return Promise.resolve(items);
  });
  await expect(work.add(1)).rejects.toThrow('no ones');
  const forgotten = turn().then(() => 'forgotten');
  expect(await Promise.race([work.add(2), forgotten])).toBe(2);
});

test('where more comes than is worked on, batches begin apart, and a lone item still goes at once', async () => {
  const begun: number[] = [];
  const work = new Batches<number, number>(async (items) => {
    begun.push(performance.now());
    await turn();
    return items;
  }, 500);
  const lone = performance.now();
  await work.add(0);
  expect(performance.now() - lone).toBeLessThan(250);
  await Promise.all([work.add(1), work.add(2), turn().then(async () => work.add(3))]);
  expect(begun).toHaveLength(3);
  // Timers are a millisecond or two off.
  expect((begun[2] ?? 0) - (begun[1] ?? 0)).toBeGreaterThan(450);
});
