import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { catalog } from '../checks/catalog.js';
import { buildConfiguration } from './build-configuration.js';
import { type CheckTerms, checkPolicies } from './check-policies.js';
import type { Configuration, Mistake } from './configuration.js';
import { crossCheck } from './cross-check.js';
import type { Environment } from './environment.js';
import { errorCode } from './error-code.js';
import { isMapping } from './fields.js';
import { Mistakes, readValues } from './list-mistakes.js';
import { readYaml } from './read-yaml.js';
import { HubwardenSection } from './sections/hubwarden.section.js';

const sizeLimit = 1024 * 1024;

/**
 * Reads hubwarden.yaml. Either everything in it is as expected, or every mistake is listed, in the order of the file;
 * no mistake holds the value of a variable or of a secret. Paths in it are relative to the file's folder.
 */
export async function loadConfiguration(
  file: string,
  environment: Pick<Environment, 'variables'>,
  catalogue: readonly CheckTerms[] = catalog,
): Promise<{ readonly configuration: Configuration } | { readonly mistakes: readonly Mistake[] }> {
  const text = await readText(file);
  if ('mistake' in text) return { mistakes: [{ file, line: null, message: text.mistake }] };
  const { tree, mistakes: yamlMistakes } = readYaml(text.text, environment.variables);
  const misread = yamlMistakes.map((mistake) => ({ ...mistake, file }));
  if (!isMapping(tree.value)) {
    const message =
      tree.value === null
        ? 'the file is empty; expected at least `organizations` and `roster`, see hubwarden.example.yaml'
        : 'the file is not a mapping; expected keys such as `organizations` and `roster`, see hubwarden.example.yaml';
    return { mistakes: misread.length > 0 ? misread : [{ file, line: 1, message }] };
  }
  const mistakes = new Mistakes(file, tree);
  const section = readValues(HubwardenSection, tree.value, [], mistakes);
  const checks = checkPolicies(tree.value['checks'], catalogue, mistakes);
  crossCheck(
    catalogue.map((check) => check.id),
    mistakes,
  );
  const found = [...misread, ...mistakes.list()].toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
  if (found.length > 0) return { mistakes: found };
  return { configuration: buildConfiguration(section, dirname(resolve(file)), checks) };
}

async function readText(file: string): Promise<{ readonly text: string } | { readonly mistake: string }> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > sizeLimit) return { mistake: `the file has ${size} bytes; expected at most ${sizeLimit}` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile()) };
  } catch (error) {
    return { mistake: unreadable(error) };
  }
}

function unreadable(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT')
    return 'there is no such file; expected the configuration, for which hubwarden.example.yaml is a start (--config names another file)';
  if (code === 'EISDIR') return 'is a folder; expected the configuration file';
  if (code === 'EACCES' || code === 'EPERM') return 'the file may not be read by this user; expected read permission';
  if (error instanceof TypeError) return 'the file is not UTF-8 text; expected a YAML file saved as UTF-8';
  return `the file cannot be read (${code ?? 'unknown error'})`;
}
