// Settings of a file that can do nothing, as far as that is known without counting what is planned; the rest is
// plan/lint.ts and its neighbours.
import type { ReadGroup } from './population.ts'
import { isMapping } from './reader.ts'
import type { Mapping } from './reader.ts'
import type { Scenario } from './scenario.ts'
import type { Source } from './source.ts'

export function warnOfIdleBreaker(
  breaker: Scenario['circuitBreaker'],
  groups: readonly ReadGroup[],
  source: Source,
): void {
  const agents = groups.reduce((sum, { count }) => sum + count, 0)
  if (breaker === undefined || agents >= breaker.minAgents) return
  source.add({
    code: 'idle-breaker',
    severity: 'warning',
    path: ['circuit_breaker'],
    atKey: true,
    message: `The circuit breaker never opens: there are ${agents} agents, and min_agents is ${breaker.minAgents}.`,
    hint: `Give it min_agents: ${agents}, or more agents.`,
  })
}

/** Whoever writes it wants cycles to wait, unless something goes by the time. */
export function hintAtIdleLength(file: Mapping, pace: Scenario['simulation']['time']['pace'], source: Source): void {
  const { simulation, agents, ...rest } = file
  const isUsed = JSON.stringify(agents ?? '').includes('"activity"') || JSON.stringify([agents, rest]).includes('now')
  if (pace !== 'asap' || !isMapping(simulation) || !Object.hasOwn(simulation, 'cycle_length') || isUsed) return
  source.add({
    code: 'idle-key',
    severity: 'hint',
    path: ['simulation', 'cycle_length'],
    atKey: true,
    message: 'cycle_length does nothing: cycles follow each other as fast as they can, and nothing goes by the time.',
    hint: 'Add pace: realtime, or leave it out.',
  })
}
