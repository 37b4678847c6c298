/** Held by whoever works on a run, and by whoever must not be overtaken by one: see docs/decisions/0009. */
export const runLock = 'check run';
