/**
 * Runs work side by side. The first failure is what it throws, and only once everything has ended, so that nothing is at work any more
 * where a caller cleans up. `fail` hears of each failure at once: it is to stop the others.
 */
export async function sideBySide(
  works: readonly (() => Promise<void>)[],
  fail: (error: unknown) => void,
): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    works.map((work) =>
      work().catch((error: unknown) => {
        failures.push(error);
        fail(error);
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
