import { expect, test } from 'vitest'
import { breakerSchema } from '../../src/limits/breaker-schema.ts'

test('{} takes the defaults, and never resets', () => {
  expect(breakerSchema.parse({})).toEqual({
    failurePercent: 5,
    minAgents: 20,
    window: 'per_cycle',
    rollingAgents: 100,
    onOpen: 'abort',
  })
  expect(breakerSchema.parse({ auto_reset: true }).reset).toEqual({ cooldownCycles: 1, probeAgents: 5 })
})

test.each([
  [{ rolling_agents: 50 }, 'rolling_agents', 'Write window: rolling'],
  [{ window: 'rolling', rolling_agents: 10 }, 'rolling_agents', 'It would never open: its window has 10 agents'],
  [{ window: 'rolling', min_agents: 200 }, 'min_agents', 'It would never open: its window has 100 agents'],
  [{ auto_reset: true, on_open: 'pause' }, 'on_open', 'With auto_reset: true nobody is asked.'],
  [{ cooldown_cycles: 2 }, 'cooldown_cycles', 'Write auto_reset: true'],
  [{ probe_agents: 2 }, 'probe_agents', 'Write auto_reset: true'],
])('%j contradicts itself', (given, key, complaint) => {
  const issues = breakerSchema.safeParse(given).error?.issues ?? []
  expect(issues.map(({ path }) => path)).toEqual([[key]])
  expect(issues[0]?.message).toContain(complaint)
})
