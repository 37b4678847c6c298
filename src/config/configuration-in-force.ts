import type { Configuration, Mistake } from './configuration.js';

type Loaded = { readonly configuration: Configuration } | { readonly mistakes: readonly Mistake[] };

/** The configuration of a process that outlives a change of it. A file with mistakes is refused whole, and the old one stays. */
export class ConfigurationInForce {
  readonly #listeners = new Set<(configuration: Configuration) => void>();
  #current: Configuration;

  constructor(
    initial: Configuration,
    private readonly load: () => Promise<Loaded>,
  ) {
    this.#current = initial;
  }

  get current(): Configuration {
    return this.#current;
  }

  /** Every mistake of the file; none, and the new configuration holds from now on. Work in progress keeps the one that it has. */
  async reload(): Promise<readonly Mistake[]> {
    const loaded = await this.load();
    if ('mistakes' in loaded) return loaded.mistakes;
    this.#current = loaded.configuration;
    for (const tell of this.#listeners) tell(loaded.configuration);
    return [];
  }

  onChange(tell: (configuration: Configuration) => void): void {
    this.#listeners.add(tell);
  }
}
