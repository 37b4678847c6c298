import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  HttpCode,
  Logger,
  type MessageEvent,
  Param,
  Post,
  Query,
  Req,
  Res,
  Sse,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import type { Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { recordedHash } from '../findings/report.query.js';
import { Allow, AllowReaders, CalledBy, type Caller } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { Alternatives } from '../http/filters.js';
import { IsInstant } from '../http/instant.js';
import { List, type Page, PageQuery, usualLimit } from '../http/page.js';
import { notFound, Problem, Problems } from '../http/problem.js';
import { TakesNothing } from '../http/takes-nothing.js';
import { Evaluation, EvaluationDetail, evaluationDetailOf, evaluationOf } from './evaluation.js';
import { EvaluationEvents } from './evaluation-events.js';
import { EvaluationReport } from './evaluation-report.js';
import {
  type EvaluationPlace,
  findEvaluations,
  type RunCause,
  runCauses,
  type RunState,
  runStates,
} from './evaluations.query.js';
import { KnownEvaluation, knownEvaluation } from './known-evaluation.js';
import { ReportDownloads } from './report-downloads.js';
import { RunQueue } from './run-queue.js';

const path = '/api/v1/evaluations';
const reportType = 'application/json; charset=utf-8';
const evaluationId = {
  name: 'id',
  schema: { type: 'string', format: 'uuid' },
  description: 'The id of an evaluation.',
} as const;
const columns = ['id', 'at', 'startedAt', 'finishedAt', 'state', 'cause', 'requestedBy', 'message'];

class EvaluationsQuery extends PageQuery {
  @Alternatives(runStates, 'Without it, all but those that failed.')
  readonly state?: readonly RunState[];

  @Alternatives(runCauses, 'Who or what asked for it.')
  readonly cause?: readonly RunCause[];

  @ApiPropertyOptional({ type: String, format: 'date-time', description: '`at` is this instant or later.' })
  @IsOptional()
  @IsInstant()
  readonly since?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: '`at` is this instant or earlier.' })
  @IsOptional()
  @IsInstant()
  readonly until?: string;
}

/** As little of the HTTP library as it takes to set a header, and to hear that the caller has hung up. */
interface Reply {
  header(name: string, value: string): unknown;
  readonly raw: { readonly destroyed: boolean; once(event: 'close', listener: () => void): unknown };
}

interface Request {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

@ApiTags('Evaluations')
@Controller('api/v1/evaluations')
export class EvaluationsController {
  private readonly logger = new Logger('Runs');
  private readonly downloads: ReportDownloads;

  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
    private readonly queue: RunQueue,
    private readonly events: EvaluationEvents,
  ) {
    this.downloads = new ReportDownloads(dataSource);
  }

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listEvaluations',
    summary: 'Evaluations, newest first, behind those that wait or run',
  })
  @List(Evaluation, columns)
  async list(@Query() { limit = usualLimit, cursor, ...asked }: EvaluationsQuery): Promise<Page<Evaluation>> {
    const filters = {
      state: asked.state ?? runStates.filter((state) => state !== 'failed'),
      cause: asked.cause ?? null,
      since: asked.since ?? null,
      until: asked.until ?? null,
    };
    const after = cursor === undefined ? null : placeOf(this.cursors.read('evaluations', filters, cursor));
    const rows = await findEvaluations(this.dataSource.manager, filters, after, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(evaluationOf),
      nextCursor: rows.length > items.length && last ? this.cursors.issue('evaluations', filters, last.place) : null,
    };
  }

  @Post()
  @HttpCode(202)
  @Allow('admin', 'operator')
  @ApiOperation({
    operationId: 'startEvaluation',
    summary: 'Start an evaluation',
    description:
      'Follow it where `Location` says, or by server-sent events under `/events`. While another one waits or runs, also one in a ' +
      'terminal, nothing is started, and `Location` of the 409 leads to that one.',
  })
  @ApiAcceptedResponse({
    type: EvaluationDetail,
    description: 'It waits, or is at work.',
    headers: { Location: { description: 'Where to follow it.', schema: { type: 'string' } } },
  })
  @TakesNothing()
  @Problems(409)
  async start(@CalledBy() caller: Caller, @Res({ passthrough: true }) reply: Reply): Promise<EvaluationDetail> {
    const { outcome, id } = await this.queue.request(caller);
    const location = `${path}/${id}`;
    if (outcome === 'in the way') {
      throw new Problem(409, `An evaluation waits or runs already: ${location}.`, { headers: { location } });
    }
    this.logger.log('Run asked for', { run: id, token: caller.tokenId });
    reply.header('location', location);
    return evaluationDetailOf(await knownEvaluation(this.dataSource.manager, id));
  }

  @Get(':id')
  @AllowReaders()
  @ApiOperation({ operationId: 'getEvaluation', summary: 'One evaluation, and how far it is' })
  @ApiParam(evaluationId)
  @ApiOkResponse({ type: EvaluationDetail, description: 'The evaluation.' })
  @Problems(404)
  async get(@Param('id') id: string): Promise<EvaluationDetail> {
    return evaluationDetailOf(await knownEvaluation(this.dataSource.manager, id));
  }

  @Get(':id/report')
  @AllowReaders()
  @ApiOperation({
    operationId: 'getEvaluationReport',
    summary: 'The report of an evaluation: every subject of every check',
    description:
      'What `hubwarden check --format json` prints, byte for byte; `ETag` is its SHA-256 once that is recorded. It is sent as it is ' +
      'read: where the connection breaks off, it is not the whole. A caller who takes nothing for 30 seconds, or does not have ' +
      'all of it within 15 minutes, is hung up on; two are sent at a time, and others wait for up to 30 seconds.',
  })
  @ApiParam(evaluationId)
  @ApiOkResponse({ type: EvaluationReport, description: 'The report.' })
  @Problems(404)
  async report(
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<StreamableFile> {
    const { number } = await knownEvaluation(this.dataSource.manager, id);
    if (number === null) throw notFound('report of this evaluation, because nothing was recorded (yet)');
    const hash = await recordedHash(this.dataSource.manager, number);
    const tag = hash === null ? null : `W/"${hash}"`;
    const isKnown = tag !== null && request.headers['if-none-match'] === tag;
    // The answer to whoever has it already is made of the tag further on.
    const stream = isKnown ? Readable.from([]) : await this.downloads.open(number);
    if (tag !== null) reply.header('ETag', tag);
    // Nobody else does where the caller has gone before the answer began.
    if (reply.raw.destroyed) stream.destroy();
    else reply.raw.once('close', () => stream.destroy());
    return new StreamableFile(stream, { type: reportType });
  }

  @Sse(':id/events')
  @UseGuards(KnownEvaluation)
  @AllowReaders()
  @ApiOperation({
    operationId: 'watchEvaluation',
    summary: 'How an evaluation gets on, as server-sent events',
    description:
      'An event `progress` with each change, then one of `finished` and `failed`, and the end of the stream. The data of each is ' +
      'the evaluation as `GET /evaluations/{id}` has it. A stream that breaks off can be opened anew at any time.',
  })
  @ApiParam(evaluationId)
  @ApiOkResponse({
    description: 'A stream of events.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @Problems(404)
  watch(@Param('id') id: string): Observable<MessageEvent> {
    return this.events.of(id);
  }
}

function placeOf([rank, position, run]: readonly (string | number | null)[]): EvaluationPlace {
  return [Number(rank), String(position), String(run)];
}
