import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Who may import whom. The folders of `src` are the stages of the pipeline, and a stage knows only those before it.
 * A folder that is not in here does not exist.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  checks: [],
  demo: [],
  config: ['checks'],
  database: ['config'],
  trail: ['database'],
  http: ['config', 'database', 'trail'],
  dockerhub: ['config'],
  inventory: ['dockerhub', 'config', 'database', 'http', 'trail'],
  roster: ['config', 'database', 'http', 'trail'],
  identity: ['inventory', 'roster', 'config', 'database', 'http', 'trail'],
  findings: ['checks', 'config', 'database', 'http', 'trail'],
  history: ['checks', 'identity', 'findings', 'config', 'database', 'http'],
  alerts: ['findings', 'config', 'database', 'http'],
  dashboards: ['checks', 'findings', 'config', 'database', 'http', 'trail'],
  telemetry: ['config', 'database', 'http'],
  evidence: ['checks', 'findings', 'config', 'database', 'http', 'trail'],
  access: ['dockerhub', 'inventory', 'identity', 'findings', 'config', 'database', 'http'],
  tokens: ['dockerhub', 'inventory', 'identity', 'findings', 'config', 'database', 'http'],
  images: ['dockerhub', 'inventory', 'identity', 'findings', 'config', 'database', 'http'],
  jobs: ['config', 'database'],
  runs: ['every folder'],
  cli: ['every folder'],
};

/** Nobody imports these: they put the others together. */
const conductors = ['runs', 'cli'];
const mayConduct: Readonly<Record<string, readonly string[]>> = { cli: ['runs'] };

/** Files beside the folders wire the application; only these may import them. */
const mayImportWiring = ['cli', 'runs'];

/** Reads the environment although it is no setting of ours. */
const readsEnvironment = ['src/database/embedded/account.ts'];

const wiring = '(wiring)';
const root = join(import.meta.dirname, '..');
const sources = filesBelow('src');
const product = sources.filter(({ path }) => !path.endsWith('.spec.ts'));
const code = [...sources, ...['test', 'migrations', 'bench'].flatMap(filesBelow)];

describe('imports', () => {
  it('come from folders that the table knows', () => {
    const folders = new Set(sources.map(({ folder }) => folder).filter((folder) => folder !== wiring));
    expect([...folders].filter((folder) => !(folder in mayImport))).toEqual([]);
  });

  it.each(Object.keys(mayImport))('of %s keep to the table', (folder) => {
    const strangers = product
      .filter((file) => file.folder === folder)
      .flatMap((file) => file.imports.map((imported) => ({ file, imported })))
      .filter(({ imported }) => imported.startsWith('src/') && !isAllowed(folder, folderOf(imported)))
      .map(({ file, imported }) => `${file.path} imports ${imported}`);
    expect(strangers).toEqual([]);
  });

  it('leave src only for the list of migrations, and only to apply it', () => {
    const outside = product.flatMap(({ path, folder, imports }) =>
      imports
        .filter((imported) => !imported.startsWith('src/') && imported.endsWith('.ts'))
        .filter((imported) => !(imported === 'migrations/all.ts' && folder === 'database'))
        .map((imported) => `${path} imports ${imported}`),
    );
    expect(outside).toEqual([]);
  });

  it('form no cycle', () => {
    expect(cycleIn(new Map(sources.map(({ path, imports }) => [path, imports])))).toEqual([]);
  });
});

describe('libraries', () => {
  it('of checks are class-validator alone, so that a verdict can be replayed anywhere', () => {
    expect(librariesOf('checks')).toEqual(['class-validator']);
  });

  it.each(['dockerhub', 'demo'])('of %s know no database', (folder) => {
    expect(librariesOf(folder).filter((library) => /typeorm|^pg/.test(library))).toEqual([]);
  });

  it('of checks read no clock and no dice', () => {
    const impure = /Date\.now|new Date\b|Math\.random|performance\.|setTimeout/;
    expect(
      product.filter((file) => file.folder === 'checks' && impure.test(file.text)).map(({ path }) => path),
    ).toEqual([]);
  });

  it('are configured by config alone: nobody else reads the environment', () => {
    const readers = product.filter(({ folder, text }) => folder !== 'config' && text.includes('process.env'));
    expect(readers.map(({ path }) => path).filter((path) => !readsEnvironment.includes(path))).toEqual([]);
  });
});

