export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';

export const serviceProviderConfig = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  documentationUri: '',
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 200 },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: false },
  authenticationSchemes: [
    {
      name: 'OAuth 2.0 Bearer Token',
      description: 'A bearer token as RFC 6750 describes it.',
      specUri: 'http://tools.ietf.org/html/rfc6750',
      type: 'oauthbearertoken',
    },
  ],
};

export const resourceTypes = [
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: 'User',
    name: 'User',
    description: 'User',
    endpoint: '/Users',
    schema: userSchema,
  },
];

export const schemas = [
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: userSchema,
    name: 'User',
    description: 'User Account',
    attributes: [
      attribute('userName', 'string', 'The address by which the user is reached; one user has it.', {
        required: true,
        uniqueness: 'server',
      }),
      attribute('name', 'complex', 'The parts of the name.', {
        subAttributes: [
          attribute('givenName', 'string', 'First name.'),
          attribute('familyName', 'string', 'Last name.'),
        ],
      }),
      attribute('displayName', 'string', 'The Docker ID.', { mutability: 'readOnly' }),
      attribute('active', 'boolean', 'Whether the user is a member of the organization.'),
      attribute('emails', 'complex', 'The addresses of the user.', {
        multiValued: true,
        subAttributes: [
          attribute('value', 'string', 'The address.'),
          attribute('primary', 'boolean', 'The first one.'),
        ],
      }),
      attribute('groups', 'complex', 'The teams of the user.', {
        multiValued: true,
        mutability: 'readOnly',
        subAttributes: [attribute('value', 'string', 'Name of the team.')],
      }),
    ],
  },
];

function attribute(name: string, type: string, description: string, more: Record<string, unknown> = {}) {
  return {
    name,
    type,
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  };
}
