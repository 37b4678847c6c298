import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '../../src');
const text = (path: string): string => readFileSync(join(source, path), 'utf8');

test('every controller there is is served', () => {
  const controllers = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.controller.ts'))
    .flatMap((path) =>
      [...text(path).matchAll(/@Controller\([\s\S]*?export class (\w+)/g)].map(([, name]) => String(name)),
    );
  const wiring = ['server.module.ts', 'http/http.module.ts'].map((path) => text(path).replaceAll(/^import .*$/gm, ''));
  const served = new Set(wiring.flatMap((code) => [...code.matchAll(/\w+Controller/g)].map(([name]) => name)));
  expect(controllers.length).toBeGreaterThan(10);
  expect(controllers.filter((name) => !served.has(name))).toEqual([]);
});
