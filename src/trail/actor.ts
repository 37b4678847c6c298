/**
 * Who changes something: the caller of the API with the id of the token, or a bare name for everybody who needs none:
 * `terminal: jane`, `configuration`, `hubwarden`.
 */
export type Actor = string | { readonly name: string; readonly tokenId: string };

/** What the configuration says is done by nobody in particular. */
export const configuration = 'configuration';
/** What happens by itself: an exception that expires. */
export const hubwarden = 'hubwarden';

export function actorName(actor: Actor): string {
  return typeof actor === 'string' ? actor : actor.name;
}

export function actorToken(actor: Actor): string | null {
  return typeof actor === 'string' ? null : actor.tokenId;
}

/**
 * Another token of the same name may be the same person, whichever way the name is spelled, and so may the same token under any
 * name.
 */
export function isSomebodyElse(
  one: { readonly name: string; readonly tokenId: string | null },
  other: { readonly name: string; readonly tokenId: string | null },
): boolean {
  const sameToken = one.tokenId !== null && one.tokenId === other.tokenId;
  return !sameToken && folded(one.name) !== folded(other.name);
}

/** Whether readers of a record would take a token of this name for somebody who needs none. */
export function isNameOfNoToken(name: string): boolean {
  const plain = folded(name);
  return plain === configuration || plain === hubwarden || plain.startsWith('terminal');
}

/** Without what a reader overlooks: capitals, accents, wide and invisible letters, dots, dashes and spaces. */
function folded(name: string): string {
  return name
    .normalize('NFKD')
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, '');
}
