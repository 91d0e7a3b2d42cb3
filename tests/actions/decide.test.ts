// `decide`: what is chosen, by which weights, and how often.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionOf, stepSchema } from '../../src/actions/index.ts'
import type { StepContext } from '../../src/actions/action.ts'
import { Seed } from '../../src/random.ts'
import { runStep, toolsWith } from '../support/step-context.ts'

describe('decide', () => {
  test('keeps what it chose under output_var, or under the name of the decision', async () => {
    const options = { only: 1, never: 0 }
    expect((await runStep({ type: 'decide', decision: 'way', options })).vars).toEqual({
      way: 'only',
      decision_result: 'only',
    })
    const named = await runStep({ type: 'decide', decision: 'way', output_var: 'chosen', options })
    expect(named.vars).toEqual({ chosen: 'only' })
  })

  test('its own options win over the policy', async () => {
    const policy = { way: { left: 1 } }
    expect((await runStep({ type: 'decide', decision: 'way' }, { policy })).vars).toMatchObject({ way: 'left' })
    const own = await runStep({ type: 'decide', decision: 'way', options: { right: 2 } }, { policy })
    expect(own.vars).toMatchObject({ way: 'right' })
  })

  test('chooses each about as often as its weight says, and never one of weight 0', () => {
    const weights = fc.dictionary(fc.stringMatching(/^[a-e]$/), fc.integer({ min: 0, max: 9 }), { minKeys: 2 })
    const some = weights.filter((given) => Object.values(given).some((weight) => weight > 0))
    fc.assert(
      fc.property(some, fc.nat(), (options, seed) => {
        const counts = drawn(options, seed, 600)
        const total = Object.values(options).reduce((sum, weight) => sum + weight, 0)
        for (const [name, weight] of Object.entries(options)) {
          const share = (counts.get(name) ?? 0) / 600
          if (weight === 0) expect(share).toBe(0)
          else expect(Math.abs(share - weight / total)).toBeLessThan(0.12)
        }
      }),
      { numRuns: 30 },
    )
  })
})

function drawn(options: Record<string, number>, seed: number, times: number): Map<string, number> {
  const step = stepSchema.parse({ type: 'decide', name: 'a', decision: 'way', options })
  const run = actionOf('decide').compile(step, toolsWith())
  const random = new Seed(seed).stream('step')
  const vars: Record<string, unknown> = {}
  const counts = new Map<string, number>()
  for (let n = 0; n < times; n++) {
    void run({ vars, random: () => random } as unknown as StepContext)
    counts.set(String(vars['way']), (counts.get(String(vars['way'])) ?? 0) + 1)
  }
  return counts
}
