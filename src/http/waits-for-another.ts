import { ApiProperty } from '@nestjs/swagger';

/** Descriptions of routes that take two people. */
export const twoPeople =
  'The first call says what one person wants; the same call with the token of another person decides. Whoever has spoken may ' +
  'say something else as long as nobody has agreed; after 7 days it no longer counts.';
export const firstOfTwo = 'One person has said so; somebody else has to say the same.';

export class WaitsForAnother {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String, enum: ['waiting'] })
  readonly outcome: 'waiting';

  @ApiProperty({ type: String, description: 'What was asked for.' })
  readonly decision: string;

  @ApiProperty({ type: String, description: 'The name of the API token that asked.' })
  readonly askedBy: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly askedAt: string;

  @ApiProperty({ type: String, description: 'What is still needed, as a sentence.' })
  readonly needs: string;
}

export function waitsForAnother(
  { id, by, since }: { readonly id: string; readonly by: string; readonly since: Date },
  decision: string,
): WaitsForAnother {
  return Object.assign(new WaitsForAnother(), {
    id,
    outcome: 'waiting' as const,
    decision,
    askedBy: by,
    askedAt: since.toISOString(),
    needs: `${by} has asked to ${decision} it; somebody else with a token of their own has to ask for the same.`,
  });
}
