import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { OrganizationFacts } from '../checks/facts.js';
import type { SignOnChange } from '../checks/settings-facts.js';
import { auditCoverage, auditEvents } from './audit-facts.query.js';

interface SnapshotOf {
  readonly id: string;
  readonly snapshot: string;
}

/** The settings of one organization as one snapshot shows them; what an incomplete reading left unverified is left out. */
export async function settingsFacts(
  manager: EntityManager,
  { id, snapshot }: SnapshotOf,
): Promise<Pick<OrganizationFacts, 'imageAccess' | 'registryAccess'>> {
  const rows: { dataset: 'image_access' | 'registry_access'; data: object }[] = await manager.query(
    `select observation.dataset, observation.data
       from observation
      where observation.organization_id = $1 and observation.dataset in ('image_access', 'registry_access')
        and observation.key = 'settings' and observation.first_snapshot <= $2
        and (observation.last_snapshot is null or observation.last_snapshot > $2)
        and not exists (select from unverified
                         where unverified.snapshot = $2 and unverified.observation_id = observation.id)`,
    [id, snapshot],
  );
  const settings = new Map(rows.map(({ dataset, data }) => [dataset, data]));
  const imageAccess = settings.get('image_access');
  const registryAccess = settings.get('registry_access');
  return { ...(imageAccess && { imageAccess }), ...(registryAccess && { registryAccess }) };
}

/** As long as anybody's word about single sign-on counts. */
const lookBackMs = 90 * 86_400_000;

/** Docker names events with their group in front, and says nowhere that it always does. */
const kinds: ReadonlyMap<string, SignOnChange['kind']> = new Map(
  (
    [
      ['org', 'domain.delete', 'removed'],
      ['enterprise', 'sso.connection.delete', 'removed'],
      ['enterprise', 'sso.connection.enforcement_toggle', 'toggled'],
    ] as const
  ).flatMap(([group, name, kind]) => [
    [`${group}.${name}`, kind],
    [name, kind],
  ]),
);

/** What the archive of the audit log, as the snapshot knew it, says about single sign-on. */
export async function signOnFacts(
  manager: EntityManager,
  { id, snapshot }: SnapshotOf,
  now: Instant,
): Promise<Pick<OrganizationFacts, 'signOn'>> {
  const archive = { organizationId: id, snapshot };
  const since = new Date(Date.parse(now) - lookBackMs).toISOString();
  const events = await auditEvents(manager, archive, { actions: [...kinds.keys()], since, until: now });
  const coverage = await auditCoverage(manager, archive);
  return {
    signOn: {
      changes: events.flatMap(({ at, action, actor }) => {
        const kind = kinds.get(action);
        return kind === undefined ? [] : [{ at, kind, action, actor: actor ?? null }];
      }),
      coveredSince: coverage.at(-1)?.from ?? null,
    },
  };
}
