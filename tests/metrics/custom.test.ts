// Metrics of one's own: counted by slot, merged over cycles, and the same after they were stored.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Collector } from '../../src/metrics/collector.ts'
import { parseThreshold } from '../../src/metrics/threshold.ts'
import type { CustomKind } from '../../src/metrics/metric.ts'
import type { Selector } from '../../src/metrics/threshold.ts'
import type { Slot } from '../../src/sample.ts'

const CUSTOMS = new Map<string, CustomKind>([
  ['hits', 'counter'],
  ['found', 'rate'],
  ['thinking', 'trend'],
])
const SLOTS: readonly Slot[] = (['a', 'b'] as const).flatMap((group, at) => [
  { index: 2 * at, group, flow: 'f', step: 'one', type: 'call', metrics: ['hits', 'found', 'thinking'] },
  { index: 2 * at + 1, group, flow: 'f', step: 'two', type: 'call', metrics: ['hits'], tags: { area: 'x' } },
])

function selector(text: string): Selector {
  const parsed = parseThreshold(text, CUSTOMS)
  if (!('threshold' in parsed)) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.threshold.selector
}

const measured = (collector: Collector, text: string, cycle?: number): unknown => {
  const found = collector.measure(selector(text), cycle === undefined ? {} : { cycle })
  if (found.kind === 'trend') return [found.count, found.attempted, found.count > 0 ? Math.round(found.max) : 0]
  return found
}

const values = fc.array(
  fc.record({
    slot: fc.constantFrom(0, 1, 2, 3),
    cycle: fc.constantFrom(1, 2),
    name: fc.constantFrom('hits', 'found', 'thinking'),
    value: fc.integer({ min: 0, max: 50 }),
    held: fc.boolean(),
  }),
  { maxLength: 60 },
)

test('sums, shares and counts are those of the values, over the run, a cycle, a group or a step, stored or not', () => {
  fc.assert(
    fc.property(values, (given) => {
      const all = given.filter(({ slot, name }) => SLOTS[slot]?.metrics?.includes(name))
      const collector = new Collector({ slots: SLOTS, groups: ['a', 'b'], selectors: [] })
      for (const cycle of [1, 2]) {
        collector.beginCycle(cycle, 0)
        for (const { slot, name, value, held } of all.filter((one) => one.cycle === cycle)) {
          collector.measurement(slot, { kind: 'call' })
          const kind = CUSTOMS.get(name) ?? 'counter'
          collector.measurement(slot, { kind, name, value: kind === 'rate' ? 1 : value, held })
        }
        collector.endCycle(1000)
      }
      const stored = Collector.restore(JSON.parse(JSON.stringify(collector.summary())))
      for (const [labels, picks] of SELECTIONS) {
        const calls = (name: string): typeof all =>
          all.filter((one) => picks(one.slot, one.cycle) && SLOTS[one.slot]?.metrics?.includes(name))
        const of = (name: string): typeof all => calls(name).filter((one) => one.name === name)
        const expected = {
          hits: {
            kind: 'counter',
            count: of('hits').reduce((sum, { value }) => sum + value, 0),
            attempted: calls('hits').length,
          },
          found: {
            kind: 'rate',
            held: of('found').filter(({ held }) => held).length,
            total: of('found').length,
            attempted: calls('found').length,
          },
          thinking: [
            of('thinking').length,
            calls('thinking').length,
            Math.max(0, ...of('thinking').map(({ value }) => value)),
          ],
        }
        for (const one of [collector, stored]) {
          expect(measured(one, `hits${labels} > 1`)).toEqual(expected.hits)
          expect(measured(one, `found${labels} > 1%`)).toEqual(expected.found)
          expect(measured(one, `thinking.max${labels} > 1ms`)).toEqual(expected.thinking)
        }
      }
    }),
    { numRuns: 60 },
  )
})

const SELECTIONS: readonly (readonly [string, (slot: number, cycle: number) => boolean])[] = [
  ['', () => true],
  ['{group:a}', (slot) => slot < 2],
  ['{step:one}', (slot) => slot % 2 === 0],
  ['{area:x}', (slot) => slot % 2 === 1],
  ['{cycle:2,group:b}', (slot, cycle) => cycle === 2 && slot > 1],
]

describe('the grammar', () => {
  test('knows them only where they are declared, with the units of their kind', () => {
    expect('problems' in parseThreshold('hits > 1')).toBe(true)
    expect(selector('thinking.p95{step:one} < 1s')).toEqual({
      metric: 'thinking',
      custom: 'trend',
      stat: 'p95',
      labels: { step: 'one' },
    })
    const wrong = [
      'hits > 1%',
      'found > 1',
      'thinking < 1s',
      'thinking.p95 < 1',
      'hits.p95 < 1s',
      'hits{service:a} > 1',
    ]
    expect(wrong.filter((text) => !('problems' in parseThreshold(text, CUSTOMS)))).toEqual([])
  })

  test('a built-in name stays what it is', () => {
    expect(parseThreshold('latency.p95 < 1s', new Map([['latency', 'counter']]))).toMatchObject({
      threshold: { selector: { metric: 'latency', stat: 'p95' } },
    })
  })
})
