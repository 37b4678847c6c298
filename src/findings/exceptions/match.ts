import { likeOfGlob } from './glob.js';

/** The condition, over two rows, under which an exception is about a finding: about its subject, or by its pattern. */
export const isCoveredBy = (finding: string, exception: string): string => `(
  ${exception}.check_id = ${finding}.check_id and ${exception}.organization_id = ${finding}.organization_id
  and (${exception}.subject_kind is null or ${exception}.subject_kind = ${finding}.subject_kind)
  and case when ${exception}.finding_id is not null then ${exception}.subject = ${finding}.subject_key
           else ${finding}.subject_name ilike ${likeOfGlob(`${exception}.subject`)}
             or ${finding}.subject_key ilike ${likeOfGlob(`${exception}.subject`)} end)`;