describe('files', () => {
  it('stay under 300 lines', () => {
    expect(code.filter(({ lines }) => lines >= 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('are named in lower case with hyphens, and by kind where they have one', () => {
    const kinds = 'check|source|matcher|notifier|entity|controller|module|query|section|format|property';
    const name = new RegExp(`^(\\d{14}-)?[a-z0-9]+(-[a-z0-9]+)*(\\.(${kinds}))?(\\.spec)?\\.ts$`);
    expect(code.map(({ path }) => path).filter((path) => !name.test(basename(path)))).toEqual([]);
  });

  it('are nobody’s service and nobody’s drawer', () => {
    const drawers = /(^|\/)(common|shared|utils?|helpers?|core|lib|misc)(\/|\.ts$)|\.service\.ts$|\.util\.ts$/;
    expect(code.map(({ path }) => path).filter((path) => drawers.test(path))).toEqual([]);
  });

  it('are no barrels: what is imported is imported from where it is', () => {
    const barrels = code.filter(
      ({ path, text }) => basename(path) === 'index.ts' || /^export\b[^;'"]*\bfrom\s+['"]/m.test(text),
    );
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });

  it('export by name', () => {
    const silent = code.filter(
      ({ path, text }) => /^export default\b/m.test(text) && path !== 'test/support/global-setup.ts',
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('that plug in have their spec beside them', () => {
    const paths = new Set(code.map(({ path }) => path));
    const plugins = product
      .map(({ path }) => path)
      .filter((path) => /\.(check|source|matcher|notifier)\.ts$/.test(path));
    expect(plugins.length).toBeGreaterThan(0);
    expect(plugins.filter((path) => !paths.has(path.replace(/\.ts$/, '.spec.ts')))).toEqual([]);
  });

  it.each([
    ['switch no rule off', /@ts-(ignore|nocheck|expect-error)|(eslint|oxlint)-disable/],
    ['leave nothing for later', /\b(TODO|FIXME|XXX)\b/],
    ['mock no module', /\bvi\.(mock|doMock)\(/],
  ])('%s', (_, forbidden) => {
    // This file has to spell what it forbids.
    const sinners = code.filter(({ path, raw }) => path !== 'test/architecture.spec.ts' && forbidden.test(raw));
    expect(sinners.map(({ path }) => path)).toEqual([]);
  });

  it.each([
    ['declare no enum', /^\s*(export )?(const )?enum \w/m],
    ['know no `any`', /\bas any\b|: any\b|<any>/],
    ['keep no module-level variable, because all specs share one process', /^(export )?(let|var) /m],
  ])('%s', (_, forbidden) => {
    expect(product.filter(({ text }) => forbidden.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('tables', () => {
  const entities = product
    .filter(({ path }) => path.endsWith('.entity.ts'))
    .flatMap(({ folder, text }) =>
      [...text.matchAll(/@Entity\('(\w+)'/g)].map(([, table]) => ({ table: String(table), folder })),
    );
  const owners = new Map(entities.map(({ table, folder }) => [table, folder]));
  const created = filesBelow('migrations').flatMap(({ text }) =>
    [...text.matchAll(/\bcreate (?:unlogged )?table (?:if not exists )?(\w+)/g)].map(([, table]) => String(table)),
  );

  it('have one entity each, in the folder that owns them', () => {
    expect(entities.map(({ table }) => table).toSorted()).toEqual([...new Set(created)].toSorted());
  });

  it('are written by the folder that owns them', () => {
    const writes =
      /\b(?:insert\s+into|update|delete\s+from|truncate(?:\s+table)?|merge\s+into)\s+(?:only\s+)?"?(\w+)"?/g;
    expect(foreignUses(product, writes)).toEqual([]);
  });

  it('are read by other stages in *.query.ts only', () => {
    const reads = /\b(?:from|join)\s+(?:only\s+)?"?(\w+)"?(?=[\s)`;])/g;
    const stages = product.filter(({ folder }) =>
      ['inventory', 'roster', 'identity', 'findings', 'alerts', 'dashboards', 'telemetry', 'evidence'].includes(folder),
    );
    expect(
      foreignUses(
        stages.filter(({ path }) => !path.endsWith('.query.ts')),
        reads,
      ),
    ).toEqual([]);
  });

  /** Uses of a table outside its owner's folder, in SQL, which is written in quotes of some kind. */
  function foreignUses(files: readonly SourceFile[], pattern: RegExp): string[] {
    return files.flatMap(({ path, folder, text }) =>
      quoted(text)
        .flatMap((sql) => [...sql.matchAll(pattern)])
        .map(([, table]) => String(table))
        .filter((table) => owners.has(table) && owners.get(table) !== folder)
        .map((table) => `${path} uses ${table}, which belongs to ${owners.get(table)}`),
    );
  }
});

interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly folder: string;
  readonly lines: number;
  readonly raw: string;
  /** Without comments. */
  readonly text: string;
  /** Paths from the project's root where they are relative, names of packages otherwise. */
  readonly imports: readonly string[];
}

function filesBelow(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) === '.ts')
    .map((name) => readSource([folder, ...name.split(sep)].join('/')));
}

function readSource(path: string): SourceFile {
  const raw = readFileSync(join(root, path), 'utf8');
  const text = raw.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
  const specifiers = [...text.matchAll(/(?:^|[\s;}])(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g)].map(([, name]) =>
    String(name),
  );
  return {
    path,
    folder: folderOf(path),
    lines: raw.split('\n').length - 1,
    raw,
    text,
    imports: specifiers.map((name) => (name.startsWith('.') ? resolved(path, name) : name)),
  };
}

function resolved(from: string, specifier: string): string {
  return normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/')
    .replace(/\.js$/, '.ts');
}

/** Of a file in src, its pipeline folder; of a file directly in src, the wiring. */
function folderOf(path: string): string {
  const [top, folder, ...rest] = path.split('/');
  if (top !== 'src') return String(top);
  return rest.length === 0 ? wiring : String(folder);
}

function isAllowed(from: string, to: string): boolean {
  if (from === to) return true;
  if (to === wiring) return mayImportWiring.includes(from);
  if (conductors.includes(to)) return mayConduct[from]?.includes(to) ?? false;
  const allowed = mayImport[from] ?? [];
  return allowed.includes('every folder') || allowed.includes(to);
}

function librariesOf(folder: string): string[] {
  const used = product.filter((file) => file.folder === folder).flatMap(({ imports }) => imports);
  return [...new Set(used.filter((name) => !name.endsWith('.ts')))].toSorted();
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`[^`]*`|'[^'\n]*'|"[^"\n]*"/g)].map(([literal]) => literal);
}

/** The first cycle that is found, as the path along it; empty where there is none. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] => {
    const start = trail.indexOf(file);
    if (start >= 0) return [...trail.slice(start), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
