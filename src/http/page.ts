import { applyDecorators, SetMetadata, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Problems } from './problem.js';

export const usualLimit = 100;
export const mostItems = 1_000;
/** A spreadsheet wants the whole list. */
export const mostLines = 10_000;

/** The query of every list; a list adds its filters in a subclass. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: mostItems,
    default: usualLimit,
    description: `Items of one page; up to ${mostLines} as CSV, where that is the default.`,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @IsInt({ message: 'is not a whole number' })
  @Min(1, { message: 'is less than 1' })
  @Max(mostLines, { message: `is more than ${mostItems} (${mostLines} as CSV)` })
  readonly limit?: number;

  @ApiPropertyOptional({ type: String, description: '`nextCursor` of the page before, with the same filters.' })
  @IsOptional()
  @IsString({ message: 'is not one value' })
  @MaxLength(2_000, { message: 'is no cursor of this API' })
  readonly cursor?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export const listColumnsKey = 'hubwarden:list-columns';

/**
 * A handler that returns a `Page<Item>`: JSON, or CSV where the caller prefers `text/csv`. `columns` are the paths of the CSV
 * in order, such as `subject.name`; lists are joined by `; `, objects are written as JSON.
 */
export function List<Item>(item: Type<Item>, columns: readonly string[]): MethodDecorator {
  return applyDecorators(
    SetMetadata(listColumnsKey, columns),
    ApiExtraModels(item),
    ApiOkResponse({
      description: 'One page.',
      headers: {
        Link: { description: 'Of CSV: where the next page is, as `<…>; rel="next"`.', schema: { type: 'string' } },
      },
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['items', 'nextCursor'],
            properties: {
              items: { type: 'array', items: { $ref: getSchemaPath(item) } },
              nextCursor: { type: 'string', nullable: true },
            },
          },
        },
        'text/csv': { schema: { type: 'string' } },
      },
    }),
    Problems(400, 406, 422),
  );
}
