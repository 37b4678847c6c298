import { Body, Controller, Headers, HttpCode, Logger, Post, Query, UseInterceptors } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { ConfigurationInForce } from '../config/configuration-in-force.js';
import type { RosterConfig } from '../config/configuration.js';
import { rosterFormats } from '../config/roster-formats.js';
import { withAdvisoryLock } from '../database/advisory-lock.js';
import { runLock } from '../database/run-lock.js';
import { Allow, CalledBy, type Caller } from '../http/allow.js';
import { IsInstant } from '../http/instant.js';
import { type FieldProblem, Problem, Problems, unprocessable } from '../http/problem.js';
import { TakesFile } from '../http/takes-file.js';
import { QuarantinedIsAccepted } from './quarantined-is-accepted.js';
import { RosterImport, type RosterOutcome } from './roster-import.js';
import { shown, type RosterMistake } from './roster-source.js';

const mostBytesOfAnUpload = 50 * 1024 * 1024;

class UploadQuery {
  @ApiPropertyOptional({
    type: String,
    enum: rosterFormats,
    description: 'Without it, what the Content-Type says: CSV, or JSON as the roster’s own fields.',
  })
  @IsOptional()
  @IsIn(rosterFormats, { message: `is not one of ${rosterFormats.join(', ')}` })
  readonly format?: RosterConfig['format'];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description:
      'When HR wrote the list, with a zone: it is as old as that. Without it, now. Never before the roster in force.',
  })
  @IsOptional()
  @IsInstant()
  readonly asOf?: string;
}

class RefusedLine {
  @ApiProperty({ type: Number, nullable: true, description: 'As an editor counts, from 1.' })
  readonly line: number | null;

  @ApiProperty({ type: String })
  readonly message: string;
}

class ImportedRoster {
  @ApiProperty({ type: String, description: 'The number of the roster that is in force now.' })
  readonly id: string;

  @ApiProperty({ type: String, enum: ['accepted', 'unchanged'], description: '`unchanged`: it was in force already.' })
  readonly outcome: 'accepted' | 'unchanged';

  @ApiProperty({ type: Number })
  readonly people: number;

  @ApiProperty({ type: Number, description: 'How many of them were employed when it was judged.' })
  readonly employed: number;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly asOf: string;

  @ApiProperty({ type: [RefusedLine], description: 'Rows that were refused alone; their people are in doubt.' })
  readonly refusedRows: readonly RefusedLine[];
}

class QuarantinedRoster {
  @ApiProperty({ type: String, description: 'The id to accept or reject.' })
  readonly quarantine: string;

  @ApiProperty({ type: Number, description: 'People of the roster in force that it lost.' })
  readonly lost: number;

  @ApiProperty({ type: Number, description: 'People employed in the roster in force.' })
  readonly employed: number;

  @ApiProperty({ type: String })
  readonly message: string;
}

@ApiTags('Roster')
@Controller('api/v1/roster/imports')
export class RosterImportsController {
  private readonly logger = new Logger('Roster');

  constructor(
    private readonly dataSource: DataSource,
    private readonly rosterImport: RosterImport,
    private readonly configuration: ConfigurationInForce,
  ) {}

  @Post()
  @HttpCode(200)
  @Allow('admin', 'operator')
  @UseInterceptors(QuarantinedIsAccepted)
  @TakesFile(mostBytesOfAnUpload, 'The roster, read as the configured one is: its columns, statuses and time zone.')
  @ApiOperation({
    operationId: 'importRoster',
    summary: 'Upload a roster',
    description:
      'It stands until the configured source has something of a later time. The next evaluation judges by it. While a check ' +
      'run is at work the roster stays as it is (409).',
  })
  @ApiOkResponse({ type: ImportedRoster, description: 'The roster is in force.' })
  @ApiAcceptedResponse({ type: QuarantinedRoster, description: 'It lost too many people: somebody has to decide.' })
  @Problems(400, 409, 422)
  async import(
    @Body() file: Buffer | undefined,
    @Query() query: UploadQuery,
    @Headers('content-type') contentType: string | undefined,
    @CalledBy() caller: Caller,
  ): Promise<ImportedRoster | QuarantinedRoster> {
    if (file === undefined || file.length === 0) {
      throw unprocessable([{ field: 'body', message: 'is empty; expected a roster' }]);
    }
    const upload = { bytes: file, asOf: query.asOf ?? null, by: caller };
    const { roster } = this.configuration.current;
    const config = { ...roster, format: query.format ?? formatOf(contentType) ?? roster.format };
    // A run that has matched accounts to one roster must not find another in force when it judges them.
    const outcome = await withAdvisoryLock(this.dataSource, runLock, (lost) =>
      this.rosterImport.upload(upload, config, lost),
    );
    if (outcome === 'held elsewhere') {
      throw new Problem(
        409,
        'A check run is at work, and the roster stays as it is until it has ended; upload it then.',
      );
    }
    const inForceOrWaiting = 'id' in outcome ? outcome.id : null;
    this.logger.log('Roster uploaded', { outcome: outcome.outcome, roster: inForceOrWaiting, token: caller.tokenId });
    if (outcome.outcome === 'misdated') throw unprocessable([{ field: 'asOf', message: outcome.message }]);
    return answer(outcome);
  }
}

function answer(outcome: RosterOutcome): ImportedRoster | QuarantinedRoster {
  switch (outcome.outcome) {
    case 'accepted': {
      const { id, people, employed, asOf, mistakes } = outcome;
      const refusedRows = mistakes.map(({ line, message }) => ({ line, message }));
      return { id, outcome: 'accepted', people, employed, asOf, refusedRows };
    }
    case 'unchanged': {
      const { id, people, employed, asOf } = outcome;
      return { id, outcome: 'unchanged', people, employed, asOf, refusedRows: [] };
    }
    case 'quarantined': {
      const { id, lost, employed, message } = outcome;
      return { quarantine: id, lost, employed, message };
    }
    case 'refused':
    case 'unreachable':
      throw new Problem(422, 'The file is refused, and the roster in force stays; `errors` says why.', {
        errors: outcome.mistakes.map(problemOf),
      });
  }
}

/** `line 12, column status` and what is wrong there. */
function problemOf({ line, column, message }: RosterMistake): FieldProblem {
  const places = [...(line === null ? [] : [`line ${line}`]), ...(column === null ? [] : [`column ${shown(column)}`])];
  const prefix = column === null ? '' : `column “${shown(column)}”: `;
  return {
    field: places.length === 0 ? 'body' : places.join(', '),
    message: message.startsWith(prefix) ? message.slice(prefix.length) : message,
  };
}

function formatOf(contentType: string | undefined): RosterConfig['format'] | null {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return type === 'text/csv' ? 'csv' : type === 'application/json' ? 'json' : null;
}
