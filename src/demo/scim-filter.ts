type Keep = (resource: Readonly<Record<string, unknown>>) => boolean;

/**
 * A SCIM filter as a predicate; null where it is none. Understands `eq`, `ne`, `co`, `sw`, `and`, `or`, `not (…)` and
 * parentheses; names and operators in any case; dotted names (`emails.value`) look into every element of a list. Texts are
 * compared without regard to case.
 */
export function scimFilter(text: string): Keep | null {
  const words = text.match(/"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+/g) ?? [];
  if (words.join('').length !== text.replace(/"(?:[^"\\]|\\.)*"|\s/g, (part) => part.trim()).length) return null;
  const reader = new FilterReader(words);
  const keep = reader.either();
  return reader.atEnd ? keep : null;
}

class FilterReader {
  #place = 0;

  constructor(private readonly words: readonly string[]) {}

  get atEnd(): boolean {
    return this.#place === this.words.length;
  }

  either(): Keep | null {
    return this.#chain('or', () => this.#chain('and', () => this.#single()));
  }

  #chain(word: 'and' | 'or', part: () => Keep | null): Keep | null {
    const parts = [part()];
    while (this.#accept(word)) parts.push(part());
    const keeps = parts.filter((one) => one !== null);
    if (keeps.length < parts.length) return null;
    return (resource) => (word === 'or' ? keeps.some((keep) => keep(resource)) : keeps.every((keep) => keep(resource)));
  }

  #single(): Keep | null {
    if (this.#accept('not')) {
      const inner = this.#accept('(') ? this.#group() : null;
      return inner && ((resource) => !inner(resource));
    }
    return this.#accept('(') ? this.#group() : this.#comparison();
  }

  #group(): Keep | null {
    const inner = this.either();
    return this.#accept(')') ? inner : null;
  }

  #comparison(): Keep | null {
    const [name, operator, literal] = this.words.slice(this.#place, this.#place + 3);
    this.#place += 3;
    const value = literalValue(literal);
    if (name === undefined || operator === undefined || value === undefined || !/^[\w.:$-]+$/.test(name)) return null;
    const path = name.toLowerCase().split('.');
    const compare = comparisons[operator.toLowerCase()];
    return compare ? (resource) => compare(valuesAt(resource, path), value) : null;
  }

  #accept(word: string): boolean {
    if (this.words[this.#place]?.toLowerCase() !== word) return false;
    this.#place += 1;
    return true;
  }
}

const comparisons: Readonly<Record<string, (values: readonly string[], wanted: string) => boolean>> = {
  eq: (values, wanted) => values.includes(wanted),
  ne: (values, wanted) => !values.includes(wanted),
  co: (values, wanted) => values.some((one) => one.includes(wanted)),
  sw: (values, wanted) => values.some((one) => one.startsWith(wanted)),
};

function literalValue(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (/^(true|false|null|-?\d+)$/i.test(word)) return word.toLowerCase();
  if (!word.startsWith('"')) return undefined;
  return word.slice(1, -1).replace(/\\(.)/g, '$1').toLowerCase();
}

function valuesAt(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, path));
  const [name, ...rest] = path;
  if (name === undefined) return [String(value).toLowerCase()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key.toLowerCase() === name ? valuesAt(inner, rest) : []));
}
