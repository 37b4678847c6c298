import { expect, it } from 'vitest';
import type { Outcome } from './first-that-works.js';
import { FirstThatWorks } from './first-that-works.js';

type Told = { readonly by: string; readonly outcome: Outcome };

function asker(script: (option: string, nth: number) => Outcome) {
  const asked: string[] = [];
  return {
    asked,
    ask: async (choice: FirstThatWorks<string>) =>
      await choice.ask<Told>(
        async (by) => {
          asked.push(by);
          const nth = asked.length;
          await new Promise((resolve) => setTimeout(resolve, 5));
          return { by, outcome: script(by, nth) };
        },
        ({ outcome }) => outcome,
      ),
  };
}

it.each([
  [true, ['a', 'b', 'b', 'b']],
  [false, ['a', 'b', 'b', 'b']],
])('pays for a way that is denied once, also side by side (for good: %s)', async (forGood, expected) => {
  const { asked, ask } = asker((by) => (by === 'b' ? 'worked' : 'denied'));
  const choice = new FirstThatWorks(['a', 'b'], forGood);
  const results = await Promise.all([ask(choice), ask(choice), ask(choice)]);
  expect(asked).toEqual(expected);
  expect(results.map((one) => one.at(-1)?.by)).toEqual(['b', 'b', 'b']);
});

it('comes back to another way unless it decides for good', async () => {
  for (const [forGood, expected] of [
    [true, ['a', 'a']],
    [false, ['a', 'a', 'b', 'b']],
  ] as const) {
    const { asked, ask } = asker((by, nth) => (by === 'a' && nth > 1 ? 'denied' : 'worked'));
    const choice = new FirstThatWorks(['a', 'b'], forGood);
    await ask(choice);
    await ask(choice);
    if (!forGood) await ask(choice);
    expect(asked).toEqual(expected);
  }
});

it('does not take a failure for a denial', async () => {
  const { asked, ask } = asker(() => 'failed');
  const choice = new FirstThatWorks(['a', 'b'], true);
  expect(await ask(choice)).toEqual([{ by: 'a', outcome: 'failed' }]);
  await ask(choice);
  expect(asked).toEqual(['a', 'a']);
});

it('gives up the second way where neither ever works', async () => {
  const { asked, ask } = asker(() => 'denied');
  const choice = new FirstThatWorks(['a', 'b'], true);
  for (let place = 0; place < 30; place += 1) await ask(choice);
  expect(asked.filter((one) => one === 'b')).toHaveLength(10);
});
