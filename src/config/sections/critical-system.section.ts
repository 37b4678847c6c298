import { IsOptional, ValidateIf } from 'class-validator';
import { Section, Sections, Text, TextList } from '../fields.js';
import { isDay } from '../formats.js';
import { dayExpected } from './identity.section.js';

export class WhoSection {
  @IsOptional()
  @TextList('a list of at least one department', 1)
  readonly departments?: string[] | null;

  @IsOptional()
  @TextList('a list of at least one job title', 1)
  readonly jobTitles?: string[] | null;

  @IsOptional()
  @TextList('a list of at least one employment type', 1)
  readonly employmentTypes?: string[] | null;

  @IsOptional()
  @TextList('a list of at least one employee id', 1)
  readonly people?: string[] | null;
}

export class AccessRuleSection {
  @TextList('a list of at least one Docker role, such as [member]', 1)
  readonly roles: string[];

  @ValidateIf((rule: AccessRuleSection) => rule.who !== 'everyone')
  @Section(() => WhoSection, '`everyone`, or a mapping with `departments`, `jobTitles`, `employmentTypes` or `people`')
  readonly who: 'everyone' | WhoSection;

  @IsOptional()
  @Text(dayExpected, isDay)
  readonly until?: string | null;
}

export class CriticalSystemSection {
  @Text('a name for people')
  readonly name: string;

  @Text('the name of one of the organizations above')
  readonly organization: string;

  @IsOptional()
  @TextList(
    'a list of at least one repository name without the organization, `*` for any run of characters',
    1,
    (pattern) => /^[a-z0-9._*-]+$/i.test(pattern),
  )
  readonly repositories?: string[] | null;

  @IsOptional()
  @Text('the employee id of whoever answers for it', undefined, { blank: true })
  readonly owner?: string | null;

  @IsOptional()
  @Text(dayExpected, isDay, { blank: true })
  readonly approvedOn?: string | null;

  @IsOptional()
  @Sections(() => AccessRuleSection, 'a list of `{ roles: […], who: … }`')
  readonly access?: AccessRuleSection[] | null;
}
