import type { Mistake } from './configuration.js';
import {
  type Document,
  type Node,
  LineCounter,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
} from 'yaml';
import type { Path } from './path.js';
import { replaceVariables } from './replace-variables.js';
import { holdsSecrets } from './secret-places.js';
import { type Written, keepWritten, writtenOf } from './written.js';
import { yamlMistake } from './yaml-mistake.js';

/** The file as plain values, and where each of them stands. */
export interface YamlTree {
  readonly value: unknown;
  /** The line of the key or list item at this path, or of the nearest one above it that is in the file. */
  line(path: Path): number;
  at(path: Path): unknown;
  written(path: Path): Written | undefined;
  /** A variable in this value could not be replaced; whatever else is wrong with it follows from that. */
  isUnset(path: Path): boolean;
}

/** Far more than any policy needs, and few enough that aliases of aliases cannot exhaust memory. */
const nodeLimit = 200_000;
const aliasLimit = 1000;
const depthLimit = 50;

/**
 * Parses YAML 1.2 and replaces `${NAME}` in scalar values afterwards, so that the value of a variable can never add a
 * key. Every mistake is listed; none of them holds anything of the file but keys and names of variables.
 */
export function readYaml(
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
): { readonly tree: YamlTree; readonly mistakes: readonly Mistake[] } {
  const reader = new TreeReader(text, variables);
  const value = reader.read();
  const at = (path: Path): unknown => path.reduce<unknown>((inner, step) => memberOf(inner, step), value);
  const tree: YamlTree = {
    value,
    at,
    line: (path) => {
      for (let length = path.length; length > 0; length--) {
        const line = reader.lines.get(JSON.stringify(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return 1;
    },
    written: (path) => {
      const last = path.at(-1);
      if (last === undefined) return undefined;
      return writtenOf(at(path.slice(0, -1)), last);
    },
    isUnset: (path) => reader.unset.has(JSON.stringify(path)),
  };
  return { tree, mistakes: reader.mistakes };
}

function memberOf(holder: unknown, step: string | number): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, step) : undefined;
}

/** The path of the mapping or list that the last node stands in. */
function pathThrough(nodes: readonly unknown[]): Path {
  return nodes.slice(0, -1).flatMap((node, index): Path => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    return isSeq(node) ? [node.items.indexOf(nodes[index + 1])] : [];
  });
}

class TreeReader {
  readonly lines = new Map<string, number>();
  readonly unset = new Set<string>();
  readonly mistakes: Mistake[] = [];
  private readonly counter = new LineCounter();
  private readonly document: Document.Parsed;
  private readonly open = new Set<Node>();
  private nodes = 0;
  private aliases = 0;

  constructor(
    text: string,
    private readonly variables: Readonly<Record<string, string | undefined>>,
  ) {
    this.document = parseDocument(text, {
      lineCounter: this.counter,
      // The pretty form quotes the offending lines, which may hold a secret.
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: true,
      resolveKnownTags: false,
      // With `silent` a second document would be dropped without a word.
      logLevel: 'error',
    });
    for (const problem of [...this.document.errors, ...this.document.warnings]) {
      const line = this.lineOf(problem.pos[0]);
      // One slip makes the parser stumble several times on the same line.
      if (!this.mistakes.some((other) => other.line === line))
        this.say(problem.pos[0], yamlMistake(problem.code, text, problem.pos[0], this.mayNameKeyAt(problem.pos[0])));
    }
  }

  read(): unknown {
    // A document with syntax errors has a tree, but one that nobody wrote.
    if (this.mistakes.length > 0) return null;
    const value = this.convert(this.document.contents, []);
    if (this.nodes > nodeLimit || this.aliases > aliasLimit)
      this.say(0, 'the aliases of the file unfold to more than a policy can hold; expected fewer of them');
    return value;
  }

  /** False also where no key is found: what cannot be placed may be a secret. */
  private mayNameKeyAt(offset: number): boolean {
    let found: Path | null = null;
    visit(this.document, {
      Pair: (_, pair, ancestors) => {
        if (!isScalar(pair.key) || pair.key.range?.[0] !== offset) return undefined;
        found = pathThrough([...ancestors, pair]);
        return visit.BREAK;
      },
    });
    return found !== null && !holdsSecrets(found);
  }

  private say(offset: number, message: string): void {
    this.mistakes.push({ file: null, line: this.lineOf(offset), message });
  }

  private lineOf(offset: number): number {
    return this.counter.linePos(offset).line || 1;
  }

  private convert(node: Node | null, path: Path): unknown {
    this.nodes++;
    if (node === null || this.nodes > nodeLimit || this.aliases > aliasLimit) return null;
    if (isAlias(node)) {
      // Not by its name: a secret that begins with `*` and has no quotes is an alias to YAML.
      this.say(
        node.range?.[0] ?? 0,
        'an alias (`*…`) has no anchor (`&…`) above it; put text that begins with `*` in quotes',
      );
      return null;
    }
    if (isScalar(node)) return node.value;
    if (!isMap(node) && !isSeq(node)) return null;
    if (this.open.has(node) || path.length > depthLimit) {
      this.say(node.range?.[0] ?? 0, 'the values are nested too deeply, or an alias stands inside its own anchor');
      return null;
    }
    this.open.add(node);
    const written = new Map<string | number, Written>();
    const value = isMap(node) ? this.mapping(node, path, written) : this.list(node, path, written);
    this.open.delete(node);
    keepWritten(value, written);
    return value;
  }

  private mapping(node: Node, path: Path, written: Map<string | number, Written>): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    if (!isMap<Node, Node | null>(node)) return value;
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const offset = pair.key.range?.[0] ?? 0;
      if (!isScalar(pair.key)) this.say(offset, 'a key is not plain text');
      // Such a key would be dropped without a word on the way to the sections.
      else if (key in Object.prototype) this.say(offset, `\`${key}\` cannot be a key`);
      else value[key] = this.member(pair.value, key, [...path, key], offset, written);
    }
    return value;
  }

  private list(node: Node, path: Path, written: Map<string | number, Written>): unknown[] {
    if (!isSeq<Node | null>(node)) return [];
    return node.items.map((item, index) =>
      this.member(item, index, [...path, index], item?.range?.[0] ?? node.range?.[0] ?? 0, written),
    );
  }

  private member(
    node: Node | null,
    key: string | number,
    path: Path,
    offset: number,
    written: Map<string | number, Written>,
  ): unknown {
    this.lines.set(JSON.stringify(path), this.lineOf(offset));
    const target = this.resolve(node);
    if (!isScalar(target)) return this.convert(target, path);
    this.nodes++;
    if (target.value === null) return null;
    const source = typeof target.value === 'string' ? target.value : (target.source ?? '');
    const replaced = typeof target.value === 'string' ? replaceVariables(source, this.variables) : null;
    if (replaced === null || replaced.outcome === 'nothing to replace') {
      written.set(key, { text: source, shown: source, replaced: false });
      return target.value;
    }
    if (replaced.outcome === 'mistaken') {
      for (const message of replaced.messages) this.say(offset, message);
      this.unset.add(JSON.stringify(path));
      return null;
    }
    written.set(key, { text: replaced.text, shown: source, replaced: true });
    return replaced.text;
  }

  /** What an alias stands for; the node itself where it is none, or one that leads nowhere. */
  private resolve(node: Node | null): Node | null {
    if (!isAlias(node)) return node;
    this.aliases++;
    // Each look for an anchor walks the document.
    return this.aliases <= aliasLimit ? (node.resolve(this.document) ?? node) : null;
  }
}
