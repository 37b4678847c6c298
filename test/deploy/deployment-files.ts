import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { readEnvironment } from '../../src/config/read-environment.js';

const root = join(import.meta.dirname, '../..');

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder)).toSorted();
}

/** Any mapping of a YAML file, as deep as it goes. */
export type Tree = { readonly [key: string]: Tree } & readonly Tree[];

export function yamlOf(path: string): Tree {
  const tree: Tree = parse(textOf(path));
  return tree;
}

/** Every object of a folder of manifests. */
export function objectsIn(folder: string): Tree[] {
  return filesIn(folder)
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .flatMap((file): Tree[] => parseAllDocuments(textOf(`${folder}/${file}`)).map((document) => document.toJS()));
}

/** What the Dockerfile decides for everybody else. */
export function image() {
  const text = textOf('Dockerfile').replaceAll('\\\n', ' ');
  const last = (pattern: RegExp): string => [...text.matchAll(pattern)].at(-1)?.[1] ?? '';
  const environment = Object.fromEntries(
    [...last(/^ENV (.+)$/gm).matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [String(name), String(value)]),
  );
  return {
    text,
    environment,
    user: last(/^USER (\S+)$/gm),
    folder: last(/^WORKDIR (\S+)$/gm),
    volume: last(/^VOLUME (\S+)$/gm),
    port: last(/^EXPOSE (\S+)$/gm),
    probe: last(/^HEALTHCHECK .+(\/health\/\w+)/gm),
    entrypoint: last(/^ENTRYPOINT (.+)$/gm),
  };
}

/** The environment variables that the program itself reads. */
export function variablesRead(): ReadonlySet<string> {
  const read = new Set<string>();
  const variables: Record<string, string | undefined> = new Proxy(
    {},
    { get: (_, name) => void read.add(String(name)) },
  );
  readEnvironment(variables);
  return read;
}

/** The variables that a YAML text takes from the environment, `${NAME}` with or without what may follow the name. */
export function variablesIn(text: string): string[] {
  const said = text.replaceAll(/^\s*#.*$/gm, '');
  return [...new Set([...said.matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]*)/g)].map(([, name]) => String(name)))].toSorted();
}
