import { copyJson } from '../database/copy-in.js';
import type { ReadPerson, Spell } from './person.js';

/**
 * The same as `copyJson`, at a third of what it takes. Keys stand in the order in which jsonb keeps them, by their length first, so that
 * the database has nothing to sort.
 */
export function personJson(person: ReadPerson): string {
  let json = person.doubt === undefined ? '{' : `{"doubt":"${person.doubt}",`;
  json += `"spells":[${spellsJson(person.spells)}]`;
  if (person.fullName !== undefined) json += `,"fullName":${text(person.fullName)}`;
  if (person.workEmail !== undefined) json += `,"workEmail":${text(person.workEmail)}`;
  json += person.otherEmails.length === 0 ? ',"otherEmails":[]' : `,"otherEmails":${copyJson(person.otherEmails)}`;
  if (person.dockerUsername !== undefined) json += `,"dockerUsername":${text(person.dockerUsername)}`;
  if (person.otherUsernames !== undefined) json += `,"otherUsernames":${copyJson(person.otherUsernames)}`;
  return `${json}}`;
}

function spellsJson(spells: readonly Spell[]): string {
  const [first] = spells;
  return first === undefined ? '' : spells.length === 1 ? spellJson(first) : spells.map(spellJson).join(',');
}

function spellJson(spell: Spell): string {
  let json = `{"endsAt":${word(spell.endsAt)},"status":${word(spell.status)},"endDate":${word(spell.endDate)}`;
  if (spell.inferred !== undefined) json += ',"inferred":true';
  if (spell.jobTitle !== undefined) json += `,"jobTitle":${text(spell.jobTitle)}`;
  json += `,"startsAt":${word(spell.startsAt)},"startDate":${word(spell.startDate)}`;
  if (spell.department !== undefined) json += `,"department":${text(spell.department)}`;
  if (spell.managerEmail !== undefined) json += `,"managerEmail":${text(spell.managerEmail)}`;
  if (spell.employmentType !== undefined) json += `,"employmentType":${text(spell.employmentType)}`;
  return `${json}}`;
}

/** Of days, instants and statuses, in which nothing is special. */
function word(value: string | null): string {
  return value === null ? 'null' : `"${value}"`;
}

// No quotation mark, no backslash, no control character, and nothing of a pair.
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function text(value: string | null): string {
  if (value === null) return 'null';
  return plain.test(value) ? `"${value}"` : copyJson(value);
}
