// What pressure does to an attempt: how often, how long, and that one fault never changes another.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawPressure } from '../../src/pressure/draw.ts'
import { pressureOn } from '../../src/pressure/pressure.ts'
import type { Pressure } from '../../src/pressure/pressure.ts'
import { Seed } from '../../src/random.ts'

const draws = (pressure: Pressure, count = 2000): ReturnType<typeof drawPressure>[] =>
  Array.from({ length: count }, (_, nth) => drawPressure(pressure, new Seed(7).stream(`attempt ${nth}`)))

describe('a draw', () => {
  test('waits between the least and the most', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(500), fc.nat(500), (seed, min, more) => {
        const { latencyMs } = drawPressure({ latencyMs: { min, max: min + more } }, new Seed(seed).stream('x'))
        expect(latencyMs).toBeGreaterThanOrEqual(min)
        expect(latencyMs).toBeLessThanOrEqual(min + more)
      }),
    )
  })

  test('fails as often as it is told to, with the status that was named', () => {
    const failed = draws({ errorRate: 0.25, errorStatus: 502 }).filter(({ failure }) => failure !== undefined)
    expect(failed.length / 2000).toBeCloseTo(0.25, 1)
    expect(failed.every(({ failure }) => failure?.kind === 'error' && failure.status === 502)).toBe(true)
  })

  test('answers 503 where no status is named', () => {
    expect(draws({ errorRate: 1 }, 1)[0]?.failure).toEqual({ kind: 'error', status: 503 })
  })

  test('resets as often as it is told to', () => {
    const resets = draws({ resetRate: 0.1 }).filter(({ failure }) => failure?.kind === 'reset')
    expect(resets.length / 2000).toBeCloseTo(0.1, 1)
  })

  test('leaves to the service what the latency left of its patience', () => {
    const [drawn] = draws({ latencyMs: { min: 300, max: 300 }, timeoutAfterMs: 1000 }, 1)
    expect(drawn).toEqual({ latencyMs: 300, failure: undefined, patienceMs: 700 })
  })

  test('never sends what would be too late by then', () => {
    const [drawn] = draws({ latencyMs: { min: 1500, max: 1500 }, timeoutAfterMs: 1000 }, 1)
    expect(drawn).toMatchObject({ latencyMs: 1000, failure: { kind: 'timeout', afterMs: 1000 } })
  })

  test('does nothing for rates of 0, and always something for rates of 1', () => {
    expect(draws({ errorRate: 0, resetRate: 0 }).every(({ failure }) => failure === undefined)).toBe(true)
    expect(draws({ errorRate: 1 }).every(({ failure }) => failure !== undefined)).toBe(true)
  })

  test('of one fault does not change when another is turned on', () => {
    const alone = draws({ errorRate: 0.2 }).map(({ failure }) => failure?.kind === 'error')
    const both = draws({ errorRate: 0.2, latencyMs: { min: 0, max: 50 } }).map(
      ({ failure }) => failure?.kind === 'error',
    )
    expect(both).toEqual(alone)
  })
})

describe('what holds for a request', () => {
  const spec = {
    global: { latencyMs: { min: 1, max: 2 }, errorRate: 0.1 },
    services: { pay: { errorRate: 0.5, errorStatus: 500 } },
    actions: { order: { errorRate: 0 } },
  }

  test('is merged field by field: global < services < actions', () => {
    expect(pressureOn(spec, 'shop', 'look')).toEqual(spec.global)
    expect(pressureOn(spec, 'pay', 'look')).toEqual({ ...spec.global, errorRate: 0.5, errorStatus: 500 })
    expect(pressureOn(spec, 'pay', 'order')).toEqual({ ...spec.global, errorRate: 0, errorStatus: 500 })
  })

  test('is nothing where nothing is asked for, also not for names of prototypes', () => {
    const none = { global: {}, services: {}, actions: {} }
    expect(pressureOn(none, 'shop', 'look')).toBeUndefined()
    expect(pressureOn(none, 'constructor', 'toString')).toBeUndefined()
  })
})
