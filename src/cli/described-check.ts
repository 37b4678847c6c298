import type { Dataset, Severity } from '../checks/check.js';
import { controlTitle } from '../checks/control-catalogue.js';
import type { DocumentedCheck } from '../checks/documented-check.js';
import type { CheckConfig } from '../config/configuration.js';

/** One check of the catalogue as `checks list` tells it. */
export interface DescribedCheck {
  readonly id: string;
  readonly title: string;
  /** Severity and time to repair are those in force where a configuration is known. */
  readonly severity: Severity;
  readonly sla: string;
  readonly subjects: readonly string[];
  readonly needs: readonly { readonly dataset: Dataset; readonly when: 'always' | 'configured' | 'narrowed' }[];
  readonly controls: readonly { readonly framework: string; readonly id: string; readonly title: string }[];
  readonly dataTrust: boolean;
  /** Null: no configuration was named. */
  readonly enabled: boolean | null;
  readonly disabledBecause: string | null;
}

/** One setting of a check's own. */
export interface DescribedSetting {
  readonly key: string;
  readonly meaning: string;
  /** In force where a configuration is known, else the default. */
  readonly value: unknown;
}

export function describeCheck(check: DocumentedCheck<never>, configured: CheckConfig | undefined): DescribedCheck {
  const { id, title, subjects, dataTrust } = check;
  return {
    id,
    title,
    severity: configured?.severity ?? check.severity,
    sla: configured?.sla ?? check.sla,
    subjects,
    needs: check.needs.map((need) => (typeof need === 'string' ? { dataset: need, when: 'always' } : need)),
    controls: check.controls.map((control) => ({ ...control, title: controlTitle(control) ?? '' })),
    dataTrust: dataTrust === true,
    enabled: configured?.enabled ?? null,
    disabledBecause: configured?.enabled === false ? configured.reason : null,
  };
}

export function describeSettings(
  check: DocumentedCheck<never>,
  configured: CheckConfig | undefined,
): readonly DescribedSetting[] {
  return Object.entries(configured?.policy ?? new check.policy()).map(([key, value]: [string, unknown]) => ({
    key,
    meaning: check.settings[key] ?? '',
    value,
  }));
}

const conditions = {
  always: '',
  configured: ' (where it is configured)',
  narrowed: ' (where a system is narrowed to repositories)',
};

export function needsText({ needs }: DescribedCheck): string {
  return needs.map(({ dataset, when }) => `${dataset}${conditions[when]}`).join(', ');
}

/** `SOC 2 CC6.1, CC6.2; HIPAA 164.312(b)`, in the order of the check. */
export function controlsText({ controls }: DescribedCheck): string {
  const byFramework = new Map<string, string[]>();
  for (const { framework, id } of controls) byFramework.set(framework, [...(byFramework.get(framework) ?? []), id]);
  return [...byFramework].map(([framework, ids]) => `${framework} ${ids.join(', ')}`).join('; ');
}

/** What the configuration says about it running; nothing where none was named. */
export function stateText({ enabled, disabledBecause }: DescribedCheck): string {
  if (enabled === null) return '';
  return enabled ? 'on' : `off: ${disabledBecause ?? ''}`;
}
