import { IsOptional } from 'class-validator';
import { Section, Text } from '../fields.js';
import { isSecureUrl } from '../secure-url.js';

export class CredentialSection {
  @Text("the organization's name for an organization access token, else the username")
  readonly identifier: string;

  @Text('a token or password on one line, usually "${NAME}"', undefined, { secret: true })
  readonly secret: string;
}

export class ScimSection {
  @Text('the SCIM address that Docker shows, beginning with https://', isSecureUrl, { secret: true })
  readonly url: string;

  @Text('the SCIM token on one line, usually "${NAME}"', undefined, { secret: true })
  readonly token: string;
}

export class OrganizationSection {
  @Text('the name of the organization as Docker Hub has it, letters, digits, `-` and `_`', (name) =>
    /^[a-z0-9][a-z0-9_-]*$/i.test(name),
  )
  readonly name: string;

  @IsOptional()
  @Section(() => CredentialSection, '`{ identifier: …, secret: … }`')
  readonly hub?: CredentialSection | null;

  @IsOptional()
  @Section(() => CredentialSection, '`{ identifier: …, secret: … }`')
  readonly owner?: CredentialSection | null;

  @IsOptional()
  @Section(() => ScimSection, '`{ url: …, token: … }`')
  readonly scim?: ScimSection | null;
}
