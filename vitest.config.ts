import { defineConfig } from 'vitest/config';

// One module graph per worker: importing Nest and TypeORM anew for every file costs over a second each.
// The price is that no module may keep mutable state.
export default defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    isolate: false,
    pool: 'forks',
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
