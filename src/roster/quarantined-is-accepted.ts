import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';

/** Answers 202 where the result is a quarantine: the file was taken, and somebody has to decide about it. */
export class QuarantinedIsAccepted implements NestInterceptor {
  intercept(context: ExecutionContext, handler: CallHandler<object>): Observable<object> {
    const reply = context.switchToHttp().getResponse<{ status(code: number): unknown }>();
    return handler.handle().pipe(
      tap((result) => {
        if ('quarantine' in result) reply.status(202);
      }),
    );
  }
}
