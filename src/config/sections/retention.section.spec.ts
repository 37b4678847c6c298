import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationFile } from '../../../test/support/configuration-file.js';

let file: ConfigurationFile;
beforeAll(async () => {
  file = await ConfigurationFile.create();
});
afterAll(() => file.remove());

const head =
  'organizations:\n  - name: acme\n    hub: { identifier: acme, secret: s }\nroster:\n  source: people.csv\nretention:\n';
const day = 86_400_000;

describe('how long history is kept', () => {
  test.each([
    ['400d', 400 * day],
    ['9600h', 400 * day],
    ['2190d', 2190 * day],
    ['forever', null],
    [' Forever ', null],
  ])('%j', async (text, historyMs) => {
    expect(await file.load(`${head}  history: "${text}"\n`)).toMatchObject({
      configuration: { retention: { historyMs } },
    });
  });

  test('three years unless somebody says otherwise', async () => {
    expect(await file.load(head.replace('retention:\n', ''))).toMatchObject({
      configuration: { retention: { historyMs: 1096 * day } },
    });
  });

  test.each(['399d', '13m', '90s'])('%s is less than checks look back', async (text) => {
    expect(await file.mistakes(`${head}  history: ${text}\n`)).toEqual([
      `7: \`retention.history\` is \`${text}\`, and checks such as \`removal-within-sla\` look back 400 days; expected \`400d\` or more, or \`forever\``,
    ]);
  });

  test.each(['never', '3y', '0d', '400'])('%s is no duration', async (text) => {
    expect(await file.mistakes(`${head}  history: ${text}\n`)).toEqual([
      `7: \`retention.history\` is \`${text}\`; expected a duration such as 1096d, or \`forever\``,
    ]);
  });
});
