import { Body, Controller, Delete, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { isUUID, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { Allow, CalledBy, type Caller } from './allow.js';
import { ApiTokens, type ApiToken, tokenStates, type TokenState } from './api-tokens.js';
import { Cursors } from './cursors.js';
import { Alternatives } from './filters.js';
import { IsInstant } from './instant.js';
import { List, type Page, PageQuery, usualLimit } from './page.js';
import { notFound, Problem, Problems, unprocessable } from './problem.js';
import { type Role, roles } from './roles.js';

class TokenItem {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id: string;

  @ApiProperty({ type: String })
  readonly name: string;

  @ApiProperty({ type: String, enum: roles })
  readonly role: Role;

  @ApiProperty({ type: String, enum: tokenStates })
  readonly state: TokenState;

  @ApiProperty({ type: Boolean, description: 'It is the one of HUBWARDEN_ADMIN_TOKEN.' })
  readonly fromEnvironment: boolean;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly createdAt: string;

  @ApiProperty({ type: String, description: 'The name of the token that asked for it, or the command.' })
  readonly createdBy: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it does not expire.' })
  readonly expiresAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute; null: never.' })
  readonly lastUsedAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly revokedAt: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly revokedBy: string | null;
}

class CreatedTokenItem extends TokenItem {
  @ApiProperty({ type: String, description: 'For the Authorization header. Shown here and never again.' })
  readonly token: string;
}

class TokensQuery extends PageQuery {
  @Alternatives(tokenStates, 'Without it, those of every state.')
  readonly state?: readonly TokenState[];
}

class NewTokenBody {
  @ApiProperty({ type: String, minLength: 1, maxLength: 100, description: 'Of nobody else among the unrevoked.' })
  @IsString({ message: 'is not a text' })
  @MaxLength(100, { message: 'is longer than 100 characters' })
  readonly name: string;

  @ApiProperty({ type: String, enum: roles })
  @IsIn(roles, { message: `is not one of ${roles.join(', ')}` })
  readonly role: Role;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'In the future; without it, the token does not expire.',
  })
  @IsOptional()
  @IsInstant()
  readonly expiresAt?: string | null;
}

const columns = [
  'id',
  'name',
  'role',
  'state',
  'fromEnvironment',
  'createdAt',
  'createdBy',
  'expiresAt',
  'lastUsedAt',
  'revokedAt',
  'revokedBy',
] as const;

@ApiTags('API tokens')
@Controller('api/v1/tokens')
export class TokensController {
  private readonly logger = new Logger('Tokens');

  constructor(
    private readonly tokens: ApiTokens,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  @ApiOperation({ operationId: 'listTokens', summary: 'Who may call, newest first; never the tokens themselves' })
  @List(TokenItem, columns)
  async list(@Query() { limit = usualLimit, cursor, state = tokenStates }: TokensQuery): Promise<Page<TokenItem>> {
    const bound = { state: [...state].toSorted() };
    const [createdAt, id] = cursor === undefined ? [] : this.cursors.read('tokens', bound, cursor);
    const after = createdAt === undefined ? null : { createdAt: String(createdAt), id: String(id) };
    const tokens = await this.tokens.list({ states: state, after, limit: limit + 1 });
    const page = tokens.slice(0, limit);
    const last = tokens.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map(itemOf),
      nextCursor: last ? this.cursors.issue('tokens', bound, [last.position.createdAt, last.position.id]) : null,
    };
  }

  @Post()
  @Allow('admin')
  @ApiOperation({ operationId: 'createToken', summary: 'Make a token, which is shown once' })
  @ApiCreatedResponse({ type: CreatedTokenItem, description: 'The token and what is known of it.' })
  @Problems(400, 409, 413, 415, 422)
  async create(@Body() wanted: NewTokenBody, @CalledBy() caller: Caller): Promise<CreatedTokenItem> {
    const expiresAt = wanted.expiresAt ? new Date(wanted.expiresAt) : null;
    const created = await this.tokens.create({ name: wanted.name, role: wanted.role, expiresAt }, caller);
    if (created.outcome === 'refused') throw unprocessable(created.errors);
    if (created.outcome === 'name taken')
      throw new Problem(409, 'Another token that is not revoked has this name; revoke it, or choose another name.');
    const { id, role } = created.stored;
    this.logger.log('Token created', { token: id, role, by: caller.tokenId });
    return { ...itemOf(created.stored), token: created.token };
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('admin')
  @ApiOperation({ operationId: 'revokeToken', summary: 'Revoke a token for ever' })
  @ApiParam({
    name: 'id',
    schema: { type: 'string', format: 'uuid' },
    description: 'The id of a token, as the list has it.',
  })
  @ApiNoContentResponse({ description: 'It is revoked, now or since before.' })
  @Problems(404, 409)
  async revoke(@Param('id') id: string, @CalledBy() caller: Caller): Promise<void> {
    const outcome = isUUID(id) ? await this.tokens.revoke(id, caller) : 'unknown';
    if (outcome === 'unknown') throw notFound('such token');
    if (outcome === 'last admin')
      throw new Problem(409, 'It is the last usable token of an admin; make another one first.');
    this.logger.log('Token revoked', { token: id, by: caller.tokenId });
  }
}

function itemOf({
  id,
  name,
  role,
  state,
  fromEnvironment,
  createdBy,
  revokedBy,
  ...token
}: ApiToken): Pick<TokenItem, keyof TokenItem> {
  return {
    id,
    name,
    role,
    state,
    fromEnvironment,
    createdAt: token.createdAt.toISOString(),
    createdBy,
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
    revokedBy,
  };
}
