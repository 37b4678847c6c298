import type { EntityManager } from 'typeorm';
import type { Actor } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';

interface Uploaded {
  readonly id: string;
  readonly outcome: string;
  readonly employed: number;
  readonly people?: number;
  readonly lost?: number;
}

/** An upload that left something behind, told with counts alone: whom a roster names stays in the roster. */
export async function recordUpload(
  manager: EntityManager,
  actor: Actor,
  { id, outcome, employed, people, lost }: Uploaded,
  asOf: string,
): Promise<void> {
  const after = { outcome, asOf, people, employed, lost };
  await recordChange(manager, { actor, action: 'roster.uploaded', subject: `roster/${id}`, after });
}
