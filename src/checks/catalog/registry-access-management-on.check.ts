import type { DocumentedCheck } from '../documented-check.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { OrganizationFacts } from '../facts.js';
import { Names } from '../threshold.js';
import { unreadMeanings, unreadVerdict } from '../unread.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted, listed } from '../wording.js';

export class RegistryAccessPolicy {
  @Names('a list of hosts such as `[registry.acme.com]`')
  allowed: readonly string[] = [];
}

export const registryAccessManagementOn: DocumentedCheck<OrganizationFacts, RegistryAccessPolicy> = {
  id: 'registry-access-management-on',
  title: 'Registry access management is on, and admits only registries that the policy names',
  subjects: ['organization'],
  population: [],
  needs: ['registry_access'],
  severity: 'medium',
  sla: '10bd',
  why: 'An image from a registry that nobody chose has passed none of the checks that the others pass.',
  remedy:
    'Switch registry access management on in the settings of the organization, take out what nobody needs, and name the rest under `allowed`. Below the Business plan there is none: then disable the check, with that as its reason.',
  controls: [...soc2('CC6.6'), ...iso27001('A.8.20'), ...nist('CM-7', 'SC-7')],
  policy: RegistryAccessPolicy,
  settings: { allowed: 'the hosts of registries that may be admitted beside Docker Hub' },
  reasons: {
    pass: { REGISTRY_ACCESS_MANAGED: 'it is on, and admits Docker Hub and what `allowed` names at most' },
    fail: {
      REGISTRY_ACCESS_OFF: 'it is off',
      REGISTRY_NOT_ALLOWED: 'it admits a registry that `allowed` does not name',
    },
    unknown: {
      ...unreadMeanings,
      FIELD_NOT_EXPOSED: 'Docker Hub did not say whether it is on, or which registries it admits',
    },
  },
  judge(facts, { policy }) {
    const { organization, registryAccess } = facts;
    const unread = unreadVerdict(facts, 'registry_access');
    if (unread !== null) return unread;
    const { enabled, registries } = registryAccess ?? {};
    if (enabled === false) {
      return fail('REGISTRY_ACCESS_OFF', `Registry access management of ${organization} is off.`, { enabled });
    }
    if (enabled !== true) return unsaid(organization, 'whether registry access management is on');
    const known = new Set([dockerHub, ...policy.allowed.map(hostOf)]);
    const admitted = (registries ?? []).filter(({ allowed }) => allowed === true);
    const strangers = admitted.flatMap(({ address }) =>
      address === undefined || known.has(hostOf(address)) ? [] : [address],
    );
    const about = { enabled, admitted: admitted.flatMap(({ address }) => address ?? []) };
    if (strangers.length > 0) {
      return fail(
        'REGISTRY_NOT_ALLOWED',
        `Registry access management of ${organization} admits ${listed(strangers)}, which the policy does not name.`,
        { ...about, strangers },
      );
    }
    if (registries === undefined) return unsaid(organization, 'which registries are admitted');
    // One that is not named may be any, and one of which nobody says whether it is admitted may be.
    const doubtful = registries.filter(({ address, allowed }) =>
      typeof allowed !== 'boolean'
        ? address === undefined || !known.has(hostOf(address))
        : allowed && address === undefined,
    );
    if (doubtful.length > 0) {
      return unsaid(organization, `what ${counted(doubtful.length, 'entry', 'entries')} of the admitted registries is`);
    }
    return pass(
      'REGISTRY_ACCESS_MANAGED',
      `Registry access management of ${organization} is on and admits ${admitted.length === 0 ? 'no registry' : listed(about.admitted)}.`,
      about,
    );
  },
};

/** What stands for Docker Hub itself among the registries. */
const dockerHub = 'dockerhub';

/** Two ways of writing one registry. */
function hostOf(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
}

function unsaid(organization: string, what: string) {
  return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say ${what} of ${organization}.`);
}
