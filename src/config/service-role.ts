/** What a process of the service does: the API, the work behind it (schedule, runs, alerts), or both. */
export const serviceRoles = ['all', 'api', 'worker'] as const;

export type ServiceRole = (typeof serviceRoles)[number];
