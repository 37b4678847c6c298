import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { AccessGuard } from './access-guard.js';
import { ApiTokens } from './api-tokens.js';
import { Cursors } from './cursors.js';
import { Doorkeeper } from './doorkeeper.js';
import { FailedAttempts } from './failed-attempts.js';
import { ListFormat } from './list-format.js';
import { ProblemFilter } from './problem-filter.js';
import { TokensController } from './tokens.controller.js';
import { validation } from './validation.js';

export interface HttpOptions {
  readonly dataSource: DataSource;
  /** 32 bytes; processes that have the same read each other's cursors. */
  readonly encryptionKey: Buffer;
  readonly attempts?: FailedAttempts;
  /** False: the tokens have no routes here. */
  readonly managesTokens?: boolean;
}

/** What holds for every route of the application, and the routes of the API tokens. */
@Module({})
export class HttpModule {
  static on({
    dataSource,
    encryptionKey,
    attempts = new FailedAttempts(),
    managesTokens = true,
  }: HttpOptions): DynamicModule {
    const tokens = new ApiTokens(dataSource);
    return {
      module: HttpModule,
      global: true,
      controllers: managesTokens ? [TokensController] : [],
      providers: [
        { provide: ApiTokens, useValue: tokens },
        { provide: Cursors, useValue: new Cursors(encryptionKey) },
        { provide: Doorkeeper, useValue: new Doorkeeper(tokens, attempts) },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: validation },
        { provide: APP_INTERCEPTOR, useClass: ListFormat },
      ],
      exports: [ApiTokens, Cursors, Doorkeeper],
    };
  }
}
