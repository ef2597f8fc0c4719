import { defineConfig } from 'vitest/config'

/** Unit tests: pure code, no browser. The journey through a real browser has its own configuration. */
export default defineConfig({
  test: { include: ['src/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts', 'scripts/**/*.test.mjs'], environment: 'node' },
})
