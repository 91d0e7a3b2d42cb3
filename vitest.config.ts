import { defineConfig } from 'vitest/config'
import type { ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['fixtures/**'],
    // They wait for processes and sockets more than they compute.
    maxWorkers: 2,
    // The tests share no state: loading zod, undici and our own modules once per worker instead of once
    // per file halves the time of the whole.
    isolate: false,
    // End-to-end tests start whole Vitests; a busy machine may take its time.
    testTimeout: 60_000,
  },
})
export default config
