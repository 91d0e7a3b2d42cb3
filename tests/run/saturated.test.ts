// Real time, real sockets, the real probe: the same missed limit, once by the generator's own fault and
// once by the service's.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { RunRecord } from '../../src/run.ts'
import { holdAgainAndAgain } from '../support/busy-loop.ts'
import { runYaml } from '../support/run-yaml.ts'

test('a time limit that is missed beside a busy loop is inconclusive, and the cause is named', async () => {
  const record = await runAgainst({ answerAfterMs: 5, limit: '50ms', iterations: 2, holdMs: 60 })
  const [verdict] = record.thresholds
  expect(verdict).toMatchObject({ kind: 'inconclusive' })
  expect(verdict?.message).toMatch(
    /: the load generator was saturated in cycle 1 \(event-loop delay \d.* at most 5 ms may be; \d+ % busy\): use fewer agents, a rate limit, or another machine;/,
  )
  expect(record.notices).toEqual([expect.stringMatching(/^The load generator was saturated in cycle 1 /)])
  expect(record.health?.[0]?.delayMs).toBeGreaterThanOrEqual(50)
  expect(record.cells[0]).toMatchObject({ state: 'passed' })
})

test('a service that is slow fails, whatever the machine', async () => {
  // So far above the limit that only a stall of 100 ms would put it in doubt.
  const record = await runAgainst({ answerAfterMs: 1300, limit: '1s', iterations: 1, holdMs: 0 })
  expect(record.thresholds).toMatchObject([{ kind: 'fail' }])
  expect(record.health).toHaveLength(1)
})

interface Setting {
  readonly answerAfterMs: number
  readonly limit: string
  readonly iterations: number
  readonly holdMs: number
}

async function runAgainst({ answerAfterMs, limit, iterations, holdMs }: Setting): Promise<RunRecord> {
  const server = createServer((_, response) => {
    setTimeout(() => response.end('{}'), answerAfterMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = holdMs > 0 ? holdAgainAndAgain(holdMs) : undefined
  try {
    return await runYaml(`
sut: { services: { api: { base_url: "http://127.0.0.1:${(server.address() as AddressInfo).port}" } } }
agents: { shoppers: { count: 25, workload: { iterations: ${iterations} } } }
flow: [{ type: http, name: cart, path: / }]
thresholds: [p95 < ${limit}]`)
  } finally {
    stop?.()
    server.closeAllConnections()
    server.close()
  }
}
