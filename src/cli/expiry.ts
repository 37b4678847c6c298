const day = 86_400_000;

/** `90d` counts from `now`; a date means until its end, in UTC. Null: neither. */
export function parseExpiry(text: string, now: Date): Date | null {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(now.getTime() + Number(days) * day);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const start = new Date(`${text}T00:00:00.000Z`);
  // The 31st of a shorter month would be the 1st of the next one.
  if (Number.isNaN(start.getTime()) || start.toISOString().slice(0, 10) !== text) return null;
  return new Date(start.getTime() + day);
}
