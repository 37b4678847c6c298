/** What happened to a finding, in the order in which it was recorded. */
export interface Step {
  readonly kind: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Null: it happened between two evaluations. */
  readonly evaluation: number | null;
}

export interface PastFinding {
  readonly id: number;
  readonly check: string;
  readonly severity: string;
  readonly beganAt: string;
  readonly firstSeenAt: string;
  readonly dueAt: string;
  readonly steps: readonly Step[];
}

export interface Past {
  readonly findings: readonly PastFinding[];
  /** Instants before the last evaluation: those of evaluations, a moment before and after them, and others. */
  readonly moments: readonly string[];
  /** That write it into an empty database. */
  readonly statements: readonly string[];
}

const hour = 3_600_000;
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A past of 200 findings and 40 evaluations, which lie hours to years apart, across changes of the clocks; the same for the same seed. */
export function randomPast(seed: number): Past {
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const below = (count: number): number => Math.floor(random() * count);
  const oneOf = <Item>(items: readonly [Item, ...Item[]]): Item => items[below(items.length)] ?? items[0];

  // Gaps of exactly 24 hours times a power of two are the edges of the spans by which the past is looked up.
  const nights: number[] = [Date.parse('2011-03-20T02:00:00.000Z')];
  while (nights.length < 40) nights.push((nights.at(-1) ?? 0) + 24 * hour * 2 ** oneOf([0, 0, 0, 1, 1, 2, 3, 5, 7, 9]));
  const ends = nights.at(-1) ?? 0;

  const findings = Array.from({ length: 200 }, (_, place): PastFinding => {
    const first = below(nights.length);
    const opened = nights[first] ?? 0;
    const alarm = random() < 0.1;
    const firstSeen = alarm ? opened + hour : opened;
    const steps: Step[] = [{ kind: 'opened', at: iso(firstSeen), evaluation: alarm ? null : first + 1 }];
    let [open, excepted] = [true, false];
    const keeps = random() * 0.6;
    for (const [index, night] of nights.entries()) {
      if (index <= first) continue;
      const between = iso((nights[index - 1] ?? 0) + 2 * hour + below(20) * hour);
      const chance = random();
      if (open && chance < 0.1) steps.push({ kind: 'acknowledged', at: between, evaluation: null });
      else if (open && !excepted && chance < 0.14) {
        steps.push({ kind: 'excepted', at: between, evaluation: null });
        excepted = true;
      } else if (excepted && chance < 0.3) {
        const ended = random() < 0.5;
        steps.push({
          kind: ended ? 'exception_expired' : 'exception_revoked',
          at: ended ? iso(night) : between,
          evaluation: ended ? index + 1 : null,
        });
        excepted = false;
      } else if (open && chance < 0.35) steps.push({ kind: 'overdue', at: iso(night), evaluation: index + 1 });
      else if (open && chance > 0.35 + keeps) {
        steps.push({ kind: 'resolved', at: iso(night), evaluation: index + 1 });
        [open, excepted] = [false, false];
      } else if (!open && chance < 0.12) {
        steps.push({ kind: 'reopened', at: iso(night), evaluation: index + 1 });
        open = true;
      }
    }
    return {
      id: place + 1,
      check: oneOf(['user-identified', 'owner-count']),
      severity: oneOf(['critical', 'high', 'medium', 'low']),
      beganAt: iso(random() < 0.3 ? firstSeen - below(4_000) * hour : firstSeen),
      firstSeenAt: iso(firstSeen),
      // Few of them, so that there are ties.
      dueAt: iso((nights[Math.min(first + below(6), nights.length - 1)] ?? ends) + 7 * 24 * hour),
      steps,
    };
  });

  const around = nights.slice(1, -1).filter(() => random() < 0.4);
  const moments = [
    ...around.flatMap((night) => [night - 1, night, night + hour]),
    ...Array.from({ length: 10 }, () => (nights[0] ?? 0) + Math.floor(random() * (ends - (nights[0] ?? 0)))),
  ].map(iso);
  return { findings, moments, statements: statementsOf(findings, nights.map(iso)) };
}

function statementsOf(findings: readonly PastFinding[], nights: readonly string[]): string[] {
  const json = (rows: readonly object[]): string => `'${JSON.stringify(rows)}'::jsonb`;
  const covers = ['excepted', 'exception_expired', 'exception_revoked'];
  const rows = findings.map(({ steps, ...finding }) => {
    const state = steps.findLast(({ kind }) => ['opened', 'reopened', 'resolved'].includes(kind));
    const cover = steps.findLast(({ kind }) => [...covers, 'resolved'].includes(kind));
    return {
      ...finding,
      resolvedAt: state?.kind === 'resolved' ? state.at : null,
      acknowledgedAt: steps.findLast(({ kind }) => kind === 'acknowledged')?.at ?? null,
      reopened: steps.filter(({ kind }) => ['reopened', 'exception_expired', 'exception_revoked'].includes(kind))
        .length,
      exception: cover?.kind === 'excepted' ? finding.id : null,
      covered: steps.find(({ kind }) => kind === 'excepted')?.at ?? null,
    };
  });
  const steps = findings
    .flatMap(({ id, steps: own }) => own.map((step) => ({ finding: id, ...step })))
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .map((step, place) => ({ place, ...step }));
  return [
    `insert into organization (name) values ('acme')`,
    `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
     select gen_random_uuid(), night::timestamptz, night::timestamptz, night::timestamptz, '{"fetchedAt": null}', '4', '{"checks": []}'
       from unnest('{${nights.join(',')}}'::text[]) with ordinality as judged (night, place) order by place`,
    `insert into exception (id, check_id, organization_id, subject, reason, state, requested_at, requested_by, expires_at)
     overriding system value
     select id, 'user-identified', 1, 'u' || id, 'agreed', 'approved', now(), 'olga', now()
       from jsonb_to_recordset(${json(rows)}) as own (id bigint)`,
    `insert into finding (id, check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message, first_seen_at,
                          began_at, due_at, resolved_at, resolved_because, acknowledged_at, reopened, excepted_by)
     overriding system value
     select id, "check", 1, 'account', 'u' || id, 'u' || id, severity, 'R', 'M', "firstSeenAt", nullif("beganAt", "firstSeenAt"), "dueAt",
            "resolvedAt", case when "resolvedAt" is not null then 'GONE' end, "acknowledgedAt", reopened, exception
       from jsonb_to_recordset(${json(rows)}) as own (
              id bigint, "check" text, severity text, "firstSeenAt" timestamptz, "beganAt" timestamptz, "dueAt" timestamptz,
              "resolvedAt" timestamptz, "acknowledgedAt" timestamptz, reopened integer, exception bigint)`,
    `insert into excepted_finding (exception_id, finding_id, accepted, started_at, ended_at)
     select id, id, '{}', covered, case when exception is null then covered end
       from jsonb_to_recordset(${json(rows)}) as own (id bigint, covered timestamptz, exception bigint) where covered is not null`,
    `insert into finding_transition (finding_id, evaluation_number, at, kind, because, exception_id)
     select finding, evaluation, at, kind, 'R', case when kind = 'excepted' then finding end
       from jsonb_to_recordset(${json(steps)}) as step (finding bigint, evaluation bigint, at timestamptz, kind text, place bigint)
      order by place`,
  ];
}
