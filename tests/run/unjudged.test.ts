// Runs that are over and of which nothing was judged: that they say so, and only they.
import { expect, test } from 'vitest'
import { play } from '../support/a-plan.ts'
import type { PlayOptions } from '../support/a-plan.ts'

const LIST = 'flow: [{ type: http, name: list, path: /items }]'
const RARE = `agents: { a: { count: 1, activity: { frequency: 0.01 } } }\n${LIST}`
const GREEN = 'it would have passed whatever the service did.'

const said = async (yaml: string, options: PlayOptions = {}): Promise<string | undefined> => {
  const { record } = await play(yaml, options)
  expect(record.notices.filter((notice) => notice.endsWith(GREEN))).toEqual(
    record.unjudged === undefined ? [] : [record.unjudged],
  )
  return record.unjudged
}

test('nobody happens to act', async () => {
  const because = 'cycle 1 > a: no agent was due: none was active in this cycle'
  expect(await said(RARE)).toBe(`Nothing was judged (${because}): ${GREEN}`)
})

const rows = (warmUp: string): string => `simulation: { cycles: 2${warmUp} }
agents: { a: { count: 2, data: { file: ./rows.csv, at_end: stop } } }
${LIST}`
const files = { 'rows.csv': 'name\none\ntwo\n' }

test('the rows of the data file were used up in the warm-up', async () => {
  const excluded = ', warmup: { cycles: 1, steps: [1] }'
  const because = 'cycle 2 > a: no agent was due: the rows of ./rows.csv are used up'
  expect(await said(rows(excluded), { files })).toBe(`Nothing was judged (${because}): ${GREEN}`)
  expect(await said(rows(''), { files })).toBeUndefined()
})

test('max_duration was over before anything could be', async () => {
  const slow = { respond: () => ({ latencyMs: 900 }) }
  const cut = (warmUp: string): string => `simulation: { cycles: 2, max_duration: 500ms${warmUp} }\nagents: 2\n${LIST}`
  const because = 'cycle 1 > agents: cut short: max_duration of 500 ms was reached'
  expect(await said(cut(''), slow)).toBe(`Nothing was judged (${because}): ${GREEN}`)
  expect(await said(cut(', warmup: { cycles: 1 }'), slow)).toBe(`Nothing was judged (${because}): ${GREEN}`)
})

test('a threshold of the run judges, or says that nothing need be', async () => {
  expect(await said(`${RARE}\nthresholds: [errors == 0]`)).toBeUndefined()
  expect(await said(`${RARE}\nthresholds: [{ that: errors == 0, on_no_data: skip }]`)).toBeUndefined()
})

test('what failed has been judged, in a warm-up too', async () => {
  const breaker = 'circuit_breaker: { auto_reset: true, cooldown_cycles: 5 }\nagents: 30'
  expect(
    await said(`simulation: { cycles: 3, warmup: { cycles: 1, steps: [1] } }\n${breaker}\n${LIST}`, {
      respond: () => ({ status: 500 }),
    }),
  ).toBeUndefined()
})

test('whoever chose a part of it has chosen that, and hears of it', async () => {
  const { record } = await play(RARE, { part: [1] })
  expect(record.unjudged).toBeUndefined()
  expect(record.notices[0]).toContain(GREEN)
})

test('a setup that failed is said by itself', async () => {
  const { record } = await play(`setup: [{ type: http, name: begin, path: /begin }]\nagents: 1\n${LIST}`, {
    respond: () => ({ status: 500 }),
  })
  expect(record.unjudged).toBeUndefined()
})
