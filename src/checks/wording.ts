import type { CriticalSystem, HolderFacts, NamedPerson, PersonFacts } from './facts.js';

/** `a, b and c`; what goes beyond `most` is counted. */
export function listed(items: readonly string[], most = 5): string {
  const shown = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : items;
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** Begins a sentence about an account or an invite. */
export function subjectOf(holder: HolderFacts): string {
  return holder.kind === 'invite' ? `The invite for ${holder.name}` : holder.name;
}

/** The same inside a sentence. */
export function subjectIn(holder: HolderFacts): string {
  return holder.kind === 'invite' ? `the invite for ${holder.name}` : holder.name;
}

/** `Jane Doe (E-1042)`. Some HR systems fill the name with an address, which has no place in a message. */
export function labelOf(person: Pick<PersonFacts, 'id' | 'name'> | NamedPerson): string {
  const known = 'person' in person ? person.person : person;
  return known === null || known.name === null || known.name.includes('@') ? person.id : `${known.name} (${person.id})`;
}

export function systemLabel(system: CriticalSystem): string {
  return `the system "${system.name}"`;
}

export function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** What another part said, as a sentence of ours. */
export function asSentence(said: string | null, otherwise = 'No reason was given.'): string {
  const text = said?.trim() ?? '';
  if (text === '') return otherwise;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
