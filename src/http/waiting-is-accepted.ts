import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import { WaitsForAnother } from './waits-for-another.js';

/** Answers 202 where only the first of two people has spoken, so that nothing is decided yet. */
export class WaitingIsAccepted implements NestInterceptor {
  intercept(context: ExecutionContext, handler: CallHandler<object>): Observable<object> {
    const reply = context.switchToHttp().getResponse<{ status(code: number): unknown }>();
    return handler.handle().pipe(
      tap((result) => {
        if (result instanceof WaitsForAnother) reply.status(202);
      }),
    );
  }
}
