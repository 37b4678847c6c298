import { utimes } from 'node:fs/promises';
import { FindingsController } from '../../src/dashboards/findings.controller.js';
import { demoCompany } from '../../src/demo/company.js';
import { Exceptions } from '../../src/findings/exceptions/exceptions.js';
import { ExceptionsController } from '../../src/findings/exceptions/exceptions.controller.js';
import { ExceptionRequests } from '../../src/findings/exceptions/request-exception.js';
import type { Report } from '../../src/findings/report.js';
import type { Role } from '../../src/http/roles.js';
import { AskedApi, type Asked } from '../support/asked-api.js';
import { JudgedCompany } from '../support/company.js';

const firstNight = Date.parse('2026-11-21T02:00:00.000Z');

/** The n-th night of the story, from 0. */
export function night(index: number): string {
  return new Date(firstNight + index * 86_400_000).toISOString();
}

/** The sample company with the routes of exceptions, and a clock for what people decide. */
export class ExceptionsRig {
  /** When people decide something. */
  now = night(0);

  private constructor(
    readonly company: JudgedCompany,
    readonly api: AskedApi,
  ) {}

  static async start(): Promise<ExceptionsRig> {
    const company = await JudgedCompany.start(demoCompany(night(0)));
    const { dataSource } = company.database;
    let rig: ExceptionsRig | null = null;
    const clock = (): Promise<string> => Promise.resolve(rig?.now ?? night(0));
    const checks = ['user-identified', 'critical-system-access-valid', 'owner-count'];
    const api = await AskedApi.start(
      dataSource,
      [ExceptionsController, FindingsController],
      [
        { provide: Exceptions, useValue: new Exceptions(dataSource, clock) },
        { provide: ExceptionRequests, useValue: new ExceptionRequests(dataSource, checks, clock) },
      ],
    );
    rig = new ExceptionsRig(company, api);
    return rig;
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.company.stop();
  }

  /** Judges that night; whoever decides something afterwards does it an hour later. */
  async judge(index: number): Promise<Report> {
    // HR writes its list every night.
    await utimes(this.company.files.roster, new Date(night(index)), new Date(night(index)));
    const report = await this.company.night(night(index));
    this.now = new Date(Date.parse(night(index)) + 3_600_000).toISOString();
    return report;
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.company.database.dataSource.query<Row[]>(sql, [...parameters]);
  }

  async findingOf(check: string, name: string, system: string | null = null): Promise<string> {
    const [row] = await this.query<{ id: string }>(
      `select id from finding where check_id = $1 and subject_name = $2 and subject_system is not distinct from $3
        order by id desc limit 1`,
      [check, name, system],
    );
    if (row === undefined) throw new Error(`There is no finding of ${check} about ${name}.`);
    return row.id;
  }

  request(finding: string, body: object = {}, as: Role = 'operator'): Promise<Asked> {
    return this.api.ask('POST', `/api/v1/findings/${finding}/exceptions`, {
      as,
      body: { reason: 'known and watched', ...body },
    });
  }

  decide(exception: unknown, decision: 'approve' | 'refuse' | 'revoke', as: Role = 'admin'): Promise<Asked> {
    return this.api.ask('POST', `/api/v1/exceptions/${String(exception)}/${decision}`, {
      as,
      body: { reason: 'looked at it' },
    });
  }

  /** Asked for by one and approved by the other. */
  async except(finding: string, body: object = {}): Promise<string> {
    const { body: asked } = await this.request(finding, body);
    const { status, text } = await this.decide(asked['id'], 'approve');
    if (status !== 200) throw new Error(text);
    return String(asked['id']);
  }

  async exception(id: unknown): Promise<Asked['body']> {
    return (await this.api.get(`/api/v1/exceptions/${String(id)}`)).body;
  }

  async finding(id: string): Promise<Asked['body']> {
    return (await this.api.get(`/api/v1/findings/${id}`)).body;
  }

  /** Kind and cause of each transition of a finding. */
  async transitions(finding: string): Promise<string[]> {
    const rows = await this.query<{ kind: string; because: string | null }>(
      'select kind, because from finding_transition where finding_id = $1 order by id',
      [finding],
    );
    return rows.map(({ kind, because }) => (kind.startsWith('exception_') ? `${kind} ${because}` : kind));
  }

  async trail(): Promise<string[]> {
    const rows = await this.query<{ line: string }>(
      `select actor || ' ' || action || ' ' || subject as line from trail_entry
        where subject not like 'token/%' order by number`,
    );
    return rows.map(({ line }) => line);
  }
}
