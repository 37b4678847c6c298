import { withToken } from './audit-log.js';
import { hexId, uuid } from './build-world.js';
import type { Calendar } from './company-calendar.js';
import type { HubAuditEvent } from './world.js';

/** Days before the demo's clock, who, what, to what, and what else Docker Hub says. */
type Line = readonly [
  days: number,
  actor: string,
  action: string,
  name: string,
  data: Readonly<Record<string, string>>,
  description: string,
];

/** What happened in `acme` in the last weeks, newest first: the everyday, and a few things that somebody should ask about. */
export function acmeLog(calendar: Calendar): HubAuditEvent[] {
  return inOrder('acme', calendar, [...releases(), ...pushes(), ...administration()]);
}

/** The small organization has quiet weeks. */
export function labsLog(calendar: Calendar): HubAuditEvent[] {
  return inOrder('acme-labs', calendar, [
    push('acme-labs', 'notebooks', 'rmenon', 2.4, '2.1'),
    push('acme-labs', 'experiments', 'hkimura', 6.2, 'run-88'),
    member(
      24.3,
      'ninakraus',
      'org.team.member.add',
      'rmenon',
      { team: 'research' },
      'added rmenon to the team research',
    ),
  ]);
}

/** The pipeline pushes what it built as its own account; one service has its own way, with a token of the organization. */
function releases(): Line[] {
  const services = ['api', 'worker', 'web', 'auth', 'gateway'];
  return services.flatMap((service, place) => [
    push(
      'acme',
      `prod-${service}`,
      service === 'gateway' ? withToken('acme', 'ci-push') : 'acmeci',
      1.1 + place * 0.8,
      `2026.${40 + place}`,
    ),
    push('acme', `staging-${service}`, 'acmeci', 1.3 + place * 0.8, `build-${900 + place}`),
  ]);
}

function pushes(): Line[] {
  return [
    push('acme', 'base-node', 'amaraokafor', 20.2, '24'),
    push('acme', 'base-python', 'lcarrasco', 22.1, '3.14'),
    push('acme', 'etl', 'arjunpillai', 3.2, 'nightly'),
    push('acme', 'feature-store', 'frahimi', 8.3, 'v7'),
    push('acme', 'feature-store', 'dpetrov', 6.4, 'v6-fix'),
    push('acme', 'docs-site', 'elifaydin', 5.2, 'latest'),
    push('acme', 'cli', 'callumreid', 14.1, '5.2.0'),
    push('acme', 'prod-billing', 'callumreid', 9.1, '2026.38'),
    // He left twelve days ago, and his account is still there.
    push('acme', 'prod-api', 'jonasreuter', 4.6, 'hotfix'),
    [
      4.5,
      'jonasreuter',
      'repo.tag.delete',
      'acme/staging-api',
      { tag: 'rc' },
      'deleted the tag rc of acme/staging-api',
    ],
  ];
}

function administration(): Line[] {
  return [
    member(
      27.4,
      'isolberg',
      'org.member.add',
      'acme',
      { username: 'zofialis' },
      'added zofialis to the organization acme',
    ),
    member(
      27.3,
      'isolberg',
      'org.team.member.add',
      'zofialis',
      { team: 'backend' },
      'added zofialis to the team backend',
    ),
    member(
      6.6,
      'ninakraus',
      'org.member.role.change',
      'acme',
      { username: 'cbenedetti', old_role: 'member', new_role: 'owner' },
      'changed the role of cbenedetti from member to owner',
    ),
    member(
      3.4,
      'cbenedetti',
      'org.member.invite.send',
      'acme',
      { invitee: 'freya.mwangi@acme.example', team: 'owners' },
      'invited freya.mwangi@acme.example to the team owners',
    ),
    member(16.5, 'isolberg', 'org.settings.update', 'acme', { setting: 'description' }, 'updated the settings of acme'),
  ];
}

function push(organization: string, repository: string, actor: string, days: number, tag: string): Line {
  const label = / - access token "(.*)"$/.exec(actor)?.[1];
  const digest = `sha256:${hexId(`${repository}:${tag}`)}${hexId(tag)}`;
  const name = `${organization}/${repository}`;
  return [
    days,
    actor,
    'repo.tag.push',
    name,
    { tag, digest, ...(label && { access_token_label: label, access_token_type: 'TYPE_ORG' }) },
    `pushed the tag ${tag} with the digest ${digest.slice(0, 19)} to the repository ${name}`,
  ];
}

function member(
  days: number,
  actor: string,
  action: string,
  name: string,
  data: Readonly<Record<string, string>>,
  description: string,
): Line {
  return [days, actor, action, name, data, description];
}

function inOrder(organization: string, calendar: Calendar, lines: readonly Line[]): HubAuditEvent[] {
  return lines
    .toSorted(([one], [other]) => one - other)
    .map(([days, actor, action, name, data, description]) => ({
      eventId: uuid(`event ${organization} ${days} ${actor} ${action} ${name}`),
      action,
      name,
      actor,
      data: { ...data },
      timestamp: calendar.moment(-days),
      description,
    }));
}
