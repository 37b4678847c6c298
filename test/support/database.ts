import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { inject } from 'vitest';
import { dataSourceFor, type Entities } from '../../src/database/data-source.js';

/** A database of its own for one spec file (or one test): migrated, empty, on a real PostgreSQL server. */
export interface TestDatabase {
  readonly dataSource: DataSource;
  readonly url: string;
  /** Closes `dataSource` and removes the database, whoever else is connected to it. */
  drop(): Promise<void>;
}

export async function testDatabase(entities: Entities = []): Promise<TestDatabase> {
  const name = `hubwarden_test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${inject('templateDatabase')} strategy file_copy`);
  return open(name, entities);
}

/** The same without tables, for specs about migrations. */
export async function emptyTestDatabase(entities: Entities = []): Promise<TestDatabase> {
  const name = `hubwarden_test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template template0 encoding 'UTF8' locale 'C'`);
  return open(name, entities);
}

/** A second one with the same content. Nobody may be connected to the first. */
export async function copyOfDatabase(url: string, entities: Entities = []): Promise<TestDatabase> {
  const name = `hubwarden_test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${new URL(url).pathname.slice(1)} strategy file_copy`);
  return open(name, entities);
}

async function open(name: string, entities: Entities): Promise<TestDatabase> {
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  const drop = (): Promise<void> => administer(`drop database if exists ${name} with (force)`);
  try {
    const dataSource = await dataSourceFor(url.href, entities).initialize();
    return {
      dataSource,
      url: url.href,
      drop: async () => {
        if (dataSource.isInitialized) await dataSource.destroy();
        await drop();
      },
    };
  } catch (error) {
    await drop();
    throw error;
  }
}

/** One statement on the server of this run, outside of any test's database. */
export async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
