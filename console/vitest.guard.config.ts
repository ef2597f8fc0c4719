import { defineConfig } from 'vitest/config'

/** The access guard before an application that nobody changed, named by environment variables (see e2e/README.md). */
export default defineConfig({
  test: {
    include: ['e2e/guard.journey.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    bail: 1,
  },
})
