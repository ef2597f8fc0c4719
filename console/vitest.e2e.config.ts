import { defineConfig } from 'vitest/config'

/** The journey needs a running Medward, named by environment variables (see e2e/README.md). */
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    bail: 1,
  },
})
