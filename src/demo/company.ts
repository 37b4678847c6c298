import { Calendar } from './company-calendar.js';
import { acme, acmeLabs } from './company-hub.js';
import type { DemoPerson } from './company-people.js';
import { demoPeople, workEmail } from './company-people.js';
import { demoPolicy } from './company-policy.js';
import { rosterCsv } from './roster-file.js';
import type { HubWorld } from './world.js';

/** A company with its Docker Hub, its roster, and the policy that Hubwarden gets for both. */
export interface Company {
  /** The instant around which every date lies. */
  readonly now: string;
  readonly world: HubWorld;
  /** In the canonical columns. */
  readonly roster: string;
  /** The text of `hubwarden.yaml`; the roster is expected beside it as `people.csv`. */
  configuration(hubUrl: string): string;
}

const timeZone = 'Europe/Berlin';

/**
 * The sample company. The same instant gives the same company, and another one the same story at another time.
 * `now` is ISO 8601. Every call gives a world of its own, to be changed at will.
 */
export function demoCompany(now: string): Company {
  const calendar = new Calendar(now, timeZone);
  const people = demoPeople();
  const organization = acme(people, calendar);
  return {
    now,
    world: { organizations: [organization, acmeLabs(organization.members, calendar)] },
    roster: rosterCsv(people.map((one) => rosterLine(one, people, calendar))),
    configuration: (hubUrl) => demoPolicy(calendar, timeZone, hubUrl),
  };
}

function rosterLine(person: DemoPerson, people: readonly DemoPerson[], calendar: Calendar) {
  const manager = people.find((one) => one.id === person.manager);
  const day = (offset: string) => (offset === '' ? '' : calendar.day(Number(offset)));
  return {
    employee_id: person.id,
    full_name: person.name,
    work_email: workEmail(person),
    other_emails: person.other,
    status: person.status,
    start_date: day(person.since),
    end_date: day(person.until),
    department: person.department,
    job_title: person.title,
    manager_email: manager ? workEmail(manager) : '',
    employment_type: person.type,
    docker_username: person.docker,
  };
}
