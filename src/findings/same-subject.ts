/** The condition under which two rows are about one subject of one check. */
export const sameSubject = (left: string, right: string): string =>
  ['check_id', 'organization_id', 'subject_kind', 'subject_key']
    .map((key) => `${left}.${key} = ${right}.${key}`)
    .join(' and ');
