import { applyDecorators, Controller, Get, Headers, Query, SetMetadata } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { accepted } from '../http/accept.js';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { AlternativeNames, OneName } from '../http/filters.js';
import { listColumnsKey, type Page } from '../http/page.js';
import { Problem, Problems, unprocessable } from '../http/problem.js';
import { AccessAnswer } from './access.js';
import { accessColumns, lineOfEntry, linesOfWhole, type AccessLine } from './access-lines.js';
import { answerAccess, findAccess, nothingEvaluated } from './access.query.js';
import { AsOfQuery } from './as-of.js';
import { pageOfRows } from './pages.js';
import { readingOf } from './view.query.js';

class AccessFilters extends AsOfQuery {
  @OneName('A repository with its organization, `acme/api`.')
  readonly repository?: string;

  @OneName('An employee id: what the accounts of that person may do, in every organization.')
  readonly person?: string;

  @OneName('A username or a Hub user id, in every organization.')
  readonly account?: string;

  @AlternativeNames('Names of organizations; all of them where absent.')
  readonly organization?: readonly string[];
}

function Answers(): MethodDecorator {
  return applyDecorators(
    SetMetadata(listColumnsKey, accessColumns),
    ApiExtraModels(AccessAnswer),
    ApiOkResponse({
      description:
        'One page of accounts, and on each page the tokens and what is not known. As CSV, these stand above the accounts of the ' +
        'first page.',
      headers: {
        Link: { description: 'Of CSV: where the next page is, as `<…>; rel="next"`.', schema: { type: 'string' } },
      },
      content: {
        'application/json': { schema: { $ref: getSchemaPath(AccessAnswer) } },
        'text/csv': { schema: { type: 'string' } },
      },
    }),
    Problems(400, 404, 406, 422),
  );
}

@ApiTags('Access')
@Controller('api/v1/access')
export class AccessController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listAccess',
    summary: 'Who can pull, push to and administer which repository, and by which path',
    description:
      'Of one repository, one person, one account, or several of these together, which have to hold at once; without any, of ' +
      'everything. `complete` is false where something that decides it was not seen or cannot be ranked: then there may be ' +
      'more than is shown.',
  })
  @Answers()
  async list(
    @Query() filters: AccessFilters,
    @Headers('accept') accept: string | undefined,
  ): Promise<AccessAnswer | Page<AccessLine>> {
    const { manager } = this.dataSource;
    const asLines = accepted(accept, ['application/json', 'text/csv']) === 'text/csv';
    const reading = await readingOf(manager, this.cursors, 'access', filters);
    if (reading === null) {
      return asLines
        ? { items: linesOfWhole(nothingEvaluated, null), nextCursor: null }
        : { items: [], ...nothingEvaluated, nextCursor: null };
    }
    const answering = await answerAccess(manager, reading.view, filters);
    if ('sentence' in answering) {
      if (answering.field === null) throw new Problem(404, answering.sentence);
      throw unprocessable([{ field: answering.field, message: answering.sentence }]);
    }
    const { after, limit } = reading;
    const rows = await findAccess(manager, answering, { after, limit: limit + 1 });
    const { items, nextCursor } = pageOfRows(rows, reading, ({ place }) => place);
    const entries = items.map(({ entry }) => entry);
    if (!asLines) return { items: entries, ...answering.whole, nextCursor };
    const above = after === null ? linesOfWhole(answering.whole, filters.repository?.trim().toLowerCase() ?? null) : [];
    return { items: [...above, ...entries.map(lineOfEntry)], nextCursor };
  }
}
