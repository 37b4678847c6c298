import type { ApiParamOptions } from '@nestjs/swagger';
import { notFound } from './problem.js';

const pattern = '^[1-9]\\d{0,17}$';
const whole = new RegExp(pattern);

/** Not 007: what is written of 7 would be found by that name alone. Every such id fits into a bigint. */
export function isRowId(text: string): boolean {
  return whole.test(text);
}

/** The parameter `id` of a path that ends in the id of a row. */
export function rowId(description: string): ApiParamOptions {
  return { name: 'id', schema: { type: 'string', pattern }, description };
}

/** @throws {Problem} 404: no row of `what` can have this id. */
export function requireRowId(id: string, what: string): void {
  if (!isRowId(id)) throw notFound(`${what} of this id`);
}
