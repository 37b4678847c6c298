import { Readable } from 'node:stream';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { accepted } from './accept.js';
import { csvLines } from './csv.js';
import { listColumnsKey, mostItems, mostLines, type Page } from './page.js';
import { Problem, unprocessable } from './problem.js';

type ListRequest = FastifyRequest<{ Querystring: Record<string, unknown> }>;

/** Answers with a list as JSON or CSV, whichever is asked for, with the page sizes that belong to it. */
@Injectable()
export class ListFormat implements NestInterceptor<Page<object>, unknown> {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler<Page<object>>): Observable<unknown> {
    const columns = this.reflector.get<readonly string[] | undefined>(listColumnsKey, context.getHandler());
    if (columns === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<ListRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    // JSON first: whoever takes anything gets what the API speaks otherwise.
    const type = accepted(request.headers.accept, ['application/json', 'text/csv']);
    if (type === null) throw new Problem(406, 'A list is application/json or text/csv; none of them is accepted.');
    const vary = reply.getHeader('Vary');
    reply.header('Vary', vary === undefined ? 'Accept' : `${String(vary)}, Accept`);
    // Before the query is validated, so that every handler sees the limit that holds.
    if (type === 'text/csv') request.query['limit'] ??= String(mostLines);
    else if (/^\d{1,9}$/.test(String(request.query['limit'])) && Number(request.query['limit']) > mostItems)
      throw unprocessable([
        { field: 'limit', message: `is more than ${mostItems}, which only \`Accept: text/csv\` may ask for` },
      ]);
    if (type === 'application/json') return next.handle();
    return next.handle().pipe(map((page) => answer(page, columns, request, reply)));
  }
}

function answer(
  { items, nextCursor }: Page<object>,
  columns: readonly string[],
  request: ListRequest,
  reply: FastifyReply,
): StreamableFile {
  const [path = ''] = request.url.split('?');
  if (nextCursor !== null) {
    const query = new URLSearchParams(
      Object.entries(request.query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    query.set('cursor', nextCursor);
    reply.header('Link', `<${path}?${query.toString()}>; rel="next"`);
  }
  const rows = [[...columns], ...items.map((item) => columns.map((column) => cell(item, column)))];
  return new StreamableFile(Readable.from(csvLines(rows)), {
    type: 'text/csv; charset=utf-8; header=present',
    disposition: `attachment; filename="${
      path
        .split('/')
        .at(-1)
        ?.replaceAll(/[^\w-]/g, '') ?? 'list'
    }.csv"`,
  });
}

/** What stands at a path such as `subject.name`, as text. */
export function cell(item: object, path: string): string {
  let value: unknown = item;
  for (const key of path.split('.'))
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : null;
  return Array.isArray(value) ? value.map(text).join('; ') : text(value);
}

function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
