// Variation: each value from its own stream, whole numbers from whole ranges, nothing beyond its bounds.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawVariation, variationNames, variationSchema, variationSpec } from '../../src/agents/variation.ts'
import type { VariationSpec } from '../../src/agents/variation.ts'
import { variable } from '../../src/actions/fields.ts'
import { Seed } from '../../src/random.ts'

const schema = variationSchema(variable)
const specOf = (given: object): VariationSpec => variationSpec(schema.parse(given))
const draw = (spec: VariationSpec, who: number): ReturnType<typeof drawVariation> =>
  drawVariation(spec, (name) => new Seed(3).stream(`${who} ${name}`))

const SPEC = specOf({
  parameters: { quantity: { type: 'choice', values: [1, 2, 50] }, price: { type: 'range', min: 1, max: 3 } },
  toggles: [{ name: 'coupon', probability: 0.3 }],
  timing: { jitter_ms: { min: 5, max: 10 }, step_delay_ms: { min: 0, max: 1 } },
})

describe('a variation', () => {
  test('gives every name a value, and both timings', () => {
    const { values, jitterMs, stepDelayMs } = draw(SPEC, 1)
    expect(Object.keys(values)).toEqual(variationNames(SPEC))
    expect(jitterMs).toBeGreaterThanOrEqual(5)
    expect(stepDelayMs).toBeLessThanOrEqual(1)
  })

  test('is the same for the same agent and iteration', () => {
    expect(draw(SPEC, 4)).toEqual(draw(SPEC, 4))
  })

  test('reaches every value, both ends of a range of whole numbers included', () => {
    const all = Array.from({ length: 300 }, (_, who) => draw(SPEC, who).values)
    expect(new Set(all.map((values) => values['quantity']))).toEqual(new Set([1, 2, 50]))
    expect(new Set(all.map((values) => values['price']))).toEqual(new Set([1, 2, 3]))
  })

  test('turns a toggle on as often as it is probable', () => {
    const on = Array.from({ length: 2000 }, (_, who) => draw(SPEC, who).values['coupon']).filter(Boolean)
    expect(on.length / 2000).toBeCloseTo(0.3, 1)
  })

  test('draws fractions between fractions', () => {
    const spec = specOf({ parameters: { x: { type: 'range', min: 0.5, max: 0.6 } } })
    fc.assert(
      fc.property(fc.nat(), (who) => {
        const x = Number(draw(spec, who).values['x'])
        expect(x).toBeGreaterThanOrEqual(0.5)
        expect(x).toBeLessThan(0.6)
      }),
    )
  })

  test('does not change when another name is added', () => {
    const more = specOf({ parameters: { first: { type: 'range', min: 0, max: 9 }, ...SPEC.parameters } })
    for (const who of [1, 2, 3]) expect(draw(more, who).values['price']).toBe(draw(SPEC, who).values['price'])
  })

  test('waits for nothing without timing', () => {
    expect(draw(specOf({ toggles: [] }), 1)).toMatchObject({ jitterMs: 0, stepDelayMs: 0 })
  })
})

test.each([
  [{ parameters: { x: { type: 'choice', values: [] } } }, 'no values'],
  [{ parameters: { x: { type: 'range', min: 2, max: 1 } } }, 'ends that are swapped'],
  [{ parameters: { x: { type: 'dice' } } }, 'a type that is not there'],
  [{ parameters: { 'not a name': { type: 'range', min: 0, max: 1 } } }, 'a name that no template can write'],
  [{ toggles: [{ name: 'x', probability: 1.1 }] }, 'more than always'],
  [{ timing: { jitter_ms: { min: 2, max: 1 } } }, 'times that are swapped'],
])('%j is refused: %s', (given: object, _why: string) => {
  expect(schema.safeParse(given).success).toBe(false)
})
