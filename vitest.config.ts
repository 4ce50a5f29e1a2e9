// One configuration for every suite. Three files at a time on two cores: each starts real parts, and waits
// for them a third of its time.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/build-once.ts'],
    fileParallelism: true,
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
