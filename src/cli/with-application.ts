import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import type { Environment } from '../config/environment.js';
import { type OpenDatabase, openDatabase } from '../database/open-database.js';
import { type Mistake, isMistake } from '../database/mistake.js';
import { entities } from '../entities.js';

/** Opens the database, puts every step of the product on it for as long as the work takes, and closes both. One that is open stays so. `stop` ends queries that last. */
export async function withApplication<T>(
  place: Pick<Environment, 'databaseUrl' | 'dataDir'> | OpenDatabase,
  report: (line: string) => void,
  work: (application: INestApplicationContext, database: OpenDatabase) => Promise<T>,
  stop: AbortSignal,
): Promise<T | Mistake> {
  if ('dataSource' in place) return onOpen(place, work);
  const database = await openDatabase(place, entities, report, { stop });
  if (isMistake(database)) return database;
  try {
    return await onOpen(database, work);
  } finally {
    await database.close();
  }
}

async function onOpen<T>(
  database: OpenDatabase,
  work: (application: INestApplicationContext, database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const application = await NestFactory.createApplicationContext(AppModule.on(database.dataSource), {
    logger: false,
    abortOnError: false,
  });
  try {
    return await work(application, database);
  } finally {
    await application.close();
  }
}
