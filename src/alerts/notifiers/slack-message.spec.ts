import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockKitMistakes, blocksAsText, liveMarkup, textsOf } from '../../../test/support/block-kit.js';
import { delivery, digestOf, item } from '../../../test/support/sample-delivery.js';
import type { DigestItem } from '../digest.js';
import { slackMessage } from './slack-message.js';

const sent = (given: Parameters<typeof slackMessage>[0]): string => JSON.stringify(slackMessage(given));

describe('a message', () => {
  test('says what changed, of what, since when and until when', () => {
    const digest = digestOf([
      item({ subject: { kind: 'account', name: 'jdoe99' }, dueAt: '2026-11-22T02:00:00.000Z' }),
      item({ subject: { kind: 'invite', name: 'eve@acme.com' }, again: true }),
      item({
        change: 'overdue',
        check: 'critical-system-access-valid',
        subject: { kind: 'critical_system_account', name: 'acme-ci', system: 'Docker Hub acme' },
        organization: 'acme-labs',
        dueAt: '2026-11-19T02:00:00.000Z',
        again: true,
        acknowledged: true,
      }),
      item({
        change: 'resolved',
        subject: { kind: 'roster', name: 'roster' },
        organization: null,
        message: 'Is fresh.',
      }),
    ]);
    expect(blocksAsText(sent(delivery(digest)))).toBe(
      `Docker Hub access: 2 new, 1 overdue, 1 resolved (high)
*New · Title of user-identified* · high · 2
• account jdoe99 (acme): Nobody has this address. · due 2026-11-22 02:00 UTC
• invite eve@acme.com (acme): Nobody has this address. · is back · due 2026-11-22 02:00 UTC
*Still overdue · Title of critical-system-access-valid* · high · 1
• account acme-ci on Docker Hub acme (acme-labs): Nobody has this address. · overdue since 2026-11-19 02:00 UTC · acknowledged
*Resolved · Title of user-identified* · high · 1
• roster roster: Is fresh. · open since 2026-11-20 02:00 UTC
<https://hubwarden.acme.com/api/v1/findings?status=open,resolved&check=user-identified,critical-system-access-valid&severity=high|These findings in Hubwarden>
Evaluation of 2026-11-21 02:00 UTC
Delivery 11111111-2222-4333-8444-555555555555`,
    );
  });

  test('has a text for notifications, and nothing of anybody else in it', () => {
    const digest = digestOf([item({ subject: { kind: 'account', name: 'mallory' }, organization: 'mallory' })]);
    const { text, unfurl_links, unfurl_media } = slackMessage(delivery(digest));
    expect({ text, unfurl_links, unfurl_media }).toEqual({
      text: 'Hubwarden: Docker Hub access: 1 new (high)',
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  test('without publicUrl has no link', () => {
    const message = sent(delivery(digestOf([item()]), null));
    expect(message).not.toContain('http');
    expect(sent(delivery(digestOf(manyItems(400)), null))).not.toContain('http');
  });

  test.each([
    ['first_night', 'first evaluation', 'From now on you hear what changes'],
    ['source_down', 'data is missing', 'nothing that was open closes'],
    ['catch_up', 'what happened meanwhile', 'Messages since 2026-11-20 02:00 UTC had to wait'],
    ['sample', 'A sample', 'None of it has happened'],
  ] as const)('of kind %s says why it is one', (kind, title, explanation) => {
    const text = blocksAsText(sent(delivery({ ...digestOf([item()]), kind })));
    expect(text.split('\n')[0]).toContain(title);
    expect(text.split('\n')[1]).toContain(explanation);
  });

  test('leads with the data that is missing, ten sources at most', () => {
    const sources = Array.from({ length: 13 }, (_, number) => ({
      organization: number === 0 ? null : `org-${number}`,
      check: 'hub-sync-complete',
      message: number === 0 ? 'The roster is old.' : 'members: the credential was refused.',
    }));
    const lines = blocksAsText(sent(delivery({ ...digestOf([item()]), kind: 'source_down', sources }))).split('\n');
    expect(lines.slice(2, 5)).toEqual([
      '*Data that verdicts rest on*',
      '• The roster is old.',
      '• org-1: members: the credential was refused.',
    ]);
    expect(lines[13]).toBe('and 3 more');
    expect(lines[14]).toContain('New');
  });

  test('a line break in a name makes no line of ours', () => {
    const digest = digestOf([item({ message: 'x\n• account admin (acme): everything is in order\u2028y' })]);
    expect(blocksAsText(sent(delivery(digest)))).toContain('x • account admin (acme): everything is in order y ·');
  });
});

describe('too much for one message', () => {
  test('the most urgent are shown, the rest is counted, in the group and in all', () => {
    const digest = digestOf(manyItems(1_000));
    const message = sent(delivery(digest));
    expect(blockKitMistakes(message)).toEqual([]);
    const { shown, groupMore, more } = counted(message);
    expect(shown).toBeGreaterThan(50);
    expect(shown + more).toBe(1_000);
    expect(shown + groupMore).toBe(1_000);
    expect(message).toContain(
      `and ${more} more of 1000 in all: <https://hubwarden.acme.com/api/v1/findings?status=open`,
    );
    expect(blocksAsText(message)).toContain('• account user-0 (acme)');
  });

  test('groups without a line of their own are in the count', () => {
    const items = Array.from({ length: 60 }, (_, number) => item({ check: `check-${number}` }));
    const message = sent(delivery(digestOf(items)));
    expect(blockKitMistakes(message)).toEqual([]);
    const { shown, more } = counted(message);
    expect(shown).toBeLessThan(30);
    expect(shown + more).toBe(60);
  });
});

describe('names of all kinds', () => {
  const nasty = [
    '<!channel>',
    '<!here|here>',
    '<@U0123456>',
    '<#C0123|general>',
    '<!subteam^S1>',
    '<https://evil.example|log in>',
    '<https://hubwarden.acme.com|log in>',
    '*bold*',
    '_under_',
    '~gone~',
    '`code`',
    '```',
    '&lt;!channel&gt;',
    '&amp;',
    '&',
    '<',
    '>',
    '|',
    '@channel',
    '@here',
    '@everyone',
    'https://evil.example/x',
    ':tada:',
    '\u202Egnp.exe',
    '\u2066\u2069\u200F',
    '\u0000\u0007\u001B[2J',
    '\uD800',
    '\uDC00',
    '\n• account x',
    '\u2028',
    '\u{E0041}',
    '漢字'.repeat(40),
    '👩‍👩‍👧‍👦',
    '&<>'.repeat(200),
    'e\u0301'.repeat(99),
  ];
  const name = fc.oneof(
    fc
      .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 5 })
      .map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 900 }),
  );
  const instant = fc.constantFrom('2026-11-19T02:00:00.000Z', '2026-11-21T02:00:00.000Z', '2026-12-01T02:00:00.000Z');
  const anItem: fc.Arbitrary<DigestItem> = fc.record({
    change: fc.constantFrom('new', 'overdue', 'resolved'),
    again: fc.boolean(),
    finding: fc.nat().map(String),
    check: fc.nat(40).map((number) => `check-${number}`),
    severity: fc.constantFrom('critical', 'high', 'medium', 'low'),
    organization: fc.option(name),
    subject: fc.record(
      { kind: fc.constantFrom('account', 'invite', 'critical_system_account', 'organization'), name, system: name },
      { requiredKeys: ['kind', 'name'] },
    ),
    reason: name,
    message: name,
    since: instant,
    dueAt: instant,
    acknowledged: fc.boolean(),
  });
  const aDigest = fc
    .record({
      items: fc.array(anItem, { maxLength: 60 }),
      more: fc.nat(500),
      kind: fc.constantFrom('changes', 'first_night', 'source_down', 'catch_up', 'sample'),
      sources: fc.array(fc.record({ organization: fc.option(name), check: name, message: name }), { maxLength: 15 }),
      titles: fc.array(name, { maxLength: 3 }),
    })
    .map(({ items, more, titles, ...rest }) => {
      const digest = digestOf(items, more);
      const checks = digest.checks.map((check, index) => ({ ...check, title: titles[index] ?? check.title }));
      return { ...digest, ...rest, checks };
    });

  test('stay text, within the limits, and all are counted', () => {
    fc.assert(
      fc.property(aDigest, fc.constantFrom('https://hubwarden.acme.com', null), (digest, publicUrl) => {
        const message = sent(delivery(digest, publicUrl));
        expect(blockKitMistakes(message)).toEqual([]);
        expect(liveMarkup(message, publicUrl === null ? null : `${publicUrl}/api/v1/findings`)).toEqual([]);
        const texts = textsOf(message);
        const seen = texts.map(({ text }) => text).join('');
        expect(seen).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/u);
        expect(texts.filter(({ text, formatted }) => formatted && !isOurs(text))).toEqual([]);
        const { shown, more } = counted(message);
        expect(shown + more).toBe(digest.counts.new + digest.counts.overdue + digest.counts.resolved);
      }),
      { numRuns: 400 },
    );
  });
});

