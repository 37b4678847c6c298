import { describe, expect, test } from 'vitest';
import { readYaml } from './read-yaml.js';

const read = (text: string, variables: Record<string, string> = {}) => readYaml(text, variables);
const said = (text: string, variables?: Record<string, string>): readonly string[] =>
  read(text, variables).mistakes.map((mistake) => `${mistake.line}: ${mistake.message}`);

describe('variables', () => {
  test('are replaced in values after the structure is known, so that none can add a key', () => {
    const { tree, mistakes } = read('a: ${X}\nb: "<${X}>"\nc: [ "${Y}" ]\n${X}: key', {
      X: 'one\nadmin: true',
      Y: '${X}',
    });
    expect(mistakes).toEqual([]);
    expect(tree.value).toEqual({
      a: 'one\nadmin: true',
      b: '<one\nadmin: true>',
      c: ['${X}'],
      '${X}': 'key',
    });
  });

  test('stay text, whatever they hold', () => {
    expect(read('a: ${X}\nb: ${Y}\nc: ${Z}', { X: 'null', Y: 'true', Z: '007' }).tree.value).toEqual({
      a: 'null',
      b: 'true',
      c: '007',
    });
  });

  test('$${ stands for ${', () => {
    expect(read('a: "$${X} $${ $X $$"').tree.value).toEqual({ a: '${X} ${ $X $$' });
  });

  test('every one that is not set is said, with its line', () => {
    expect(said('a: 1\nb: { c: "${ONE}", d: "${TWO}" }\ne:\n  - ok\n  - ${ONE}')).toEqual([
      '2: `${ONE}` is not set; set the environment variable ONE, or leave the key out',
      '2: `${TWO}` is not set; set the environment variable TWO, or leave the key out',
      '5: `${ONE}` is not set; set the environment variable ONE, or leave the key out',
    ]);
  });

  test.each(['a: ${}', 'a: ${1X}', 'a: ${X', 'a: ${X:-default}', 'a: ${ X }'])('%s is no variable', (text) => {
    expect(said(text, { X: 'x' })).toEqual([expect.stringContaining('must be followed by the name')]);
  });
});

describe('scalars', () => {
  test('keep the form in which they were written', () => {
    const { tree } = read('a: 0042\nb: 1e3\nc: 2026-01-31\nd: [ 007 ]\ne: yes\nf: 0x1F');
    expect(tree.value).toEqual({ a: 42, b: 1000, c: '2026-01-31', d: [7], e: 'yes', f: 31 });
    expect(tree.written(['a'])?.text).toBe('0042');
    expect(tree.written(['d', 0])?.text).toBe('007');
    expect(tree.written(['d'])).toBeUndefined();
  });

  test('have the line of their key or list item, and missing ones that of what should hold them', () => {
    const { tree } = read('a:\n  b: 1\n\n  # comment\n  c:\n    - x\n    -\n      d: 2\n');
    expect(tree.line(['a', 'b'])).toBe(2);
    expect(tree.line(['a', 'c'])).toBe(5);
    expect(tree.line(['a', 'c', 0])).toBe(6);
    expect(tree.line(['a', 'c', 1, 'd'])).toBe(8);
    expect(tree.line(['a', 'c', 0, 'nothing'])).toBe(6);
    expect(tree.line(['nothing'])).toBe(1);
  });
});

describe('what is refused', () => {
  test.each([
    ['a key that stands twice', 'a: 1\nb: 2\na: 3', '3: the key `a` stands here twice; a mapping has each key once'],
    ['a tab', 'a:\n\t- b', '2: the line is indented with a tab; YAML is indented with spaces'],
    ['two documents', 'a: 1\n---\nb: 2', '2: a second document begins with `---`; one file holds one configuration'],
    [
      'a tag',
      'a: !env X',
      '1: a tag (`!…`) stands here; the configuration has none, put text that begins with `!` in quotes',
    ],
    [
      'an alias of nothing',
      'a: 1\nb: *x',
      '2: an alias (`*…`) has no anchor (`&…`) above it; put text that begins with `*` in quotes',
    ],
    ['a list as key', '? [a]\n: 1', '1: a key is not plain text'],
    ['a key that JavaScript has', 'a: 1\n__proto__: { b: 1 }', '2: `__proto__` cannot be a key'],
    ['another such key', 'constructor: 1', '1: `constructor` cannot be a key'],
    [
      'an unquoted variable in braces',
      'a: 1\nb: { c: ${X} }',
      '2: inside braces or brackets `${X}` must be in quotes: "${X}"',
    ],
    [
      'an alias inside its anchor',
      'a: &x\n  - *x',
      '2: the values are nested too deeply, or an alias stands inside its own anchor',
    ],
  ])('%s', (_, text, expected) => {
    expect(said(text, { X: 'x' })).toEqual([expected]);
  });

  test('aliases of aliases do not unfold without bound', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `k${n + 1}: &k${n + 1} [${Array(9).fill(`*k${n}`).join(',')}]`);
    const started = Date.now();
    expect(said(['k0: &k0 [x]', ...levels].join('\n'))).toContain(
      '1: the aliases of the file unfold to more than a policy can hold; expected fewer of them',
    );
    expect(Date.now() - started).toBeLessThan(5000);
  });

  test.each(['a: "geheim\nb: 1', 'a: geheim: b', 'a: {b: geheim', 'a: [geheim]]', '- geheim\na: 1', 'a: "\\geheim"'])(
    'no sentence quotes the file: %j',
    (text) => {
      const messages = said(text);
      expect(messages.length).toBeGreaterThan(0);
      expect(messages.join()).not.toContain('geheim');
    },
  );
});

test('anchors and aliases are followed', () => {
  expect(read('a: &x { b: 1 }\nc: *x\nd: [ *x ]').tree.value).toEqual({ a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] });
});
