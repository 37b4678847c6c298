import type { Instant } from '../../findings/report.js';
import {
  digestChanges,
  totalOf,
  type Digest,
  type DigestChange,
  type DigestCheck,
  type DigestItem,
} from '../digest.js';
import { findingsUrl } from '../findings-url.js';
import type { Delivery } from '../notifier.js';
import { slackText, slackWords } from './slack-text.js';

export type SlackText =
  | { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
  | { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };

export type SlackBlock =
  | { readonly type: 'header' | 'section'; readonly text: SlackText }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] };

export interface SlackMessage {
  /** What notifications show. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

const mostBlocks = 50;
const mostInText = 3_000;
const mostInHeader = 150;
/** Slack refuses a little above 13 000 characters and does not say how it counts, so here the bytes of all the JSON count. */
const mostInAll = 13_000;

const mostSources = 10;
const mostInSource = 280;
const mostInName = 100;
const mostInOrganization = 80;
const mostInItemMessage = 320;

/**
 * The digest as one message within Slack's limits, the most urgent first; for the rest it says how many there are and where.
 * What somebody else wrote stands in `plain_text` only, in which Slack reads neither mentions nor formatting.
 */
export function slackMessage(delivery: Delivery): SlackMessage {
  const { items } = delivery.digest;
  let message = render(delivery, []);
  for (let shown = 1; shown <= items.length; shown++) {
    const longer = render(delivery, items.slice(0, shown));
    if (!fits(longer)) break;
    message = longer;
  }
  return message;
}

function fits(message: SlackMessage): boolean {
  return message.blocks.length <= mostBlocks && Buffer.byteLength(JSON.stringify(message)) <= mostInAll;
}

function render({ id, digest, publicUrl }: Delivery, items: readonly DigestItem[]): SlackMessage {
  const title = titleOf(digest);
  const explanation = explanationOf(digest);
  const { evaluation } = digest;
  return {
    text: slackWords(`Hubwarden: ${title}`, mostInText),
    blocks: [
      { type: 'header', text: plain(slackText(title, mostInHeader)) },
      ...(explanation === null ? [] : [section(plain(explanation))]),
      ...sourcesOf(digest),
      ...digestChanges.flatMap((change) => digest.checks.flatMap((check) => groupOf(digest, change, check, items))),
      ...moreOf(digest, items.length, publicUrl),
      {
        type: 'context',
        elements: [
          plain(evaluation === null ? 'Between two evaluations' : `Evaluation of ${minuteOf(evaluation.at)}`),
          plain(`Delivery ${slackText(id, mostInName)}`),
        ],
      },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function titleOf({ kind, counts, severity }: Digest): string {
  const told = digestChanges.flatMap((change) => ((counts[change] ?? 0) > 0 ? [`${counts[change]} ${change}`] : []));
  const what = told.length === 0 ? 'nothing changed' : told.join(', ');
  switch (kind) {
    case 'changes':
      return `Docker Hub access: ${what} (${severity})`;
    case 'first_night':
      return `Docker Hub access, first evaluation: ${what}`;
    case 'source_down':
      return `Docker Hub access, data is missing: ${what}`;
    case 'catch_up':
      return `Docker Hub access, what happened meanwhile: ${what}`;
    case 'sample':
      return `A sample of what Hubwarden tells: ${what}`;
  }
}

function explanationOf({ kind, since }: Digest): string | null {
  switch (kind) {
    case 'changes':
      return null;
    case 'first_night':
      return 'All that the first evaluation found, in one message. From now on you hear what changes.';
    case 'source_down':
      return 'Data that verdicts rest on is missing. What depends on it is unknown, and nothing that was open closes.';
    case 'catch_up':
      return `Messages since ${minuteOf(since)} had to wait: nobody took them, or quiet was asked for. This is how things ended.`;
    case 'sample':
      return 'Sent by “hubwarden alerts test”. None of it has happened.';
  }
}

function sourcesOf({ sources }: Digest): SlackBlock[] {
  if (sources.length === 0) return [];
  const lines = sources
    .slice(0, mostSources)
    .map(({ organization, message }) =>
      organization === null
        ? `• ${slackText(message, mostInSource - 2)}`
        : `• ${slackText(`${organization}: ${message}`, mostInSource - 2)}`,
    );
  const more = sources.length - lines.length;
  return [
    section(words('*Data that verdicts rest on*')),
    section(plain([...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'))),
  ];
}

/** What changed of one check, in as many texts as it takes. */
function groupOf(
  digest: Digest,
  change: DigestChange,
  check: DigestCheck,
  shown: readonly DigestItem[],
): readonly SlackBlock[] {
  const isOfGroup = (item: DigestItem): boolean => item.change === change && item.check === check.id;
  const items = shown.filter(isOfGroup);
  if (items.length === 0) return [];
  const count = check.counts[change] ?? 0;
  const more = count - items.length;
  const lines = [
    ...items.map((item) => lineOf(item, digest.evaluation?.at ?? digest.since)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
  const heading = `*${headings[change]} · ${slackWords(check.title, 200)}* · ${check.severity} · ${count}`;
  return [section(words(heading)), ...inTexts(lines).map((text) => section(plain(text)))];
}

const headings = {
  new: 'New',
  overdue: 'Still overdue',
  expiring: 'Exception about to expire',
  resolved: 'Resolved',
} as const satisfies Record<DigestChange, string>;

function lineOf(
  { change, again, organization, subject, message, since, dueAt, acknowledged }: DigestItem,
  at: Instant,
) {
  const kind = kinds[subject.kind];
  const name = slackText(subject.name, mostInName);
  const system = subject.system === undefined ? '' : ` on ${slackText(subject.system, mostInName)}`;
  const place = organization === null ? '' : ` (${slackText(organization, mostInOrganization)})`;
  const when =
    change === 'resolved'
      ? `open since ${minuteOf(since)}`
      : `${dueAt <= at ? 'overdue since' : 'due'} ${minuteOf(dueAt)}`;
  return [
    `• ${kind} ${name}${system}${place}: ${slackText(message, mostInItemMessage)}`,
    ...(change === 'new' && again ? ['is back'] : []),
    when,
    ...(acknowledged ? ['acknowledged'] : []),
  ].join(' · ');
}

const kinds: Readonly<Record<DigestItem['subject']['kind'], string>> = {
  account: 'account',
  invite: 'invite',
  service_account: 'service account',
  critical_system: 'critical system',
  critical_system_account: 'account',
  team: 'team',
  repository: 'repository',
  token: 'token',
  organization: 'organization',
  roster: 'roster',
};

/** Whole lines only: each is far shorter than a text may be. */
function inTexts(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= mostInText) texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts;
}

function moreOf(digest: Digest, shown: number, publicUrl: string | null): SlackBlock[] {
  const total = totalOf(digest.counts);
  const more = total - shown;
  const url = publicUrl === null ? null : findingsUrl(publicUrl, digest);
  // Angle brackets and bars would end the link; an ampersand stands as it is in one.
  const link = url === null || url.length > 2_500 ? null : url.replaceAll('|', '%7C').replaceAll(/[<>]/g, '');
  if (more > 0)
    return [
      section(words(`and ${more} more of ${total} in all${link === null ? '' : `: <${link}|all of these findings>`}`)),
    ];
  return link === null ? [] : [section(words(`<${link}|These findings in Hubwarden>`))];
}

function section(text: SlackText): SlackBlock {
  return { type: 'section', text };
}

function plain(text: string): SlackText {
  return { type: 'plain_text', text: text === '' ? ' ' : text, emoji: false };
}

/** `verbatim`: Slack makes no links or mentions of what merely looks like them. */
function words(text: string): SlackText {
  return { type: 'mrkdwn', text, verbatim: true };
}

function minuteOf(instant: Instant): string {
  return `${slackText(instant.slice(0, 16).replace('T', ' '), 16)} UTC`;
}
