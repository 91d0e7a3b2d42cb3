import { expect, test } from 'vitest'
import { markdownSummary, plain, summaryLines } from '../../src/report/index.ts'
import { requestsText } from '../../src/report/requests-text.ts'
import { play } from '../support/a-plan.ts'

const RUN = (warmup: string): string => `simulation: { cycles: 3, warmup: ${warmup} }
agents: 40
flow: [{ type: http, name: look, path: /products }]`

test('what a warm-up took is beside what is judged: together it is what the service got', async () => {
  const { record, log } = await play(RUN('{ cycles: 2, steps: [0.25, 0.5] }'))
  expect(log).toHaveLength(10 + 20 + 40)
  expect(requestsText(record)).toBe('40 requests, 30 more in the warm-up')
  expect(summaryLines(record, { paint: plain })[0]).toContain('   40 requests, 30 more in the warm-up   ')
  expect(markdownSummary([record])).toContain(' · 40 requests, 30 more in the warm-up · ')
})

test('a warm-up that is judged like all others is not told apart', async () => {
  const { record } = await play(RUN('{ cycles: 2, steps: [0.25, 0.5], exclude: false }'))
  expect(requestsText(record)).toBe('70 requests')
})
