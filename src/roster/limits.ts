/** Beyond these nothing is a roster. Each refusal says its limit. */
export const mostRows = 2_000_000;
export const mostColumns = 200;
export const mostCharactersOfACell = 1_000;
export const mostCharactersOfAnId = 200;
/** A server's answer is held in memory before anybody has looked at it; a file was put there by somebody. */
export const mostBytesOfAnAnswer = 64 * 1024 * 1024;
export const mostBytesOfAFile = 400 * 1024 * 1024;
/** Of one row: what a quotation mark that is never closed would swallow. */
export const mostBytesOfARow = 1024 * 1024;
/** Sentences kept of one refused file; the rest is counted. */
export const mostSentences = 50;
