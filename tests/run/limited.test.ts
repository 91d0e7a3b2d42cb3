// A load that did not come to be because of our own rate limit: the cell says so, and does not send people to look for
// it in the service or in the number of agents.
import { expect, test } from 'vitest'
import { play } from '../support/a-plan.ts'
import { scriptedProbe } from '../support/scripted-probe.ts'

const messageOf = async (limits: string, workload: string): Promise<string | undefined> => {
  const yaml = `simulation: { graceful_stop: 1s }
${limits}
agents: { a: { count: 10, workload: { ${workload} } } }
flow: [{ type: http, name: list, path: /items }]`
  const { record } = await play(yaml, { loopProbe: scriptedProbe(), respond: () => ({ latencyMs: 300 }) })
  return record.cells[0]?.message
}

test('arrivals that were dropped while requests waited for the rate limit', async () => {
  const open = 'rate: 100/s, duration: 5s'
  expect(await messageOf('limits: { rate_limit_rps: 10 }', open)).toMatch(
    /no agent was free when they were due, while requests waited for the rate limit of 10\/s\. Raise it, or plan fewer arrivals, or judge/,
  )
  expect(await messageOf('limits: { rate_limit_rps: 1000 }', open)).toMatch(
    /no agent was free when they were due\. Give the group more agents than 10, or judge/,
  )
})

test('iterations that were cut off while they waited for it', async () => {
  expect(await messageOf('limits: { rate_limit_rps: 1 }', 'duration: 1s')).toMatch(
    /were cut off 1 s \(graceful_stop\) after the duration of the workload, while requests waited for the rate limit of 1\/s$/,
  )
})
