/** What Slack publishes of its limits, and one that it does not: a message above some 13 000 characters is refused. */
const most = { blocks: 50, text: 3_000, header: 150, fields: 10, field: 2_000, elements: 10, all: 13_000 };

type Json = Readonly<Record<string, unknown>>;

/** What Slack would refuse of a message to an incoming webhook; empty: it would take it. */
export function blockKitMistakes(body: string): readonly string[] {
  const message = parsed(body);
  if (message === null) return ['is not a JSON object'];
  const { text, blocks } = message;
  const mistakes: string[] = [];
  if (typeof text !== 'string' || text === '') mistakes.push('has no text for notifications');
  else if (text.length > most.text) mistakes.push(`text has ${text.length} characters`);
  if (Buffer.byteLength(body) > most.all) mistakes.push(`has ${Buffer.byteLength(body)} bytes in all`);
  if (!Array.isArray(blocks)) return [...mistakes, 'has no blocks'];
  if (blocks.length === 0 || blocks.length > most.blocks) mistakes.push(`has ${blocks.length} blocks`);
  return [
    ...mistakes,
    ...blocks.flatMap((block: unknown, index) => ofBlock(block).map((one) => `block ${index} ${one}`)),
  ];
}

function ofBlock(block: unknown): readonly string[] {
  if (!isObject(block)) return ['is not an object'];
  switch (block['type']) {
    case 'divider':
      return onlyKeys(block, ['type', 'block_id']);
    case 'header':
      return [...onlyKeys(block, ['type', 'block_id', 'text']), ...ofText(block['text'], most.header, ['plain_text'])];
    case 'section':
      return [...onlyKeys(block, ['type', 'block_id', 'text', 'fields']), ...ofSection(block)];
    case 'context':
      return [
        ...onlyKeys(block, ['type', 'block_id', 'elements']),
        ...ofList(block['elements'], most.elements, most.text, 'elements'),
      ];
    default:
      return [`has the type ${String(block['type'])}`];
  }
}

function ofSection({ text, fields }: Json): readonly string[] {
  if (text === undefined && fields === undefined) return ['has neither text nor fields'];
  return [
    ...(text === undefined ? [] : ofText(text, most.text)),
    ...(fields === undefined ? [] : ofList(fields, most.fields, most.field, 'fields')),
  ];
}

function ofList(list: unknown, mostItems: number, mostCharacters: number, name: string): readonly string[] {
  if (!Array.isArray(list) || list.length === 0) return [`has no ${name}`];
  return [
    ...(list.length > mostItems ? [`has ${list.length} ${name}`] : []),
    ...list.flatMap((item: unknown) => ofText(item, mostCharacters)),
  ];
}

function ofText(text: unknown, mostCharacters: number, types: readonly string[] = ['plain_text', 'mrkdwn']) {
  if (!isObject(text)) return ['has no text'];
  const { type, text: characters } = text;
  if (typeof type !== 'string' || !types.includes(type)) return [`has text of type ${String(type)}`];
  if (typeof characters !== 'string' || characters === '') return ['has empty text'];
  return [
    ...onlyKeys(text, ['type', 'text', type === 'plain_text' ? 'emoji' : 'verbatim']),
    ...(characters.length > mostCharacters ? [`has a text of ${characters.length} characters`] : []),
  ];
}

function onlyKeys(object: Json, known: readonly string[]): readonly string[] {
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => `has the key ${key}`);
}

/** Every text of a message, and whether Slack reads formatting in it. */
export function textsOf(body: string): readonly { readonly text: string; readonly formatted: boolean }[] {
  const message = parsed(body);
  if (message === null) return [];
  const found: { text: string; formatted: boolean }[] = [{ text: String(message['text']), formatted: true }];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (isObject(value)) {
      if (typeof value['text'] === 'string') found.push({ text: value['text'], formatted: value['type'] === 'mrkdwn' });
      else Object.values(value).forEach(walk);
    }
  };
  walk(message['blocks']);
  return found;
}

/**
 * Whatever of a message Slack would act on instead of showing it: mentions, links to anything but `linkedTo`, and ampersands that
 * begin no escape. Looked for in plain text too, although Slack reads none there.
 */
export function liveMarkup(body: string, linkedTo: string | null): readonly string[] {
  return textsOf(body).flatMap(({ text }) => {
    const rest =
      linkedTo === null
        ? text
        : text.replaceAll(/<([^<>|]*)\|[^<>|]*>/g, (link, url: string) => (url.startsWith(linkedTo) ? '' : link));
    return rest.match(/<[^>]*>?|>|&(?!(?:amp|lt|gt);)|@(?:channel|here|everyone)\b(?!\.\w|-)/gi) ?? [];
  });
}

/** The blocks as a reader sees them, one line for each line. */
export function blocksAsText(body: string): string {
  return textsOf(body)
    .slice(1)
    .map(({ text }) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
    .join('\n');
}

function parsed(body: string): Json | null {
  try {
    const message: unknown = JSON.parse(body);
    return isObject(message) ? message : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
