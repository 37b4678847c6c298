import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsInstant } from '../http/instant.js';
import { PageQuery } from '../http/page.js';

const description =
  'The picture of the last evaluation at or before this instant (ISO 8601 with a zone), with what people had decided by ' +
  'then. Without it, things as they are now.';

/** The query of a read that answers about one moment. */
export class MomentQuery {
  @ApiPropertyOptional({ type: String, format: 'date-time', description })
  @IsOptional()
  @IsInstant()
  readonly asOf?: string;
}

/** The query of a list that answers about one moment. */
export class AsOfQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, format: 'date-time', description })
  @IsOptional()
  @IsInstant()
  readonly asOf?: string;
}
