import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import type { Environment } from '../config/environment.js';
import { type OpenDatabase, openDatabase } from '../database/open-database.js';
import { type Mistake, isMistake } from '../database/mistake.js';
import { entities } from '../entities.js';

/** Opens the database, puts every step of the product on it for as long as the work takes, and closes both. */
export async function withApplication<T>(
  environment: Pick<Environment, 'databaseUrl' | 'dataDir'>,
  report: (line: string) => void,
  work: (application: INestApplicationContext, database: OpenDatabase) => Promise<T>,
): Promise<T | Mistake> {
  const database = await openDatabase(environment, entities, report);
  if (isMistake(database)) return database;
  try {
    const application = await NestFactory.createApplicationContext(AppModule.on(database.dataSource), {
      logger: false,
      abortOnError: false,
    });
    try {
      return await work(application, database);
    } finally {
      await application.close();
    }
  } finally {
    await database.close();
  }
}
