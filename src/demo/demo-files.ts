import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Company } from './company.js';

export interface DemoFiles {
  readonly directory: string;
  readonly configuration: string;
  readonly roster: string;
}

/**
 * Writes `hubwarden.yaml` and `people.csv` into the directory, which is made if it is missing; files of these names are
 * replaced. The roster's modification time is the company's clock, so that it is fresh for a run at that clock.
 */
export async function writeDemoFiles(directory: string, company: Company, hubUrl: string): Promise<DemoFiles> {
  const files = { directory, configuration: join(directory, 'hubwarden.yaml'), roster: join(directory, 'people.csv') };
  await mkdir(directory, { recursive: true });
  await writeFile(files.configuration, company.configuration(hubUrl));
  await writeFile(files.roster, company.roster);
  await utimes(files.roster, new Date(company.now), new Date(company.now));
  return files;
}
