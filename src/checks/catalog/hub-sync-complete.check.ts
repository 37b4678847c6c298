import { soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { OrganizationFacts } from '../facts.js';
import { NoThresholds } from '../threshold.js';
import { lacksRights, openDatasets, type OpenDataset } from '../unread.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { asSentence, counted, listed } from '../wording.js';

export const hubSyncComplete: DocumentedCheck<OrganizationFacts, NoThresholds> = {
  id: 'hub-sync-complete',
  title: 'Everything that the checks need was read from Docker Hub to its end',
  subjects: ['organization'],
  population: [],
  needs: [],
  severity: 'high',
  sla: '24h',
  why: 'What was not read cannot be judged: every verdict that needs it is open until it is.',
  remedy: 'Run `hubwarden connect test`: it names the credential that each dataset needs; then run the check again.',
  controls: [...soc2('CC7.2'), ...sox('IPE')],
  dataTrust: true,
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: { SYNC_COMPLETE: 'every dataset that an enabled check needs is complete' },
    fail: {
      SOURCE_INCOMPLETE:
        'a dataset that an enabled check needs is partial, failed or missing; where `connector-capability` is disabled also one that the credentials may not read',
    },
    unknown: {
      CAPABILITY_MISSING:
        'what is not whole the credentials may not read, or not all of it, which fails `connector-capability`; the rest is complete',
      NOT_CONFIGURED: 'no credential can list the members',
    },
    not_applicable: { NOTHING_NEEDED: 'no enabled check needs anything from Docker Hub' },
  },
  judge(facts, { enabled }) {
    const { organization, datasets, needed } = facts;
    if (needed.length === 0) return notApplicable('NOTHING_NEEDED', 'No enabled check needs anything from Docker Hub.');
    const open = openDatasets(facts);
    // To try again helps against a fault; against a missing right it takes another credential, and another check says so.
    const isJudgedElsewhere = enabled === undefined || enabled.has('connector-capability');
    const faulty = isJudgedElsewhere ? open.filter((dataset) => !lacksRights(dataset)) : open;
    if (faulty.length > 0) {
      return fail('SOURCE_INCOMPLETE', unread(organization, faulty), {
        datasets: faulty.map(({ name, status, reason }) => ({ name, status, reason })),
      });
    }
    if (open.length > 0) {
      return unknown(
        'CAPABILITY_MISSING',
        `${unread(organization, open)} That is for want of rights, and connector-capability fails for it.`,
        { datasets: open.map(({ name, status, reason }) => ({ name, status, reason })) },
      );
    }
    // What nobody configured is nobody's fault, but an organization whose members cannot be listed was not read.
    const read = new Map(datasets.map((dataset) => [dataset.name, dataset]));
    if (needed.includes('members') && read.get('members')?.status === 'not_configured') {
      return unknown('NOT_CONFIGURED', `No credential of ${organization} can list its members.`);
    }
    const complete = needed.filter((name) => read.get(name)?.status === 'complete');
    return pass(
      'SYNC_COMPLETE',
      `Of ${organization} ${counted(complete.length, 'needed dataset is', 'needed datasets are')} complete.`,
      {
        datasets: complete,
      },
    );
  },
};

function unread(organization: string, open: readonly OpenDataset[]): string {
  const said = new Set(open.flatMap(({ message }) => (message === null ? [] : [asSentence(message)])));
  return [`Of ${organization} ${listed(open.map(told))} could not be read to the end.`, ...[...said].slice(0, 3)].join(
    ' ',
  );
}

function told({ name, status, reason }: OpenDataset): string {
  return `${name} (${status}${reason === null || reason === '' ? '' : `, ${reason}`})`;
}
