import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real programs (ZooKeeper, knotd, Chromium) take seconds to start on two busy cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for comes; how soon says nothing on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
  },
});
