/** Every format that a roster may come in. */
export const rosterFormats = ['csv', 'json', 'bamboohr'] as const;
export type RosterFormat = (typeof rosterFormats)[number];
