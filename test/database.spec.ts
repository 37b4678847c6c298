import { readdirSync } from 'node:fs';
import { EntitySchema, type DataSource, type EntitySchemaColumnOptions } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { migrations } from '../migrations/all.js';
import { migrate } from '../src/database/migrate.js';
import { openDatabase, type OpenDatabase } from '../src/database/open-database.js';
import { entities } from '../src/entities.js';
import { emptyTestDatabase, testDatabase, type TestDatabase } from './support/database.js';

const names = migrations.map((each) => each.name);

let database: TestDatabase;
afterEach(() => database?.drop());

/**
 * What TypeORM would change to make the tables fit the entities. Indexes, foreign keys and checks are left out: they are
 * hand-written in the migrations, the entities have no words for most of them, and TypeORM would drop every one.
 */
async function drift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries
    .map(({ query }) => query)
    .filter((query) => !/^(DROP INDEX|ALTER TABLE \S+ DROP CONSTRAINT) /.test(query));
}

async function tables(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(
    `select table_name as name from information_schema.tables
      where table_schema = current_schema() and table_name <> 'migration' order by table_name collate "C"`,
  );
  return rows.map((row) => row.name);
}

describe('the entities', () => {
  it('have the tables, columns and types of the migrations', async () => {
    database = await testDatabase(entities);
    expect(await drift(database.dataSource)).toEqual([]);
    const mapped = database.dataSource.entityMetadatas.map((each) => each.tableName);
    expect([...new Set(mapped)].sort()).toEqual(await tables(database.dataSource));
  });

  const id = { type: 'int', primary: true } as const;
  const name = { type: 'text' } as const;
  const cases: [string, Record<string, EntitySchemaColumnOptions>, number][] = [
    ['no difference', { id, name }, 0],
    ['a column that no migration made', { id, name, city: name }, 1],
    ['a column too few', { id }, 1],
    ['another type', { id, name: { type: 'int' } }, 2],
    ['a nullable column that is not', { id, name: { ...name, nullable: true } }, 1],
  ];
  it.each(cases)('are compared with the tables: %s', async (_, columns, statements) => {
    database = await emptyTestDatabase([new EntitySchema({ name: 'place', columns })]);
    await database.dataSource.query('create table place (id int primary key, name text not null)');
    await database.dataSource.query('create index by_name on place (name)');
    expect(await drift(database.dataSource)).toHaveLength(statements);
  });
});

describe('the migrations', () => {
  it('are listed as their files are, oldest first', () => {
    const files = readdirSync(new URL('../migrations', import.meta.url)).filter((file) => /^\d+-.*\.ts$/.test(file));
    expect(names.map((name) => /\d+$/.exec(name)?.[0])).toEqual(files.sort().map((file) => file.split('-')[0]));
  });

  it('can be taken back one by one, and applied again', async () => {
    database = await emptyTestDatabase();
    const { dataSource } = database;
    expect(await migrate(dataSource)).toEqual(names);
    const complete = await tables(dataSource);
    await dataSource.undoLastMigration();
    expect(await migrate(dataSource)).toEqual(names.slice(-1));
    expect(await tables(dataSource)).toEqual(complete);
    for (const _ of names) await dataSource.undoLastMigration();
    expect(await tables(dataSource)).toEqual([]);
    expect(await migrate(dataSource)).toEqual(names);
    expect(await tables(dataSource)).toEqual(complete);
  });

  it('run once when two processes start on an empty database', async () => {
    database = await emptyTestDatabase();
    const open = (): ReturnType<typeof openDatabase> =>
      openDatabase({ databaseUrl: database.url, dataDir: '/nowhere' }, [], () => undefined);
    const opened = await Promise.all([open(), open(), open()]);
    const good = opened.filter((each): each is OpenDatabase => !('mistake' in each));
    await Promise.all(good.map((each) => each.close()));
    expect(good.map((each) => each.migrated.length).sort((a, b) => a - b)).toEqual([0, 0, names.length]);
    expect(await database.dataSource.query('select name from migration order by id')).toEqual(
      names.map((name) => ({ name })),
    );
  });

  it('leave a database alone that a newer program has migrated', async () => {
    database = await emptyTestDatabase();
    const { dataSource } = database;
    await migrate(dataSource);
    await dataSource.undoLastMigration();
    await dataSource.query(`insert into migration (timestamp, name) values (1, 'Console20300101000000')`);
    const before = await tables(dataSource);
    expect(await migrate(dataSource)).toEqual({
      mistake: expect.stringMatching(/newer Hubwarden .*Console20300101000000.*another database/),
    });
    expect(await tables(dataSource)).toEqual(before);
  });

  it('leave the settings of the connection as they were', async () => {
    database = await testDatabase();
    await migrate(database.dataSource);
    for (let n = 0; n < 5; n++) {
      expect(await database.dataSource.query('show lock_timeout')).toEqual([{ lock_timeout: '0' }]);
    }
  });
});
