import { applyDecorators, type CanActivate, type ExecutionContext, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problems, unprocessable } from './problem.js';

/** Whoever sends something to a handler that reads nothing believes that it makes a difference. */
class Nothing implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { query, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const fields = [query, body].flatMap((sent) =>
      typeof sent === 'object' && sent !== null ? Object.keys(sent) : [],
    );
    if (fields.length === 0) return true;
    throw unprocessable(
      fields
        .slice(0, 50)
        .map((field) => ({ field: field.slice(0, 200), message: 'is not known; expected nothing here' })),
    );
  }
}

/** A handler without parameters and body, also where a body is usual. */
export function TakesNothing(): MethodDecorator {
  return applyDecorators(UseGuards(Nothing), Problems(400, 413, 415, 422));
}
