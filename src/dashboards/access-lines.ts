import type { AccessEntry, AccessWay, AccessWhole } from './access.js';

/** Columns of a CSV of access, where accounts, tokens and what is not known stand below each other, told apart by `kind`. */
export const accessColumns = [
  'kind',
  'organization',
  'repository',
  'name',
  'permission',
  'through',
  'person',
  'personName',
  'detail',
] as const;

/** One line of it. */
export type AccessLine = Readonly<Record<(typeof accessColumns)[number], string>>;

const empty: AccessLine = {
  kind: '',
  organization: '',
  repository: '',
  name: '',
  permission: '',
  through: '',
  person: '',
  personName: '',
  detail: '',
};

export function lineOfEntry({ repository, account, person, permission, paths }: AccessEntry): AccessLine {
  return {
    ...empty,
    kind: 'account',
    organization: repository.split('/')[0] ?? '',
    repository,
    name: account,
    permission,
    through: paths.map(describePath).join('; '),
    person: person?.id ?? '',
    personName: person?.name ?? '',
  };
}

/** What an answer says besides its entries: a spreadsheet without it would show tokens and gaps to nobody. */
export function linesOfWhole(whole: Readonly<AccessWhole>, repository: string | null): AccessLine[] {
  const organization = repository?.split('/')[0] ?? '';
  return [
    ...whole.tokens.map(({ organization: owner, token, permission, scopes, createdBy, unverified }) => ({
      ...empty,
      kind: 'token',
      organization: owner,
      repository: repository ?? '',
      name: token,
      permission,
      through: `${scopes.join('; ')}${unverified ? ' (unverified)' : ''}`,
      detail: createdBy === null ? '' : `made by ${createdBy}`,
    })),
    ...(whole.public === true && repository !== null
      ? [{ ...empty, kind: 'everybody', organization, repository, permission: 'read', through: 'public' }]
      : []),
    ...whole.missing.map((gap) => ({
      ...empty,
      kind: 'unknown',
      organization: gap.organization ?? '',
      name: gap.about.join('; '),
      through: gap.reason,
      detail: gap.message,
    })),
  ];
}

/** `owner`, `editor (role build-lead of the team release)`, `team platform (write)`. */
export function describePath({ via, team, role, permission, unverified }: AccessWay): string {
  const doubt = unverified ? ', unverified' : '';
  if (via === 'team') return `team ${team ?? ''} (${permission}${doubt})`;
  const source = [
    ...(role === undefined ? [] : [`role ${role}`]),
    ...(team === undefined ? [] : [`of the team ${team}`]),
  ];
  const remark = [...(source.length === 0 ? [] : [source.join(' ')]), ...(unverified ? ['unverified'] : [])];
  return remark.length === 0 ? via : `${via} (${remark.join(', ')})`;
}
