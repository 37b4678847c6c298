import { Inventory20261121080000 } from './20261121080000-inventory.js';
import { Roster20261121080100 } from './20261121080100-roster.js';
import { Identity20261121080200 } from './20261121080200-identity.js';
import { Findings20261121080300 } from './20261121080300-findings.js';
import { Callers20261121110000 } from './20261121110000-callers.js';
import { Runs20261121110100 } from './20261121110100-runs.js';
import { Alerts20261121110200 } from './20261121110200-alerts.js';
import { Decisions20261121110300 } from './20261121110300-decisions.js';
import { Audit20261121140000 } from './20261121140000-audit.js';
import { ReadAs20261121140050 } from './20261121140050-read-as.js';
import { Trail20261121140100 } from './20261121140100-trail.js';
import { Exceptions20261121140200 } from './20261121140200-exceptions.js';
import { History20261121140300 } from './20261121140300-history.js';
import { TrailHead20261121140400 } from './20261121140400-trail-head.js';
import { Jobs20261121150000 } from './20261121150000-jobs.js';
import { JudgedGroups20261121150100 } from './20261121150100-judged-groups.js';
import { RosterRows20261121150200 } from './20261121150200-roster-rows.js';
import { Rates20261121150300 } from './20261121150300-rates.js';
import { Reads20261121150400 } from './20261121150400-reads.js';
import { Retention20261121150500 } from './20261121150500-retention.js';
import { PersonIndex20261121150600 } from './20261121150600-person-index.js';
import { OpenThen20261122000400 } from './20261122000400-open-then.js';
import { UnchangedRows20261122003000 } from './20261122003000-unchanged-rows.js';
import { Slices20261122003100 } from './20261122003100-slices.js';

/** Every migration, oldest first. Listed by hand, because a folder scan finds different files in tests and in `dist`. */
export const migrations = [
  Inventory20261121080000,
  Roster20261121080100,
  Identity20261121080200,
  Findings20261121080300,
  Callers20261121110000,
  Runs20261121110100,
  Alerts20261121110200,
  Decisions20261121110300,
  Audit20261121140000,
  ReadAs20261121140050,
  Trail20261121140100,
  Exceptions20261121140200,
  History20261121140300,
  TrailHead20261121140400,
  Jobs20261121150000,
  JudgedGroups20261121150100,
  RosterRows20261121150200,
  Rates20261121150300,
  Reads20261121150400,
  Retention20261121150500,
  PersonIndex20261121150600,
  OpenThen20261122000400,
  UnchangedRows20261122003000,
  Slices20261122003100,
];
