import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import { textOf, variablesRead } from './deployment-files.js';

const root = join(import.meta.dirname, '../..');
const text = textOf('docs/operations.md');
const named = (pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([, name]) => String(name)))];

describe('docs/operations.md', () => {
  it('leads to what is there', () => {
    const [anchors, files] = [named(/\]\(#([^)]+)\)/g), named(/\]\(([^)#][^)]*)\)/g)];
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) =>
      String(title)
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
    expect(files.filter((file) => !existsSync(join(root, 'docs', file)))).toEqual([]);
    expect(named(/`(deploy\/[\w/.-]+)`/g).filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('names metrics that exist', () => {
    const folder = join(root, 'src/telemetry');
    const source = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
    const metrics = named(/\b(hubwarden_[a-z]\w*_\w+)/g).filter((name) => name !== 'hubwarden_restored');
    expect(metrics.length).toBeGreaterThan(4);
    expect(metrics.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
  });

  it('names variables that are read, and every command as it is', () => {
    const known = variablesRead();
    expect(named(/`((?:HUBWARDEN|DATABASE|LOG)_\w+)`/g).filter((name) => !known.has(name))).toEqual([]);
    const commands = readdirSync(join(root, 'src/cli/commands')).map((file) => file.replace('.ts', ''));
    const used = named(/\bhubwarden (serve|check|[a-z]+(?= (?:test|create|list|revoke|validate|accept)))/g);
    expect(used.filter((command) => !commands.includes(command))).toEqual([]);
  });

  it('explains every check about the data and about Hubwarden, and every reason of the second', () => {
    const trust = catalog.filter(({ id, dataTrust }) => dataTrust === true || id === 'alert-channels-working');
    for (const { id } of trust) expect(text).toContain(`\`${id}\``);
    const reasons = Object.keys(trust.at(-1)?.reasons.fail ?? {});
    expect(reasons.length).toBe(4);
    for (const reason of reasons) expect(text).toContain(`\`${reason}\``);
  });
});
