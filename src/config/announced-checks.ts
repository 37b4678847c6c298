/**
 * Checks that later releases bring. A file that already switches one of them off is right, and stays right after the
 * upgrade; anything else about them is a mistake for as long as they do not exist.
 */
export const announcedChecks: ReadonlySet<string> = new Set(['access-review-current']);