function manyItems(number: number): readonly DigestItem[] {
  return Array.from({ length: number }, (_, index) =>
    item({
      subject: { kind: 'account', name: `user-${index}` },
      change: index % 3 === 0 ? 'new' : index % 3 === 1 ? 'overdue' : 'resolved',
    }),
  );
}

/** What is formatted is a heading, a count or a link. */
function isOurs(text: string): boolean {
  return /^(Hubwarden: |\*[^*\n]+\*( · \w+ · \d+)?$|and \d+ more of \d+ in all|<https:)/.test(text);
}

/** What a message tells of how many findings, read as a person would read it. */
function counted(message: string): { shown: number; groupMore: number; more: number } {
  const texts = textsOf(message).slice(1);
  const isSource = texts.findIndex(({ text }) => text === '*Data that verdicts rest on*') + 1;
  const lines = texts
    .filter(({ formatted }, index) => !formatted && (isSource === 0 || index !== isSource))
    .flatMap(({ text }) => text.split('\n'));
  const all = texts.map(({ text }) => /^and (\d+) more of \d+ in all/.exec(text)?.[1]).find((one) => one !== undefined);
  return {
    shown: lines.filter((line) => line.startsWith('• ')).length,
    groupMore: lines.reduce((sum, line) => sum + Number(/^and (\d+) more$/.exec(line)?.[1] ?? 0), 0),
    more: Number(all ?? 0),
  };
}
