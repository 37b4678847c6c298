import { catalog, catalogueVersion } from './catalog.js';
import type { Dataset, Need } from './check.js';
import type { DocumentedCheck } from './documented-check.js';

/** docs/checks.md, from the catalogue. */
export function checksDocument(): string {
  return [introduction, summary(), engineReasons, ...catalog.map(section)].join('\n\n') + '\n';
}

const introduction = `# Checks

<!-- Written by \`npm run docs:checks\` from src/checks/catalog. Change it there. -->

Version ${catalogueVersion} of the catalogue. A check looks at one subject and says \`pass\`, \`fail\`, \`unknown\` or \`not_applicable\`, with a reason;
\`error\` is a defect of the check itself. A failure needs one witness. A pass needs every listing under "needs" to be complete and fresh, otherwise
it becomes \`unknown\`: so does a failure that claims an absence in a listing that is not whole. An \`unknown\` closes no finding.

Every check takes the keys \`enabled\` (with a \`reason\` where it is false), \`severity\` and \`sla\` under \`checks\` in hubwarden.yaml, beside the keys
of its own that are listed here. An \`sla\` of \`24h\` or \`3d\` runs in calendar time; one of \`5bd\` counts business days, by the \`calendar\` of hubwarden.yaml:
due at the same local time five business days later, and what begins on a weekend or holiday counts from the start of the next business day.
It runs from the night that first saw the failure; that of \`offboarded-access-removed\` from the end of the employment, so that somebody
who left a month ago is overdue at once. A finding keeps the due date that it got when it opened.

"Data trust" marks checks that say whether the data can be believed: where one of them fails the exit status is 3, not 1.

Controls are requirements that the check gives evidence for, not proof that they are met. Only numbers that were compared with the published
framework are claimed.`;

const engineReasons = `## Reasons for verdicts that are withheld

| reason | verdict | meaning |
| --- | --- | --- |
| \`SOURCE_INCOMPLETE\` | \`unknown\` | a listing that the check needs is partial, or no longer shows a subject that the last complete one had |
| \`SOURCE_UNREACHABLE\` | \`unknown\` | a listing that the check needs could not be read |
| \`SOURCE_STALE\` | \`unknown\` | a listing or the roster is too old |
| \`CAPABILITY_MISSING\` | \`unknown\` | no configured credential can read a listing that the check needs |
| \`VISIBILITY_NOT_PROVEN\` | \`unknown\` | a listing may leave out what its credential cannot see |
| \`ROSTER_QUARANTINED\` | \`unknown\` | a newer roster waits for a decision |
| \`CHECK_FAILED\` | \`error\` | the check itself broke down on this subject |
| \`NO_SUBJECTS\` | \`not_applicable\` | the listings are complete, and there is nothing to judge |`;

function summary(): string {
  const rows = catalog.map(
    ({ id, title, severity, sla, dataTrust }) =>
      `| [\`${id}\`](#${id}) | ${title} | ${severity} | ${sla} |${dataTrust === true ? ' data trust |' : ' |'}`,
  );
  return ['| check | the good case | severity | SLA | |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

function section(check: DocumentedCheck<never>): string {
  const { id, title, severity, sla, subjects, needs, why, remedy, controls, dataTrust } = check;
  const lines = [
    `- Severity: ${severity}; SLA: ${sla}${dataTrust === true ? '; data trust' : ''}`,
    `- Subjects: ${subjects.map(code).join(', ')}${check.remembers === true ? ', also after they are gone, while their link stands or their finding is open' : ''}`,
    `- Needs: ${needs.length === 0 ? 'nothing; it judges the data or Hubwarden itself' : needs.map(need).join(', ')}`,
    `- Controls: ${controls.length === 0 ? 'none claimed' : controls.map((control) => `${control.framework} ${control.id}`).join(', ')}`,
  ];
  return [`## ${id}`, `${title}.`, why, `What to do: ${remedy}`, lines.join('\n'), policy(check), reasons(check)].join(
    '\n\n',
  );
}

function policy({ id, policy: Policy, settings }: DocumentedCheck<never>): string {
  const defaults = Object.entries(new Policy());
  if (defaults.length === 0) return 'It has no keys of its own.';
  return [
    '| key | default | meaning |',
    '| --- | --- | --- |',
    ...defaults.map(
      ([key, value]) =>
        `| \`checks.${id}.${key}\` | \`${typeof value === 'string' ? value : JSON.stringify(value)}\` | ${settings[key] ?? ''} |`,
    ),
  ].join('\n');
}

function reasons(check: DocumentedCheck<never>): string {
  const rows = Object.entries(check.reasons).flatMap(([outcome, meanings]) =>
    Object.entries(meanings).map(([reason, meaning]) => `| ${code(outcome)} | ${code(reason)} | ${meaning} |`),
  );
  return ['| verdict | reason | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

const conditions = {
  configured: 'where the organization has it',
  narrowed: 'where a critical system is narrowed to repositories',
} as const;

function need(of: Need): string {
  return typeof of === 'string' ? code(of) : `${code(of.dataset satisfies Dataset)} (${conditions[of.when]})`;
}

function code(text: string): string {
  return `\`${text}\``;
}
