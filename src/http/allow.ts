import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Problems } from './problem.js';
import { type Role, roles } from './roles.js';
import { routeFacts } from './route-facts.js';

/** Where the guard finds who may call a route. A route without it is closed to everybody. */
export const allowedKey = 'hubwarden:allowed';

/** Whoever called, as the guard found them. */
export interface Caller {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
}

/** The roles that may call the route. */
export function Allow(...allowed: readonly Role[]): MethodDecorator {
  return applyDecorators(
    SetMetadata(allowedKey, allowed),
    routeFacts({ allowed }),
    ApiBearerAuth(),
    Problems(401, 403, 429, 503),
  );
}

/** Every role may call it: the route reads. */
export function AllowReaders(): MethodDecorator {
  return Allow(...roles);
}

/** Nobody needs a token: the route says nothing about a company. */
export function AllowAnyone(): MethodDecorator {
  return applyDecorators(SetMetadata(allowedKey, 'anyone'), routeFacts({ allowed: 'anyone' }));
}

/** A request once the guard has let it in. */
export interface CalledRequest {
  caller?: Caller;
}

/** The caller of this request, as an argument of a handler. */
export const CalledBy = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CalledRequest>();
  if (caller === undefined) throw new Error('A route that asks for its caller has to be closed to strangers.');
  return caller;
});
