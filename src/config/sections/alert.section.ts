import { IsOptional } from 'class-validator';
import { severities } from '../../checks/check.js';
import { OneOf, Section, Text, TextList } from '../fields.js';
import { isTimeZone } from '../formats.js';
import { isSecureUrl } from '../secure-url.js';

const isTimeOfDay = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

export class QuietHoursSection {
  @Text('a time of day such as "22:00"', isTimeOfDay)
  readonly from: string;

  @Text('a time of day such as "07:00"', isTimeOfDay)
  readonly to: string;

  @IsOptional()
  @Text('a time zone such as Europe/Berlin or UTC', isTimeZone)
  readonly timeZone?: string | null;
}

export class AlertSection {
  @OneOf(['slack', 'webhook'])
  readonly kind: 'slack' | 'webhook';

  @Text('an https address (http only to this machine), usually "${NAME}"', isSecureUrl, { secret: true })
  readonly url: string;

  @IsOptional()
  @Text('the secret that signs messages, on one line, usually "${NAME}"', undefined, { secret: true })
  readonly secret?: string | null;

  @IsOptional()
  @OneOf(severities)
  readonly minSeverity?: (typeof severities)[number] | null;

  @IsOptional()
  @TextList('a list of at least one organization', 1)
  readonly organizations?: string[] | null;

  @IsOptional()
  @TextList('a list of at least one check', 1)
  readonly checks?: string[] | null;

  @IsOptional()
  @Section(() => QuietHoursSection, '`{ from: "22:00", to: "07:00", timeZone: … }`')
  readonly quietHours?: QuietHoursSection | null;
}
