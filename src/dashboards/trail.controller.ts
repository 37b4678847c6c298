import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { AlternativeNames } from '../http/filters.js';
import { IsInstant } from '../http/instant.js';
import { List, type Page, PageQuery, usualLimit } from '../http/page.js';
import type { TrailEntry } from '../trail/hash-entry.js';
import { findEntries } from './trail.query.js';

class TrailFilters extends PageQuery {
  @AlternativeNames('Names of API tokens, `terminal: ` and a user, `configuration`, `hubwarden`.')
  readonly actor?: readonly string[];

  @AlternativeNames('Such as `exception.approved`.')
  readonly action?: readonly string[];

  @AlternativeNames('Such as `exception/12`.')
  readonly subject?: readonly string[];

  @ApiPropertyOptional({ type: String, format: 'date-time', description: '`at` is this instant or later.' })
  @IsOptional()
  @IsInstant()
  readonly since?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: '`at` is this instant or earlier.' })
  @IsOptional()
  @IsInstant()
  readonly until?: string;
}

class TrailItem implements TrailEntry {
  @ApiProperty({ type: String, description: 'From 1, without gaps.' })
  readonly number: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly at: string;

  @ApiProperty({
    type: String,
    description: 'The name of an API token, `terminal: ` and a user, `configuration` or `hubwarden`.',
  })
  readonly actor: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The id of the API token; null: it was none.',
  })
  readonly actorToken: string | null;

  @ApiProperty({ type: String, description: 'What was done, such as `exception.approved`.' })
  readonly action: string;

  @ApiProperty({ type: String, description: 'To what, such as `exception/12`.' })
  readonly subject: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'What was there, as far as it changed.',
  })
  readonly before: unknown;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  readonly after: unknown;

  @ApiProperty({ type: String, nullable: true, description: 'In the words of whoever did it.' })
  readonly reason: string | null;

  @ApiProperty({ type: String, description: 'The `hash` of the entry before; 64 zeros of the first.' })
  readonly previousHash: string;

  @ApiProperty({
    type: String,
    description:
      'SHA-256, in hex, of this entry without `hash`, as JSON without spaces and with the keys of objects in order.',
  })
  readonly hash: string;
}

const columns = [
  'number',
  'at',
  'actor',
  'actorToken',
  'action',
  'subject',
  'before',
  'after',
  'reason',
  'previousHash',
  'hash',
];

@ApiTags('Trail')
@Controller('api/v1/trail')
export class TrailController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listTrail',
    summary: 'Every change that was made: who, what, before, after, why; newest first',
    description:
      'Nothing of it is ever changed or removed; `hubwarden trail verify` finds where somebody did all the same.',
  })
  @List(TrailItem, columns)
  async list(@Query() { limit = usualLimit, cursor, ...filters }: TrailFilters): Promise<Page<TrailItem>> {
    const after = cursor === undefined ? null : String(this.cursors.read('trail', filters, cursor)[0]);
    const rows = await findEntries(this.dataSource.manager, filters, after, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor: rows.length > limit && last ? this.cursors.issue('trail', filters, [last.number]) : null,
    };
  }
}
