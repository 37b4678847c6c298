import type { PersonRow } from './people.query.js';

/** The account that goes by a username, and whose it is. */
export interface NamedAccountRow {
  /** Still a member, as far as the snapshot knows. */
  readonly present: boolean;
  readonly employee_id: string | null;
  readonly person: PersonRow | null;
}

/**
 * SQL of a table `username, account`: for each of the usernames that the subselect `names` gives in lower case, the account
 * that has it, or was the last to have it, as JSON of a `NamedAccountRow`. $1 organization, $2 snapshot, $3 clock.
 */
export const namedAccounts = (names: string): string => `
  select distinct on (lower(member.data->>'username')) lower(member.data->>'username') as username,
         jsonb_build_object(
           'present', member.last_snapshot is null or member.last_snapshot > $2,
           'employee_id', link.employee_id,
           'person', case when person.id is not null
             then jsonb_build_object('employee_id', person.employee_id, 'full_name', person.data->>'fullName',
                                     'employment', employment_at(person.data, $3)) end) as account
    from observation as member
    left join link on link.organization_id = $1 and link.subject_kind = 'account' and link.subject_key = member.key
     and link.ended_at is null
    left join person on person.last_roster is null and person.employee_id = link.employee_id
   where member.organization_id = $1 and member.dataset = 'members' and member.first_snapshot <= $2
     and lower(member.data->>'username') in (${names})
   order by lower(member.data->>'username'), (member.last_snapshot is null or member.last_snapshot > $2) desc,
            member.first_snapshot desc`;
