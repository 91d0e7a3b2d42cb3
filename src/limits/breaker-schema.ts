// The keys of the circuit breaker, and what they come to.
import { z } from 'zod'
import type { BreakerRules } from './circuit-breaker.ts'

const ROLLING_AGENTS = 100
const COOLDOWN_CYCLES = 1
const PROBE_AGENTS = 5

const keys = z.strictObject({
  failure_threshold_percent: z
    .number()
    .min(0)
    .max(100)
    .refine((percent) => percent < 100, {
      error: 'More than 100 % of the agents cannot fail, so it would never open.\nWrite failure_threshold_percent: 5',
    })
    .default(5)
    .meta({ description: 'It opens once more than this share of the agents have failed; 0 to below 100.' }),
  window: z.enum(['per_cycle', 'rolling']).default('per_cycle').meta({
    description:
      'Of which agents: `per_cycle`, those that are to act in the cycle; `rolling`, the last `rolling_agents` that finished.',
  }),
  rolling_agents: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: 'How many a rolling window has.', unset: '`100`' }),
  min_agents: z.int().min(1).default(20).meta({ description: 'Among fewer agents it never opens.' }),
  on_open: z.enum(['abort', 'pause']).default('abort').meta({
    description:
      'What then happens: `abort`, no more iterations begin, and the run ends; `pause`, somebody at the terminal decides. Without a terminal it aborts.',
  }),
  auto_reset: z.boolean().default(false).meta({
    description: 'Instead: rest for `cooldown_cycles`, then let `probe_agents` say whether the run goes on.',
  }),
  cooldown_cycles: z
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .meta({ description: 'Cycles that are skipped after the one in which it opened.', unset: '`1`' }),
  probe_agents: z.int().min(1).max(1_000_000).optional().meta({
    description: 'Agents that go first after that; if none fails it closes, else it opens again.',
    unset: '`5`',
  }),
})

type Keys = z.infer<typeof keys>

export const breakerSchema: z.ZodType<BreakerRules> = keys
  .superRefine((given, context) => {
    for (const [key, message] of contradictions(given)) context.addIssue({ code: 'custom', path: [key], message })
  })
  .transform((given): BreakerRules => {
    const { cooldown_cycles: cooldownCycles = COOLDOWN_CYCLES, probe_agents: probeAgents = PROBE_AGENTS } = given
    return {
      failurePercent: given.failure_threshold_percent,
      minAgents: given.min_agents,
      window: given.window,
      rollingAgents: given.rolling_agents ?? ROLLING_AGENTS,
      onOpen: given.on_open,
      ...(given.auto_reset && { reset: { cooldownCycles, probeAgents } }),
    }
  })

function contradictions(given: Keys): (readonly [keyof Keys, string])[] {
  const found: (readonly [keyof Keys, string])[] = []
  const { window, rolling_agents: rolling, min_agents: least } = given
  if (window !== 'rolling' && rolling !== undefined)
    found.push(['rolling_agents', 'rolling_agents counts nothing: the window is per_cycle.\nWrite window: rolling'])
  if (window === 'rolling' && (rolling ?? ROLLING_AGENTS) < least)
    found.push([
      rolling === undefined ? 'min_agents' : 'rolling_agents',
      `It would never open: its window has ${rolling ?? ROLLING_AGENTS} agents, and min_agents is ${least}.\n` +
        'Give it a larger window, or fewer min_agents.',
    ])
  if (given.auto_reset && given.on_open === 'pause')
    found.push(['on_open', 'With auto_reset: true nobody is asked.\nLeave on_open out, or auto_reset.'])
  for (const key of ['cooldown_cycles', 'probe_agents'] as const)
    if (!given.auto_reset && given[key] !== undefined)
      found.push([key, `Without auto_reset: true it never resets, so ${key} does nothing.\nWrite auto_reset: true`])
  return found
}
