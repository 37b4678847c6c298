import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serverAccount } from '../../src/database/embedded/account.js';
import { systemFolders } from '../../src/database/embedded/place.js';
import { isMistake } from '../../src/database/mistake.js';
import {
  buildProgram,
  DatabaseProcess,
  embeddedPackage,
  processesIn,
  temporaryFolder,
  until,
  type ProcessOptions,
} from '../support/database-process.js';

const isRoot = process.getuid?.() === 0;
const account = serverAccount();
if (isMistake(account)) throw new Error(account.mistake);
/** Ordinary users that every Linux has. */
const alice = { uid: 65534, gid: 65534 };
const bob = { uid: 1, gid: 1 };

let folder: string;
let program: string;
const processes: DatabaseProcess[] = [];
const start = (options: ProcessOptions, from = program): DatabaseProcess => {
  const started = DatabaseProcess.start(from, options);
  processes.push(started);
  return started;
};
const addAcme = async (process: DatabaseProcess): Promise<void> => {
  await process.query(`insert into organization (name) values ('acme')`);
};
const names = (process: DatabaseProcess): Promise<unknown> => process.query('select name from organization');
const ownersIn = (path: string): number[] => [
  ...new Set(readdirSync(path).map((name) => statSync(join(path, name)).uid)),
];

beforeAll(() => {
  folder = temporaryFolder();
  program = join(folder, 'program');
  buildProgram(program, { ownPackages: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.kill()));
  await until(() => processesIn(folder).length === 0, 'no process is left');
});

