import { anOrganization, without } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { aReading } from '../../../test/support/readings.js';
import type { RegistryAccessFacts } from '../settings-facts.js';
import { registryAccessManagementOn } from './registry-access-management-on.check.js';

const hub = { address: 'DockerHub', allowed: true };
const own = { address: 'registry.acme.com', allowed: true };
const on: RegistryAccessFacts = { enabled: true, registries: [hub] };
const acme = (registryAccess?: RegistryAccessFacts, reading = aReading('registry_access')) =>
  anOrganization({ datasets: [reading], ...(registryAccess && { registryAccess }) });

judgeCases(registryAccessManagementOn, [
  {
    when: 'it is on and admits Docker Hub',
    facts: acme(on),
    expect: 'pass REGISTRY_ACCESS_MANAGED',
    says: /of acme is on and admits DockerHub\.$/,
    verdict: { facts: { enabled: true, admitted: ['DockerHub'] } },
  },
  {
    when: 'it admits what the policy names, written otherwise',
    facts: acme({ enabled: true, registries: [hub, own] }),
    policy: { allowed: ['https://Registry.ACME.com/'] },
    expect: 'pass REGISTRY_ACCESS_MANAGED',
  },
  {
    when: 'a registry that nobody knows is listed and not admitted',
    facts: acme({ enabled: true, registries: [{ ...own, allowed: false }, { allowed: false }] }),
    expect: 'pass REGISTRY_ACCESS_MANAGED',
    says: /admits no registry\.$/,
  },
  {
    when: 'nobody says whether a registry is admitted, which would be all right',
    facts: acme({ enabled: true, registries: [{ address: 'DockerHub' }] }),
    expect: 'pass REGISTRY_ACCESS_MANAGED',
  },
  { when: 'it is off', facts: acme({ enabled: false, registries: [hub] }), expect: 'fail REGISTRY_ACCESS_OFF' },
  {
    when: 'it admits a registry that the policy does not name',
    facts: acme({ enabled: true, registries: [hub, own, { address: 'ghcr.io', allowed: true }] }),
    policy: { allowed: ['registry.acme.com'] },
    expect: 'fail REGISTRY_NOT_ALLOWED',
    says: /of acme admits ghcr\.io, which the policy does not name\.$/,
    verdict: { facts: { strangers: ['ghcr.io'] } },
  },
  {
    when: 'the policy names only a domain above it',
    facts: acme({ enabled: true, registries: [own] }),
    policy: { allowed: ['acme.com'] },
    expect: 'fail REGISTRY_NOT_ALLOWED',
  },
  { when: 'nobody says whether it is on', facts: acme(without(on, 'enabled')), expect: 'unknown FIELD_NOT_EXPOSED' },
  { when: 'nobody says what it admits', facts: acme(without(on, 'registries')), expect: 'unknown FIELD_NOT_EXPOSED' },
  {
    when: 'a registry is admitted that has no address',
    facts: acme({ enabled: true, registries: [hub, { allowed: true }] }),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /what 1 entry of the admitted registries is/,
  },
  {
    when: 'nobody says whether a registry is admitted that the policy does not name',
    facts: acme({ enabled: true, registries: [hub, { address: 'ghcr.io', allowed: null }] }),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'the undocumented route shows nothing',
    facts: acme(
      undefined,
      aReading('registry_access', 'not_permitted', 'CAPABILITY_MISSING', 'Docker Hub does not show it (404).'),
    ),
    expect: 'unknown CAPABILITY_MISSING',
    says: /\(404\)\.$/,
  },
  {
    when: 'it could not be read',
    facts: acme(on, aReading('registry_access', 'failed', 'SOURCE_UNREACHABLE', 'Docker Hub answered 500.')),
    expect: 'unknown SOURCE_UNREACHABLE',
  },
  { when: 'nobody asked for it', facts: anOrganization(), expect: 'unknown SOURCE_INCOMPLETE' },
]);
