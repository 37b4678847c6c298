import { applyDecorators, HttpException } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';

export class FieldProblem {
  @ApiProperty({
    type: String,
    description: 'The parameter or the path in the body, such as `limit` or `rows.0.name`.',
  })
  readonly field: string;

  @ApiProperty({ type: String, description: 'What is wrong with it, and what is expected.' })
  readonly message: string;
}

/** RFC 9457. */
export class ProblemDetails {
  @ApiProperty({ type: String, description: 'What kind of problem it is; `about:blank`: the status says all.' })
  readonly type: string;

  @ApiProperty({ type: String })
  readonly title: string;

  @ApiProperty({ type: Number })
  readonly status: number;

  @ApiProperty({ type: String, description: 'What is wrong and what to do, in a sentence.' })
  readonly detail: string;

  @ApiProperty({ type: String, description: 'The request, as the log of the service names it.' })
  readonly instance: string;

  @ApiPropertyOptional({ type: [FieldProblem], description: 'Each thing that is wrong with the request.' })
  readonly errors?: readonly FieldProblem[];
}

/** An answer that is not what the caller hoped for, and no fault of ours. */
export class Problem extends HttpException {
  constructor(
    status: number,
    readonly detail: string,
    readonly more: {
      readonly errors?: readonly FieldProblem[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail, status);
  }
}

export function notFound(what: string): Problem {
  return new Problem(404, `There is no ${what}.`);
}

/** The request is well formed and asks for something that cannot be. */
export function unprocessable(errors: readonly FieldProblem[]): Problem {
  return new Problem(422, errors.map(({ field, message }) => `${field} ${message}`).join('; '), { errors });
}

const meanings: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood.',
  401: 'No token, or none that is valid.',
  403: 'The role of the token does not allow it.',
  404: 'There is no such thing.',
  406: 'The answer cannot have a type that is accepted.',
  409: 'Something else is in the way.',
  413: 'The body is too large.',
  415: 'The body has a type that is not understood.',
  422: 'Something in the request cannot be; `errors` names each field.',
  429: 'Too many failed attempts from this address.',
  503: 'The database cannot be reached.',
};

/** Describes the problem documents that a route can answer with, besides those that `Allow` describes. */
export function Problems(...statuses: readonly number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: meanings[status] ?? 'A problem.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
      }),
    ),
  );
}
