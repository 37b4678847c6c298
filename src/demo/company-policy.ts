import type { Calendar } from './company-calendar.js';
import { demoSecrets } from './company-hub.js';

/** `hubwarden.yaml` of the demo company. */
export function demoPolicy(calendar: Calendar, timeZone: string, hubUrl: string): string {
  return `# The company of the demo. Its secrets open nothing but the simulated Docker Hub at ${hubUrl}.
organizations:
  - name: acme
    hub: { identifier: acme, secret: ${demoSecrets.reader} }
    owner: { identifier: ${demoSecrets.owner.username}, secret: ${demoSecrets.owner.password} }
    scim: { url: "${hubUrl}/v2/scim/2.0", token: ${demoSecrets.scim} }
  - name: acme-labs
    hub: { identifier: acme-labs, secret: ${demoSecrets.labsReader} }
roster:
  source: people.csv
  format: csv
  timeZone: ${timeZone}
identity:
  corporateDomains: [acme.example]
  domainAliases: { acme-labs.example: acme.example }
  plusAddressing: true
  links:
    - { username: nightowl77, person: E-1011 }
  serviceAccounts:
    - username: acmeci
      owner: E-1001
      reviewBy: ${calendar.day(120)}
      roles: [editor]
      reason: release pipeline
    - username: acmemirror
      owner: E-1038
      reviewBy: ${calendar.day(60)}
      roles: [member]
      reason: copies base images
criticalSystems:
  - name: Docker Hub acme
    organization: acme
    owner: E-1001
    approvedOn: ${calendar.day(-80)}
    access:
      - { roles: [owner], who: { jobTitles: [Head of Platform, Security Lead] } }
      - { roles: [editor], who: { departments: [Platform, Release] } }
      - { roles: [member], who: { employmentTypes: [employee] } }
      - { roles: [member], who: { employmentTypes: [contractor] }, until: ${calendar.day(90)} }
  - name: Production images
    organization: acme
    repositories: ["prod-*"]
    owner: E-1004
    approvedOn: ${calendar.day(-40)}
    access:
      - { roles: [owner], who: { jobTitles: [Head of Platform, Security Lead] } }
      - { roles: [editor], who: { departments: [Platform, Release] } }
      - { roles: [member], who: { departments: [Platform, Engineering, Data, Release, Security], employmentTypes: [employee] } }
  - name: Research images
    organization: acme-labs
    owner: E-1018
    approvedOn: ${calendar.day(-400)}
    access:
      - { roles: [owner], who: { jobTitles: [Head of Platform] } }
      - { roles: [member], who: { departments: [Data] } }
roles:
  registry-auditor: member
`;
}
