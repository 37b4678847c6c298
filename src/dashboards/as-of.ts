import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsInstant } from '../http/instant.js';
import { PageQuery } from '../http/page.js';

const whenTrue =
  'What was true at this instant (ISO 8601 with a zone), by what is known at `knownAt`: the snapshots, verdicts, links and ' +
  'decisions up to then, people as the roster has them that is known, and every finding that had begun. Without it, the ' +
  'latest that is known.';
const whenKnown =
  'Only what had been recorded by this instant (ISO 8601 with a zone) counts: evaluations with their rosters and snapshots, ' +
  'links, decisions. Together with the same `asOf`, what was shown then. Without it, everything that is known by now.';

/** The query of a read that answers about one moment. */
export class MomentQuery {
  @ApiPropertyOptional({ type: String, format: 'date-time', description: whenTrue })
  @IsOptional()
  @IsInstant()
  readonly asOf?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: whenKnown })
  @IsOptional()
  @IsInstant()
  readonly knownAt?: string;
}

/** The query of a list that answers about one moment. */
export class AsOfQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, format: 'date-time', description: whenTrue })
  @IsOptional()
  @IsInstant()
  readonly asOf?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: whenKnown })
  @IsOptional()
  @IsInstant()
  readonly knownAt?: string;
}

export function isNow({ asOf, knownAt }: MomentQuery): boolean {
  return asOf === undefined && knownAt === undefined;
}
