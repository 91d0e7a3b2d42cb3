import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawSeed, Seed } from '../src/random.ts'

const draws = (seed: number, name: string, count = 5): number[] => {
  const stream = new Seed(seed).stream(name)
  return Array.from({ length: count }, () => stream.next())
}

const name = (agent: number, cycle: number): string => `shoppers\0${agent}\0${cycle}\0${1}\0step:flows.buy[2]`

describe('a stream', () => {
  test('is the same for the same seed and name, whatever was drawn elsewhere', () => {
    const seed = new Seed(42)
    const other = seed.stream('other')
    other.next()
    const stream = seed.stream('a')
    other.uuid()
    expect([stream.next(), stream.next()]).toEqual(draws(42, 'a', 2))
  })

  test('stays what it is from release to release', () => {
    expect(draws(42, 'shoppers', 2)).toMatchInlineSnapshot(`
      [
        0.018115962405031993,
        0.5036343235508376,
      ]
    `)
    expect(new Seed(0).stream('').next()).toMatchInlineSnapshot(`0.16494464324923142`)
    expect(new Seed(42).stream('correlation_id').uuid()).toMatchInlineSnapshot(`"ff34dd3e-32c6-434a-8ecb-d63df2887dfb"`)
    expect(new Seed(4_294_967_295).stream('Märchen').int(1, 1_000_000)).toMatchInlineSnapshot(`398601`)
  })

  test('differs by seed and by name', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), fc.nat(), fc.string(), (seedA, nameA, seedB, nameB) => {
        fc.pre(seedA !== seedB || nameA !== nameB)
        expect(draws(seedA, nameA)).not.toEqual(draws(seedB, nameB))
      }),
    )
  })

  test('first draws of neighbouring agents and cycles are spread evenly and unrelated', () => {
    const buckets = Array<number>(64).fill(0)
    const seen = new Set<number>()
    let product = 0
    const count = 32_000
    const seed = new Seed(7)
    for (let i = 0; i < count; i++) {
      const here = seed.stream(name(i % 400, Math.floor(i / 400))).next()
      const next = seed.stream(name((i % 400) + 1, Math.floor(i / 400))).next()
      buckets[Math.floor(here * 64)]! += 1
      seen.add(here)
      product += (here - 0.5) * (next - 0.5)
    }
    const expected = count / 64
    const chiSquare = buckets.reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0)
    // 63 degrees of freedom: 120 is beyond one in 10,000. The correlation's deviation is 1/sqrt(count).
    expect(chiSquare).toBeLessThan(120)
    expect(Math.abs((product / count) * 12)).toBeLessThan(4 / Math.sqrt(count))
    expect(seen.size).toBe(count)
  })

  test('gives floats in [0, 1) and integers with both ends included', () => {
    fc.assert(
      fc.property(fc.nat(), fc.maxSafeInteger(), fc.maxSafeInteger(), (seed, a, b) => {
        const stream = new Seed(seed).stream('bounds')
        const [min, max] = [Math.min(a, b), Math.max(a, b)]
        const float = stream.next()
        const integer = stream.int(min, max)
        expect(float >= 0 && float < 1).toBe(true)
        expect(Number.isSafeInteger(integer) && integer >= min && integer <= max).toBe(true)
      }),
    )
    const stream = new Seed(1).stream('die')
    const sides = new Set(Array.from({ length: 200 }, () => stream.int(1, 6)))
    expect(sides).toEqual(new Set([1, 2, 3, 4, 5, 6]))
    expect(stream.int(5, 5)).toBe(5)
  })

  test('gives UUIDs of version 4, each one once', () => {
    const stream = new Seed(3).stream('uuid')
    const ids = Array.from({ length: 5_000 }, () => stream.uuid())
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

test('a drawn seed is one that can be written into a file and given again', () => {
  const seed = drawSeed()
  expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true)
  expect(new Seed(seed).value).toBe(seed)
})
