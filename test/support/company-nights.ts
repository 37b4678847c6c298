import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { HubMember } from '../../src/demo/world.js';
import { Exceptions } from '../../src/findings/exceptions/exceptions.js';
import { ExceptionRequests } from '../../src/findings/exceptions/request-exception.js';
import type { Report } from '../../src/findings/report.js';
import { JudgedCompany, resultOf } from './company.js';

const first = Date.parse('2026-11-21T02:00:00.000Z');

/** The clock of the n-th night, from 0; and so many hours after it. */
export function night(index: number, hours = 0): string {
  return new Date(first + index * 86_400_000 + hours * 3_600_000).toISOString();
}

type OneChange<Of> = Of extends unknown ? Omit<Of, 'organization' | 'at'> : never;
type Line = Record<string, string>;

/** The sample company over nights, with an HR that hands in its list before each of them. */
export class CompanyNights {
  private constructor(
    readonly company: JudgedCompany,
    private readonly people: Line[],
  ) {}

  static async start(): Promise<CompanyNights> {
    const demo = demoCompany(night(0));
    return new CompanyNights(await JudgedCompany.start(demo), parse<Line>(demo.roster, { columns: true }));
  }

  stop(): Promise<void> {
    return this.company.stop();
  }

  /** `edits`: cells that HR changes, by employee id; they stay. */
  async judge(index: number, edits: Record<string, Line> = {}, policy?: (text: string) => string): Promise<Report> {
    for (const line of this.people) Object.assign(line, edits[line['employee_id'] ?? '']);
    await this.company.writeRoster(stringify(this.people, { header: true }), night(index));
    return this.company.night(night(index), policy);
  }

  /** HR adds another spell of somebody, in a line of its own. */
  addSpell(person: string, cells: Line): void {
    const line = this.people.find((one) => one['employee_id'] === person);
    if (line === undefined) throw new Error(`no employee ${person}`);
    this.people.push({ ...line, ...cells });
  }

  /** Something happens in the organization `acme`. */
  change(wanted: OneChange<WorldChange>, at: string): void {
    const mistake = changeWorld(this.company.hub.world, { ...wanted, organization: 'acme', at });
    if (mistake !== null) throw new Error(mistake);
  }

  member(username: string): HubMember {
    const found = this.company.hub.world.organizations[0]?.members.find((one) => one.username === username);
    if (found === undefined) throw new Error(`no member ${username}`);
    return found;
  }

  /** An exception for an open finding, asked for by `ops` and approved by `security`; answers its id. */
  async except(check: string, name: string, reason: string, at: string): Promise<string> {
    const clock = (): Promise<string> => Promise.resolve(at);
    const [finding] = await this.query<{ id: string }>(
      'select id from finding where check_id = $1 and subject_name = $2 and resolved_at is null',
      [check, name],
    );
    const as = (caller: string) => ({ name: caller, tokenId: randomUUID(), role: 'admin' as const });
    const { dataSource } = this.company.database;
    const requests = new ExceptionRequests(dataSource, [check], clock);
    const asked = await requests.forFinding(finding?.id ?? '', { reason }, as('ops'));
    if (asked.outcome !== 'requested') throw new Error(JSON.stringify(asked));
    const decided = await new Exceptions(dataSource, clock).approve(asked.id, 'discussed', as('security'));
    if (decided.outcome !== 'decided') throw new Error(JSON.stringify(decided));
    return asked.id;
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.company.database.dataSource.query<Row[]>(sql, [...parameters]);
  }
}

/** Verdict and reason, for example `fail ROLE_ROSE`. */
export function said(report: Report, check: string, name: string): string {
  const { verdict, reason } = resultOf(report, check, name);
  return `${verdict} ${reason}`;
}
