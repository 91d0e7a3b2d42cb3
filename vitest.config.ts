import { defineConfig } from 'vitest/config'
import type { ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['fixtures/**'],
  },
})
export default config