describe.skipIf(!isRoot)('root, in a home that nobody else may enter (needs root)', () => {
  let home: string;
  let folders: string[];
  let n = 0;
  beforeEach(() => {
    home = join(folder, `home${++n}`);
    mkdirSync(home, { mode: 0o700 });
    folders = [join(folder, `system${n}/hubwarden`), join(folder, `tmp${n}/hubwarden`)];
  });
  const project = (): string => {
    const path = join(home, 'project');
    spawnSync('cp', ['-a', program, path]);
    return path;
  };

  it('keeps the database and a copy of the programs outside, says so in one line, and finds them again', async () => {
    const path = project();
    const dataDir = join(path, '.hubwarden');
    const first = start({ dataDir, folders }, path);
    const { lines, mistake } = await first.opened;
    expect(mistake).toBeUndefined();
    expect(lines).toHaveLength(1);
    const root = /The database lies in (\S+):/.exec(lines?.[0] ?? '')?.[1] ?? '';
    expect(root).toMatch(new RegExp(`^${folders[0]}/[0-9a-f]{32}$`));
    expect(lines?.[0]).toContain(dataDir);
    expect(statSync(root)).toMatchObject({ uid: account?.uid });
    expect((statSync(root).mode & 0o777).toString(8)).toBe('700');
    expect(readdirSync(dataDir)).toEqual([]);
    await first.query('create table kept ()');
    await first.close();
    expect(readdirSync(folders[0] ?? '').sort()).toEqual([
      root.split('/').at(-1),
      expect.stringMatching(/^postgresql-18/),
    ]);

    const second = start({ dataDir, folders }, path);
    expect(await second.opened).toMatchObject({ lines });
    expect(await second.query('select count(*)::int as n from kept')).toEqual([{ n: 0 }]);

    const other = start({ dataDir: join(path, '.hubwarden-demo'), folders }, path);
    expect(await other.opened).toMatchObject({ lines: [expect.not.stringContaining(root)] });
    expect(await other.query(`select to_regclass('kept') as there`)).toEqual([{ there: null }]);
    await Promise.all([second.close(), other.close()]);
  });

  it.each([
    ['cannot be made', (path: string) => writeFileSync(join(path, '..'), '')],
    [
      'could have been filled by somebody else',
      (path: string) => {
        mkdirSync(path, { recursive: true });
        chmodSync(path, 0o777);
      },
    ],
  ])('uses the next folder when the first %s', async (_, spoil) => {
    spoil(folders[0] ?? '');
    const first = start({ dataDir: join(home, 'data'), folders });
    expect(await first.opened).toMatchObject({ lines: [expect.stringContaining(folders[1] ?? '-')] });
    await first.close();
    expect(existsSync(join(folders[0] ?? '', 'cluster'))).toBe(false);
  });

  it('refuses when no folder is left', async () => {
    for (const each of folders) writeFileSync(join(each, '..'), '');
    const { mistake } = await start({ dataDir: join(home, 'data'), folders }).opened;
    expect(mistake).toMatch(/may not enter .*HUBWARDEN_DATA_DIR/);
  });

  it('does not look for another database when the way to the first has been closed', async () => {
    chmodSync(home, 0o755);
    const dataDir = join(home, 'data');
    const first = start({ dataDir, folders });
    expect(await first.opened).toMatchObject({ lines: [], port: expect.any(Number) });
    await first.close();
    chmodSync(home, 0o700);
    const { mistake } = await start({ dataDir, folders }).opened;
    expect(mistake).toMatch(/may no longer enter/);
  });

  it('keeps using the outside database after the way to the data directory was opened', async () => {
    const dataDir = join(home, 'data');
    const first = start({ dataDir, folders });
    await first.opened;
    await first.query('create table kept ()');
    await first.close();
    chmodSync(home, 0o755);
    chmodSync(dataDir, 0o755);
    const second = start({ dataDir, folders });
    expect(await second.opened).toMatchObject({ lines: [expect.stringContaining(folders[0] ?? '-')] });
    expect(await second.query('select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
    await second.close();
  });

  it('has its own folders in the system', () => {
    expect(systemFolders()[0]).toBe('/var/lib/hubwarden');
  });
});

describe.skipIf(!isRoot)('an ordinary user (needs root to become one)', () => {
  it('runs the server itself, in its own folder; root runs it as that user, and others are told', async () => {
    const dataDir = join(folder, 'of-alice/data');
    mkdirSync(join(folder, 'of-alice'));
    chownSync(join(folder, 'of-alice'), alice.uid, alice.gid);
    const first = start({ dataDir, ...alice });
    expect(await first.opened).toMatchObject({ lines: [], port: expect.any(Number) });
    await addAcme(first);
    const byRoot = start({ dataDir });
    expect(await byRoot.opened).toMatchObject({ port: (await first.opened).port });
    await Promise.all([first.close(), byRoot.close()]);

    const rootAlone = start({ dataDir });
    expect(await rootAlone.opened).toMatchObject({ lines: [] });
    expect(await names(rootAlone)).toEqual([{ name: 'acme' }]);
    await rootAlone.close();
    // Nothing that root made stands in the user's way afterwards.
    expect(ownersIn(join(dataDir, 'postgres'))).toEqual([alice.uid]);
    const again = start({ dataDir, ...alice });
    expect(await again.opened).toMatchObject({ lines: [], port: expect.any(Number) });
    expect(await names(again)).toEqual([{ name: 'acme' }]);
    await again.close();

    expect((await start({ dataDir, ...bob }).opened).mistake).toContain(dataDir);
    chmodSync(dataDir, 0o755);
    expect((await start({ dataDir, ...bob }).opened).mistake).toMatch(/belongs to user "nobody"/);
  });

  it('is told when the folder is not its to write', async () => {
    const dataDir = join(folder, 'of-root');
    mkdirSync(dataDir);
    const { mistake } = await start({ dataDir, ...alice }).opened;
    expect(mistake).toMatch(/EACCES.*of-root/);
  });
});

describe('an installation whose install scripts were not allowed to run', () => {
  let library: string;
  let bare: string;
  beforeAll(() => {
    bare = join(folder, 'bare');
    spawnSync('cp', ['-a', program, bare]);
    library = join(bare, 'node_modules', embeddedPackage, 'native/lib');
  });
  const takeLinksAway = (): void => {
    for (const name of readdirSync(library)) {
      if (lstatSync(join(library, name)).isSymbolicLink()) rmSync(join(library, name));
    }
  };

  it('gets the links of the libraries where they belong', async () => {
    takeLinksAway();
    const first = start({ dataDir: join(folder, 'links') }, bare);
    expect(await first.opened).toMatchObject({ port: expect.any(Number) });
    expect(readdirSync(library).some((name) => lstatSync(join(library, name)).isSymbolicLink())).toBe(true);
    await first.close();
  });

  it('gets a copy of the programs in the data directory when that folder cannot be written', async () => {
    takeLinksAway();
    chmodSync(library, 0o555);
    const owner = join(folder, 'copying');
    mkdirSync(owner);
    const ordinary = isRoot ? alice : {};
    if (isRoot) chownSync(owner, alice.uid, alice.gid);
    const first = start({ dataDir: join(owner, 'data'), ...ordinary }, bare);
    expect(await first.opened).toMatchObject({ port: expect.any(Number), lines: [] });
    await first.close();
    expect(readdirSync(join(owner, 'data')).sort()).toEqual(['postgres', expect.stringMatching(/^postgresql-18/)]);
    const second = start({ dataDir: join(owner, 'data'), ...ordinary }, bare);
    expect(await second.opened).toMatchObject({ port: expect.any(Number), lines: [] });
    await second.close();
    chmodSync(library, 0o755);
  });
});
