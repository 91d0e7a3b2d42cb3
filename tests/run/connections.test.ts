// What a run says about its connections: that there are too few of them, and only then.
import { expect, test } from 'vitest'
import { play } from '../support/a-plan.ts'

/** Six agents with one connection: on simulated time it carries one request at a time. */
async function noticesOf(service: string, iterations: number): Promise<readonly string[]> {
  const { record } = await play(
    `sut: { services: { api: { base_url: "https://shop.test", connections: 1${service} } } }
agents: { a: { count: 6, workload: { iterations: ${iterations} } } }
flow: [{ type: http, name: look, path: / }, { type: pause, name: think, for: 1s }]`,
    { connections: 1, respond: () => ({ latencyMs: 100 }) },
  )
  return record.notices
}

const AVERAGE =
  /^Requests to "api" waited .* on average for one of 1 connections \(latency 100 ms\): give the service more/
const MEDIAN = /^Requests to "api" waited 200 ms in the median for one of 1 connections .* it may take few at a time/

test.each([
  ['are told of when they are fewer than agents that wait', '', 1, [AVERAGE]],
  ['are told of when agents could share them, and cannot', ', http2: true', 1, [MEDIAN]],
  // Then only the first requests wait, as they do for the opening of a connection.
  ['are not told of when agents wait once', ', http2: true', 4, []],
])('%s', async (_, service, iterations, notices) => {
  expect(await noticesOf(service, iterations)).toEqual(notices.map((notice) => expect.stringMatching(notice)))
})
