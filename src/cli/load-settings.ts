import type { Configuration, Mistake } from '../config/configuration.js';
import type { Environment } from '../config/environment.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { type Variables, readEnvironment } from '../config/read-environment.js';

export interface Settings {
  readonly environment: Environment;
  readonly configuration: Configuration;
}

/** Environment and configuration, or everything that is wrong with either. */
export async function loadSettings(
  file: string,
  variables: Variables,
): Promise<Settings | { readonly mistakes: readonly Mistake[] }> {
  const environment = readEnvironment(variables);
  const loaded = await loadConfiguration(file, { variables });
  const mistakes = [
    ...('mistakes' in environment ? environment.mistakes : []),
    ...('mistakes' in loaded ? loaded.mistakes : []),
  ];
  if ('mistakes' in environment || 'mistakes' in loaded) return { mistakes };
  return { environment, configuration: loaded.configuration };
}
