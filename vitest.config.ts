import { defineConfig } from 'vitest/config';

// One module graph per worker: importing Nest and TypeORM anew for every file costs over a second each.
// The price is that no module may keep mutable state. Much of a test is waiting for PostgreSQL, so every processor gets a worker.
// The time-outs only end what hangs: no test may depend on how fast a machine is.
export default defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    isolate: false,
    pool: 'forks',
    maxWorkers: '100%',
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
