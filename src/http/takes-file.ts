import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { Problems } from './problem.js';
import { routeFacts } from './route-facts.js';

/** The types that a file may have. What it really is, the handler has to find out. */
export const fileTypes = ['text/csv', 'application/json', 'application/octet-stream'] as const;

/** A handler whose body is a file: `@Body() file: Buffer | undefined`, the bytes as they came; undefined where none came. */
export function TakesFile(mostBytes: number, description: string): MethodDecorator {
  return applyDecorators(
    routeFacts({ mostBytes }),
    ApiConsumes(...fileTypes),
    ApiBody({
      required: true,
      description: `${description} At most ${mostBytes / 1024 ** 2} MiB.`,
      schema: { type: 'string', format: 'binary' },
    }),
    Problems(413, 415),
  );
}
