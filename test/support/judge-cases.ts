import { expect, it } from 'vitest';
import type { Approval, Attestation, Dataset, Verdict } from '../../src/checks/check.js';
import type { DocumentedCheck } from '../../src/checks/documented-check.js';
import { now as standardNow } from './check-facts.js';

export interface Case<Facts, Policy> {
  /** Completes "… when". */
  readonly when: string;
  readonly facts: Facts;
  readonly policy?: Partial<Policy>;
  readonly now?: string;
  /** Ids, or policies by id. */
  readonly enabled?: readonly string[] | ReadonlyMap<string, object>;
  /** Standing exceptions of the very subject, newest first. */
  readonly approvals?: readonly Approval[];
  readonly attestation?: Attestation;
  /** Outcome and reason, for example `fail OWNER_LEFT`. */
  readonly expect: `${Verdict['outcome']} ${string}`;
  /** What the message has to say. */
  readonly says?: RegExp;
  /** The datasets in which a failure claims an absence; none unless named. */
  readonly absentFrom?: readonly Dataset[];
  /** What else the verdict has to hold. */
  readonly verdict?: Readonly<Record<string, unknown>>;
}

/**
 * Runs a table of cases. Facts are frozen and judged twice; every message has to be a sentence; and the table as a whole
 * has to show every reason that the check documents, and no other.
 */
export function judgeCases<Facts, Policy extends object>(
  check: DocumentedCheck<Facts, Policy>,
  cases: readonly Case<Facts, Policy>[],
): void {
  for (const row of cases) {
    it(`${row.expect} when ${row.when}`, () => {
      const verdict = judge(check, row);
      expect(verdict).toMatchObject({ ...row.verdict, message: expect.stringMatching(row.says ?? '') });
      expect(summary(verdict)).toBe(row.expect);
      const claims = verdict.outcome === 'fail' ? (verdict.absentFrom ?? []) : [];
      expect(claims).toEqual(row.absentFrom ?? []);
    });
  }

  it('has a case for every reason that it documents, and documents every reason that it gives', () => {
    const shown = new Set(cases.map((row) => summary(judge(check, row))));
    const documented = Object.entries(check.reasons).flatMap(([outcome, reasons]) =>
      Object.keys(reasons).map((reason) => `${outcome} ${reason}`),
    );
    expect([...shown].sort()).toEqual(documented.sort());
  });
}

/** Judges one case; fails where the check changes its facts, answers differently the second time, or speaks nonsense. */
export function judge<Facts, Policy extends object>(
  check: DocumentedCheck<Facts, Policy>,
  row: Pick<Case<Facts, Policy>, 'facts' | 'policy' | 'now' | 'enabled' | 'approvals' | 'attestation'>,
): Verdict {
  const facts = deepFreeze(structuredClone(row.facts));
  const given = Object.freeze({
    policy: Object.freeze(Object.assign(new check.policy(), row.policy)),
    now: row.now ?? standardNow,
    ...(row.enabled && { enabled: policiesOf(row.enabled) }),
    ...(row.approvals && { approvals: deepFreeze(structuredClone(row.approvals)) }),
    ...(row.attestation && { attestation: Object.freeze({ ...row.attestation }) }),
  });
  const verdict = check.judge(facts, given);
  expect(check.judge(facts, given)).toEqual(verdict);
  expect(facts).toEqual(row.facts);
  expect(verdict.message).toMatch(/^\S.*\.$/s);
  expect(verdict.message).not.toMatch(/undefined|null|NaN|\[object|T\d\d:|\.\.|  /);
  expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  return verdict;
}

function policiesOf(enabled: NonNullable<Case<never, never>['enabled']>): ReadonlyMap<string, object> {
  return 'get' in enabled ? enabled : new Map(enabled.map((id) => [id, {}]));
}

export function summary(verdict: Verdict): `${Verdict['outcome']} ${string}` {
  return `${verdict.outcome} ${'because' in verdict ? verdict.because : verdict.reason}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
