import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsOptional, ValidateBy } from 'class-validator';
import type { CheckTerms } from '../../src/config/check-policies.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';

const wholeOrNull = (value: unknown): boolean => value === null || Number.isInteger(value);

class OwnerPolicy {
  @IsOptional()
  @ValidateBy({ name: 'whole', validator: { validate: wholeOrNull } }, { message: 'expected a whole number' })
  readonly max: number | null = 3;
}
class NoPolicy {}

/** Two checks, one with a threshold and one without. */
const catalogue: readonly CheckTerms[] = [
  { id: 'owner-count', severity: 'medium', sla: '5d', policy: OwnerPolicy },
  { id: 'user-identified', severity: 'high', sla: '24h', policy: NoPolicy },
];

/** Writes texts as hubwarden.yaml into a folder of its own, and loads them. */
export class ConfigurationFile {
  private constructor(readonly folder: string) {}

  static async create(): Promise<ConfigurationFile> {
    return new ConfigurationFile(await mkdtemp(join(tmpdir(), 'hubwarden-config-')));
  }

  async load(
    text: string | Buffer,
    variables: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof loadConfiguration> {
    const file = join(this.folder, 'hubwarden.yaml');
    await writeFile(file, text);
    return this.loadAt(file, variables);
  }

  loadAt(file: string, variables: Readonly<Record<string, string>> = {}): ReturnType<typeof loadConfiguration> {
    return loadConfiguration(file, { variables }, catalogue);
  }

  /** The mistakes, each as `line: message`. */
  async mistakes(text: string | Buffer, variables?: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const result = await this.load(text, variables);
    return 'mistakes' in result ? result.mistakes.map(({ line, message }) => `${line}: ${message}`) : [];
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
