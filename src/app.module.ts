import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LinkAccounts } from './identity/link-accounts.js';
import { HubSync } from './inventory/hub-sync.js';
import { RosterDecisions } from './roster/roster-decisions.js';
import { RosterImport } from './roster/roster-import.js';
import { CheckRun } from './runs/check-run.js';
import { CommandRun } from './runs/command-run.js';
import { RunRecords } from './runs/run-records.js';

/** The only wiring there is: every step of the pipeline on one open database. */
@Module({})
export class AppModule {
  static on(dataSource: DataSource, organizationsAtOnce?: number): DynamicModule {
    return {
      module: AppModule,
      providers: [
        { provide: DataSource, useValue: dataSource },
        ...[RosterImport, RosterDecisions, LinkAccounts, RunRecords].map((step) => ({
          provide: step,
          inject: [DataSource],
          useFactory: (source: DataSource) => new step(source),
        })),
        {
          provide: HubSync,
          inject: [DataSource],
          useFactory: (source: DataSource) => new HubSync(source, organizationsAtOnce),
        },
        {
          provide: CheckRun,
          inject: [DataSource, RosterImport, HubSync, LinkAccounts],
          useFactory: (...steps: ConstructorParameters<typeof CheckRun>) => new CheckRun(...steps),
        },
        {
          provide: CommandRun,
          inject: [RunRecords, CheckRun],
          useFactory: (records: RunRecords, run: CheckRun) => new CommandRun(records, run),
        },
      ],
      exports: [RosterImport, RosterDecisions, HubSync, LinkAccounts, RunRecords, CheckRun, CommandRun],
    };
  }
}
