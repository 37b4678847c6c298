import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessController } from '../../src/dashboards/access.controller.js';
import { demoCompany } from '../../src/demo/company.js';
import { AskedApi } from '../support/asked-api.js';
import { JudgedCompany } from '../support/company.js';
import { testDatabase } from '../support/database.js';
import { type CommandResult, runCommand } from '../support/recorded-session.js';

const night = '2026-11-21T02:00:00.000Z';
let company: JudgedCompany;
let folder: string;

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany(night));
  await company.night(night);
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-access-'));
});
afterAll(async () => {
  await company.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Without a configuration file, in a folder that has none. */
function access(...args: string[]): Promise<CommandResult> {
  return runCommand(['access', ...args], { DATABASE_URL: company.database.url });
}

describe('hubwarden access', () => {
  it('prints the body of the API as JSON', async () => {
    const api = await AskedApi.start(company.database.dataSource, [AccessController]);
    for (const [option, query] of [
      [['--repository', 'acme/prod-api'], 'repository=acme/prod-api'],
      [['--person', 'E-1001'], 'person=E-1001'],
      [['--account', 'jonasreuter'], 'account=jonasreuter'],
      [['--organization', 'acme-labs'], 'organization=acme-labs'],
      [[], ''],
    ] as const) {
      const { body } = await api.get(`/api/v1/access?limit=1000&${query}`);
      const { status, out, err } = await access(...option, '--format', 'json');
      expect({ status, err }).toEqual({ status: body['complete'] === true ? 0 : 3, err: '' });
      expect(JSON.parse(out), query).toEqual(body);
      expect(body['nextCursor']).toBeNull();
    }
    await api.stop();
  });

  it('prints a table with tokens, and says what is not known', async () => {
    const { status, out } = await access('--repository', 'ACME/prod-api');
    expect(status).toBe(0);
    expect(out).toMatch(/^REPOSITORY +ACCOUNT +PERSON +PERMISSION +THROUGH\n/);
    expect(out).toMatch(/^acme\/prod-api +ninakraus +E-1001 +admin +owner, team platform \(admin\)$/m);
    expect(out).toMatch(
      /^acme\/prod-api +jonasreuter +E-1017 +admin +editor \(of the team release\), team release \(write\)$/m,
    );
    expect(out).toMatch(/^acme\/prod-api +acmeci +\(nobody\) +admin +editor/m);
    expect(out).toMatch(/^ci-push +acme +write +pzawadzki +scope-image-push, scope-tag-read$/m);
    expect(out).toContain('\nacme/prod-api is private.\n');
    expect(out).not.toContain('Not known');
    const labs = await access('--repository', 'acme-labs/datasets-public');
    expect(labs.status).toBe(3);
    expect(labs.out).toContain('Everybody may pull acme-labs/datasets-public: it is public.');
    expect(labs.out).toMatch(/Not known:\n {2}acme-labs: The listing tokens is [^]*\[CAPABILITY_MISSING\]\n$/);
  });

  it('writes CSV to a file', async () => {
    const file = join(folder, 'access.csv');
    const { status, out } = await access('--repository', 'acme/prod-api', '--format', 'csv', '--output', file);
    expect({ status, out }).toEqual({ status: 0, out: '' });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines[0]).toBe('kind,organization,repository,name,permission,through,person,personName,detail');
    expect(lines).toContain(
      'account,acme,acme/prod-api,ninakraus,admin,owner; team platform (admin),E-1001,Nina Kraus,',
    );
    expect(lines.filter((line) => line.startsWith('token,'))).toHaveLength(3);
  });

  it('answers about an instant', async () => {
    const { status } = await access('--repository', 'acme/prod-api', '--as-of', night);
    expect(status).toBe(0);
    const known = await access('--repository', 'acme/prod-api', '--as-of', night, '--known-at', night);
    expect(known.status).toBe(0);
  });

  it.each([
    [['--repository', 'acme/nothing'], 'There is no repository acme/nothing.'],
    [['--repository', 'prod-api'], '--repository is not the name of a repository; expected its organization and name'],
    [['--repository', 'acme/prod-api', '--organization', 'acme-labs'], '--organization does not have the repository'],
    [['--person', 'E-9'], 'There is no person E-9'],
    [['--account', 'nobody'], 'There is no account nobody in acme, acme-labs.'],
    [['--account', ''], '--account is empty; expected a name'],
    [['--organization', 'other'], 'There is no organization other'],
    [['--as-of', 'yesterday'], '--as-of is `yesterday`; expected an ISO 8601 instant with a zone'],
    [['--known-at', '2026'], '--known-at is `2026`; expected an ISO 8601 instant with a zone'],
    [['--as-of', '2020-01-01T00:00:00Z'], 'nothing had been evaluated by 2020-01-01T00:00:00.000Z'],
    [['--output', '/nowhere/access.csv'], 'the folder is not there'],
    [['--format', 'xml'], 'Allowed choices are table, json, csv'],
  ])('refuses %j', async (args, sentence) => {
    const { status, out, err } = await access(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(sentence);
  });

  it('says of an empty database what to do first', async () => {
    const database = await testDatabase();
    const { status, err } = await runCommand(['access'], { DATABASE_URL: database.url });
    await database.drop();
    expect(status).toBe(2);
    expect(err).toContain('nothing was evaluated yet, so nobody knows who has access: hubwarden check');
  });
});
