import { IsOptional } from 'class-validator';
import { severities } from '../../checks/check.js';
import { durationExpected, isTerm, parseDuration, termExpected } from '../../checks/duration.js';
import { Entries, Mapping, OneOf, Section, Sections, Text, YesNo } from '../fields.js';
import { isCron, isTimeZone } from '../formats.js';
import { isWebUrl } from '../secure-url.js';
import { AlertSection } from './alert.section.js';
import { ApiSection } from './api.section.js';
import { CalendarSection } from './calendar.section.js';
import { CriticalSystemSection } from './critical-system.section.js';
import { IdentitySection } from './identity.section.js';
import { OrganizationSection } from './organization.section.js';
import { RetentionSection } from './retention.section.js';
import { RosterSection } from './roster.section.js';

export const coreRoles = ['owner', 'editor', 'member'] as const;
export type CoreRole = (typeof coreRoles)[number];

export class SyncSection {
  @IsOptional()
  @Text(durationExpected, (text) => parseDuration(text) !== null)
  readonly deadline?: string | null;
}

export class ScheduleSection {
  @IsOptional()
  @Text('a cron expression that comes due, such as "0 2 * * *"', isCron)
  readonly evaluation?: string | null;

  @IsOptional()
  @Text('a time zone such as Europe/Berlin or UTC', isTimeZone)
  readonly timeZone?: string | null;
}

/** The keys that every check has; its thresholds stand beside them. */
export class CheckSection {
  @IsOptional()
  @YesNo()
  readonly enabled?: boolean | null;

  @IsOptional()
  @Text('a sentence', undefined, { severalLines: true })
  readonly reason?: string | null;

  @IsOptional()
  @OneOf(severities)
  readonly severity?: (typeof severities)[number] | null;

  @IsOptional()
  @Text(termExpected, isTerm)
  readonly sla?: string | null;
}

/** The whole of hubwarden.yaml. */
export class HubwardenSection {
  @IsOptional()
  @Text('a web address', isWebUrl, { secret: true })
  readonly publicUrl?: string | null;

  @Sections(() => OrganizationSection, 'a list of at least one `{ name: …, hub: … }`', 1)
  readonly organizations: OrganizationSection[];

  @IsOptional()
  @Section(() => SyncSection, '`{ deadline: 10m }`')
  readonly sync?: SyncSection | null;

  @Section(() => RosterSection, 'a mapping with at least `source`')
  readonly roster: RosterSection;

  @IsOptional()
  @Section(() => IdentitySection, 'a mapping')
  readonly identity?: IdentitySection | null;

  @IsOptional()
  @Sections(() => CriticalSystemSection, 'a list of `{ name: …, organization: …, owner: …, access: […] }`')
  readonly criticalSystems?: CriticalSystemSection[] | null;

  @IsOptional()
  @Entries('a custom role as key and the core role that it equals as value: `owner`, `editor` or `member`', (core) =>
    (coreRoles as readonly string[]).includes(core.toLowerCase()),
  )
  readonly roles?: Record<string, string> | null;

  @IsOptional()
  @Mapping('a mapping from the id of a check to its settings')
  readonly checks?: Record<string, unknown> | null;

  @IsOptional()
  @Sections(() => AlertSection, 'a list of `{ kind: …, url: … }`')
  readonly alerts?: AlertSection[] | null;

  @IsOptional()
  @Section(() => ApiSection, '`{ corsOrigins: […], trustedProxies: […] }`')
  readonly api?: ApiSection | null;

  @IsOptional()
  @Section(() => ScheduleSection, '`{ evaluation: "0 2 * * *", timeZone: UTC }`')
  readonly schedule?: ScheduleSection | null;

  @IsOptional()
  @Section(() => CalendarSection, '`{ timeZone: Europe/Berlin, holidays: [2026-12-25], weekend: [saturday, sunday] }`')
  readonly calendar?: CalendarSection | null;

  @IsOptional()
  @Section(() => RetentionSection, '`{ history: 1096d }`')
  readonly retention?: RetentionSection | null;
}
