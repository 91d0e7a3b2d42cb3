import { defineConfig } from 'vitest/config'
import type { ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['fixtures/**'],
    // They wait for processes and sockets more than they compute.
    maxWorkers: 2,
    // End-to-end tests start whole Vitests; a busy machine may take its time.
    testTimeout: 60_000,
  },
})
export default config
