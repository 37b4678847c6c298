import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { certainMatchers, matchers } from './matchers.js';

it('lists every matcher there is, each by the name of its file', async () => {
  const files = await readdir(new URL('matchers/', import.meta.url));
  const ids = files.filter((file) => file.endsWith('.matcher.ts')).map((file) => file.replace('.matcher.ts', ''));
  expect(matchers.map(({ id }) => id).sort()).toEqual(ids.sort());
});

it('links by address before Docker ID, and by nothing else', () =>
  expect(certainMatchers.map(({ id }) => id)).toEqual(['work-email', 'docker-username']));
