import type { Row } from '../reading.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Half a surrogate pair and NUL are legal in JSON, yet no database text can hold them. */
const unstorable = /[\0\p{Surrogate}]/u;

function isText(value: unknown): value is string {
  return typeof value === 'string' && !unstorable.test(value);
}

/** Undefined where the field is absent, null or no text. */
export function text(from: JsonObject, name: string): string | undefined {
  const value = from[name];
  return isText(value) ? value : undefined;
}

export function textOrNull(from: JsonObject, name: string): string | null | undefined {
  return from[name] === null ? null : text(from, name);
}

export function flagOrNull(from: JsonObject, name: string): boolean | null | undefined {
  const value = from[name];
  return value === null || typeof value === 'boolean' ? value : undefined;
}

/** Whole numbers from 0 on. */
export function countOrNull(from: JsonObject, name: string): number | null | undefined {
  const value = from[name];
  if (value === null) return null;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** One item that is no text spoils the list: a list without it would claim that there is no more. */
export function textsOrNull(from: JsonObject, name: string): readonly string[] | null | undefined {
  const value = from[name];
  if (value === null) return null;
  return Array.isArray(value) && value.every(isText) ? value : undefined;
}

/** An id that the API writes as text. */
export function textKey(from: JsonObject, name: string): string | undefined {
  return text(from, name) || undefined;
}

/** An id that the API writes as a whole number. */
export function numberKey(from: JsonObject, name: string): string | undefined {
  const value = countOrNull(from, name);
  return typeof value === 'number' ? String(value) : undefined;
}

/** The row with only those fields that the source sent: an undefined field becomes an absent one. */
export function row(key: string | undefined, data: object): Row {
  return { key, data: Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) };
}
