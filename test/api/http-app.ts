import { Body, Controller, Get, Logger, type LoggerService, Module, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { Allow, AllowAnyone, AllowReaders, CalledBy, type Caller } from '../../src/http/allow.js';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { createServer, type ServerOptions } from '../../src/http/create-server.js';
import type { DataSource } from 'typeorm';
import { Cursors } from '../../src/http/cursors.js';
import type { FailedAttempts } from '../../src/http/failed-attempts.js';
import { HttpModule } from '../../src/http/http.module.js';
import { List, type Page, PageQuery, usualLimit } from '../../src/http/page.js';
import { Problems } from '../../src/http/problem.js';
import type { Role } from '../../src/http/roles.js';
import { TakesFile } from '../../src/http/takes-file.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

class Ship {
  @ApiProperty({ type: Number })
  readonly id: number;

  @ApiProperty({ type: String, nullable: true })
  readonly name: string | null;

  @ApiProperty({ type: [String] })
  readonly flags: readonly string[];
}

class ShipsQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, enum: ['sail', 'steam'] })
  @IsOptional()
  @IsIn(['sail', 'steam'], { message: 'is not one of sail, steam' })
  readonly kind?: string;
}

class Mast {
  @ApiProperty({ type: Number })
  @IsInt({ message: 'is not a whole number' })
  @Min(1, { message: 'is less than 1' })
  @Max(90, { message: 'is more than 90' })
  readonly height: number;
}

class NewShip {
  @ApiProperty({ type: String })
  @IsString()
  readonly name: string;

  @ApiPropertyOptional({ type: [Mast] })
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Mast)
  readonly masts?: readonly Mast[];
}

class Echo {
  @ApiProperty({ type: String })
  readonly said: string;
}

export const mostFile = 2 * 1024 * 1024;
export const names: (string | null)[] = ['Argo', '=HYPERLINK("http://evil")', null, 'Zoë, "the" 日本\nfar', '@Beagle'];

@ApiTags('Ships')
@Controller('api/v1/ships')
class ShipsController {
  constructor(private readonly cursors: Cursors) {}

  @Get()
  @AllowReaders()
  @ApiOperation({ operationId: 'listShips', summary: 'Ships' })
  @List(Ship, ['id', 'name', 'flags', 'unknown.path'])
  list(@Query() { limit = usualLimit, cursor, kind }: ShipsQuery): Page<Ship> {
    const [start = 0] = cursor === undefined ? [] : this.cursors.read('ships', { kind }, cursor).map(Number);
    const items = names.map((name, id) => ({ id, name, flags: ['red', `=${limit}`] })).slice(start, start + limit);
    const next = start + limit;
    return { items, nextCursor: next < names.length ? this.cursors.issue('ships', { kind }, [next]) : null };
  }

  @Post()
  @Allow('admin', 'operator')
  @ApiOperation({ operationId: 'buildShip', summary: 'Build one' })
  @ApiOkResponse({ type: Echo })
  @Problems(400, 413, 415, 422)
  build(@Body() ship: NewShip, @CalledBy() caller: Caller): Echo {
    return { said: `${ship.name} for ${caller.name}, ${ship instanceof NewShip}` };
  }

  @Post('plans')
  @Allow('operator')
  @TakesFile(mostFile, 'The plan.')
  @ApiOperation({ operationId: 'importPlan', summary: 'Import a plan' })
  @ApiOkResponse({ type: Echo })
  plan(@Body() file: Buffer | undefined): Echo {
    return { said: Buffer.isBuffer(file) ? `${file.length} bytes` : typeof file };
  }

  @Get('open')
  @AllowAnyone()
  @ApiOperation({ operationId: 'open', summary: 'For anybody' })
  @ApiOkResponse({ type: Echo })
  open(): Echo {
    return { said: 'hello' };
  }

  @Get('forgotten')
  @ApiOperation({ operationId: 'forgotten', summary: 'Nobody said who may' })
  @ApiOkResponse({ type: Echo })
  forgotten(): Echo {
    return { said: 'secret' };
  }

  @Get('broken')
  @AllowReaders()
  @ApiOperation({ operationId: 'broken', summary: 'Breaks' })
  @ApiOkResponse({ type: Echo })
  broken(): Echo {
    throw Object.assign(new Error('select hash from api_token'), { parameters: ['hw_secret'] });
  }

  @Get('slow/:milliseconds')
  @AllowAnyone()
  @ApiOperation({ operationId: 'slow', summary: 'Takes its time' })
  @ApiOkResponse({ type: Echo })
  async slow(@Param('milliseconds') milliseconds: string): Promise<Echo> {
    await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
    return { said: 'at last' };
  }
}

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly tokens: ApiTokens;
  /** A token of each role. */
  readonly as: Readonly<Record<Role, { readonly authorization: string }>>;
  /** What was logged, one line an entry. */
  readonly logged: string[];
  close(): Promise<void>;
}

export async function testApp(
  options: Partial<ServerOptions> & { readonly attempts?: FailedAttempts; readonly dataSource?: DataSource } = {},
): Promise<TestApp> {
  const database = await testDatabase();
  const { attempts, dataSource = database.dataSource, ...server } = options;
  const logged: string[] = [];
  const note = (...words: unknown[]): void => void logged.push(words.map((word) => JSON.stringify(word)).join(' '));
  const logger: LoggerService = { log: note, warn: note, error: note, debug: note };

  @Module({
    imports: [HttpModule.on({ dataSource, encryptionKey: Buffer.alloc(32, 7), attempts })],
    controllers: [ShipsController],
  })
  class TestModule {}

  const app = await createServer(TestModule, {
    corsOrigins: () => [],
    trustedProxies: [],
    logger,
    version: '1.2.3',
    ...server,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const tokens = app.get(ApiTokens);
  const tokenOf = async (role: Role): Promise<{ readonly authorization: string }> => {
    const made = await tokens.create({ name: `the ${role}`, role, expiresAt: null }, 'a test');
    if (made.outcome !== 'created') throw new Error(made.outcome);
    return { authorization: `Bearer ${made.token}` };
  };
  const as = {
    admin: await tokenOf('admin'),
    operator: await tokenOf('operator'),
    auditor: await tokenOf('auditor'),
    reviewer: await tokenOf('reviewer'),
  };
  return {
    app,
    database,
    tokens,
    as,
    logged,
    close: async () => {
      await app.close();
      await database.drop();
      Logger.overrideLogger(['error', 'warn']);
    },
  };
}
