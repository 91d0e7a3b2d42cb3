// Random mixes of faults over real sockets: what the record counts is what the server's log says it
// should have counted, request by request, and nothing is lost or counted twice.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redirectLoop, retryAfter, startFaultServer } from '../support/fault-server.ts'
import type { Answer, Received } from '../support/fault-server.ts'
import { runYaml } from '../support/run-yaml.ts'

/** What a request comes to, by how it was answered. */
function outcomeOf({ fault, status, retryAfterSent }: Received & { readonly retryAfterSent: boolean }): string {
  switch (fault) {
    case undefined:
    case 'early-hints':
      if (retryAfterSent) return 'rate_limited'
      return status === 200 ? 'ok' : 'failed'
    case 'hang':
    case 'half-headers':
    case 'trickle':
      return 'timeout'
    case 'garbage':
    case 'bad-status':
    case 'bad-header':
      return 'protocol'
    case 'huge-body':
    case 'huge-chunks':
      return 'too_large'
    default:
      return 'reset'
  }
}

const QUICK: readonly Answer[] = [
  { body: { id: 1 } },
  { body: { id: 1 }, delayMs: 2 },
  { fault: 'early-hints', body: { id: 1 } },
  { status: 500, body: 'oops' },
  { status: 404 },
  redirectLoop('/x'),
  retryAfter(429, '0'),
  retryAfter(503, '0'),
  { fault: 'reset' },
  { fault: 'close' },
  { fault: 'cut-body' },
  { fault: 'cut-body-close' },
  { fault: 'cut-chunks' },
  { fault: 'garbage' },
  { fault: 'bad-status' },
  { fault: 'bad-header' },
  { fault: 'huge-chunks' },
]
const SLOW: readonly Answer[] = [{ fault: 'hang' }, { fault: 'half-headers' }, { fault: 'trickle' }]

interface Mix {
  readonly answers: readonly Answer[]
  readonly agents: number
  readonly rounds: number
  readonly connections: number
}

const mixesOf = (mostSlow: number): fc.Arbitrary<Mix> =>
  fc.record({
    answers: fc
      .tuple(
        fc.array(fc.constantFrom(...QUICK), { minLength: 1, maxLength: 60 }),
        fc.array(fc.constantFrom(...SLOW), { minLength: Math.min(1, mostSlow), maxLength: mostSlow }),
      )
      .chain(([quick, slow]) => fc.shuffledSubarray([...quick, ...slow], { minLength: quick.length + slow.length })),
    agents: fc.integer({ min: 1, max: 8 }),
    rounds: fc.integer({ min: 1, max: 6 }),
    connections: fc.integer({ min: 1, max: 6 }),
  })

async function expectSameCount({ answers, agents, rounds, connections }: Mix): Promise<void> {
  // After the script's end all is well, so that no round runs into its last fault again and again.
  await using server = await startFaultServer({ '/x': [...answers, { body: { id: 1 } }] })
  const record = await runYaml(`
sut: { services: { api: { base_url: "${server.url}", timeout_seconds: 1, connections: ${connections}, max_body: 64kb } } }
agents: { a: { count: ${agents}, flow: f, workload: { iterations: ${rounds} } } }
stop_when: { any_action_fails: false }
flows: { f: [{ type: http, name: first, path: /x }, { type: http, name: second, path: /x }] }
`)
  const cell = record.cells[0]
  const wanted: Record<string, number> = {}
  server.log.forEach((received, position) => {
    const answer = answers[position]
    const outcome = outcomeOf({ ...received, retryAfterSent: answer?.headers?.['retry-after'] !== undefined })
    wanted[outcome] = (wanted[outcome] ?? 0) + 1
  })
  expect(cell?.requests).toEqual(wanted)
  const attempted = record.steps.reduce((all, step) => all + step.attempts, 0)
  expect(attempted).toBe(server.log.length)
  // Every request that is over ended well, failed, or was given up; those told to come again are apart.
  const again = wanted['rate_limited'] ?? 0
  expect(attempted - again).toBeLessThanOrEqual(agents * rounds * 2)
  expect(attempted).toBeGreaterThanOrEqual(agents * rounds * 2)
  expect(cell?.iterations).toMatchObject({ begun: agents * rounds, aborted: 0, dropped: 0 })
}

test.each([
  ['what is over at once', 0, 100],
  ['what takes its whole timeout', 2, 5],
])('every mix with %s is counted as the server saw it', { timeout: 40_000 }, async (_, mostSlow, numRuns) => {
  await fc.assert(fc.asyncProperty(mixesOf(mostSlow), expectSameCount), {
    seed: 20_261_121,
    numRuns,
    interruptAfterTimeLimit: 9_000,
    endOnFailure: true,
  })
})
