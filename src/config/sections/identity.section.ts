import { IsOptional } from 'class-validator';
import { Entries, Sections, Text, TextList, YesNo } from '../fields.js';
import { canonicalDomain, isDay } from '../formats.js';

export const dayExpected = 'a day of the calendar, YYYY-MM-DD';

export class LinkSection {
  @Text('a Docker username')
  readonly username: string;

  @Text('an employee id of the roster')
  readonly person: string;
}

export class ServiceAccountSection {
  @Text('a Docker username')
  readonly username: string;

  @IsOptional()
  @Text('the employee id of whoever answers for it', undefined, { blank: true })
  readonly owner?: string | null;

  @IsOptional()
  @Text(dayExpected, isDay, { blank: true })
  readonly reviewBy?: string | null;

  @IsOptional()
  @TextList('a list of Docker roles, such as [member]', 0)
  readonly roles?: string[] | null;

  @IsOptional()
  @Text('a sentence', undefined, { severalLines: true, blank: true })
  readonly reason?: string | null;
}

export class IdentitySection {
  @IsOptional()
  @TextList('a list of domains, such as [acme.com]', 0, (text) => canonicalDomain(text) !== null)
  readonly corporateDomains?: string[] | null;

  @IsOptional()
  @Entries(
    'one domain as key and the domain that it stands for as value, such as `acme.io: acme.com`',
    (domain, alias) => canonicalDomain(domain) !== null && canonicalDomain(alias) !== null,
  )
  readonly domainAliases?: Record<string, string> | null;

  @IsOptional()
  @YesNo()
  readonly plusAddressing?: boolean | null;

  @IsOptional()
  @Sections(() => LinkSection, 'a list of `{ username: …, person: … }`')
  readonly links?: LinkSection[] | null;

  @IsOptional()
  @Sections(() => ServiceAccountSection, 'a list of `{ username: …, owner: …, reviewBy: …, roles: […], reason: … }`')
  readonly serviceAccounts?: ServiceAccountSection[] | null;
}
