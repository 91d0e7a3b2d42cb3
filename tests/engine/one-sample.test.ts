// Every request that is begun is exactly one sample, whatever the service does and whenever the run is
// stopped: held against what the service itself says it received.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OUTCOMES } from '../../src/sample.ts'
import { openRun } from '../../src/run.ts'
import type { RunRecord } from '../../src/run.ts'
import { HOST, aPlan, allCycles, play } from '../support/a-plan.ts'
import { startFaultServer } from '../support/fault-server.ts'
import type { Answer, Fault } from '../support/fault-server.ts'

const PATHS = ['/a', '/b', '/c']

interface Load {
  readonly agents: number
  readonly iterations: number
  readonly steps: readonly string[]
  readonly goesOn: boolean
  readonly limited: boolean
  readonly concurrent: number
}

const load: fc.Arbitrary<Load> = fc.record({
  agents: fc.integer({ min: 1, max: 5 }),
  iterations: fc.integer({ min: 1, max: 2 }),
  steps: fc.array(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 3 }),
  goesOn: fc.boolean(),
  limited: fc.boolean(),
  concurrent: fc.integer({ min: 1, max: 6 }),
})

const yamlOf = ({ agents, iterations, steps, goesOn, limited, concurrent }: Load): string => `
sut:
  default_headers: { X-Iteration: "{{correlation_id}}" }
  services: { api: { base_url: "{{env.API}}", timeout_seconds: 0.12, connections: 3, max_body: 1kb } }
simulation: { cycles: 2, max_concurrent_agents: ${concurrent} }
agents: { a: { count: ${agents}, workload: { iterations: ${iterations} } } }
stop_when: { any_action_fails: ${!goesOn} }
${limited ? 'limits: { rate_limit_rps: 200 }' : ''}
flow:
${steps.map((path, at) => `  - { type: http, name: s${at}, path: ${path}, headers: { X-Step: "${at}" } }`).join('\n')}`

/** Attempts by outcome, over all cells. */
function outcomesOf({ cells }: RunRecord): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { requests } of cells)
    for (const [outcome, count] of Object.entries(requests)) sums[outcome] = (sums[outcome] ?? 0) + count
  return sums
}

function expectWhole(record: RunRecord): { attempted: number; outcomes: Record<string, number> } {
  const outcomes = outcomesOf(record)
  expect(OUTCOMES).toEqual(expect.arrayContaining(Object.keys(outcomes)))
  const attempted = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  expect(record.steps.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(attempted)
  for (const { iterations } of record.cells) {
    expect(iterations.ok + iterations.failed).toBe(iterations.begun)
    expect(iterations.aborted).toBeLessThanOrEqual(iterations.failed)
  }
  return { attempted, outcomes }
}

describe('over real sockets', () => {
  const FAULTS: readonly Fault[] = [
    'hang',
    'reset',
    'close',
    'cut-body',
    'cut-body-close',
    'cut-chunks',
    'trickle',
    'half-headers',
    'garbage',
    'bad-header',
    'early-hints',
  ]
  const answer: fc.Arbitrary<Answer> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ status: fc.constantFrom(200, 204, 302, 404, 503), delayMs: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ body: fc.constant('x'.repeat(3000)) }) },
    { weight: 2, arbitrary: fc.record({ fault: fc.constantFrom(...FAULTS), delayMs: fc.nat(20) }) },
  )
  const script = fc.record(
    Object.fromEntries(PATHS.map((path) => [path, fc.array(answer, { minLength: 1, maxLength: 4 })])),
  )

  test.each([
    ['to its end', fc.constant(undefined)],
    ['until it is stopped', fc.record({ atMs: fc.nat(120), graceMs: fc.constantFrom(0, 40) })],
  ])(
    'a run %s',
    async (_, stops) => {
      await fc.assert(
        fc.asyncProperty(script, load, stops, async (answers, given, stop) => {
          await using server = await startFaultServer(answers)
          const plan = aPlan(yamlOf(given), { env: { API: server.url } })
          const run = openRun(plan, { host: HOST, rerun: '' })
          const timer = stop && setTimeout(() => run.stop('enough', stop.graceMs), stop.atMs)
          await allCycles(run)
          const record = await run.end()
          clearTimeout(timer)

          const { attempted, outcomes } = expectWhole(record)
          const seen = new Set(server.log.map(({ headers }) => [headers['x-iteration'], headers['x-step']].join(' ')))
          expect(seen.size).toBe(server.log.length)
          // A slow machine may not get a connection in time; whatever was stopped may never have arrived.
          const cut = outcomes['aborted'] ?? 0
          const unsure = (outcomes['connection'] ?? 0) + cut
          expect(server.log.length).toBeLessThanOrEqual(attempted)
          expect(server.log.length).toBeGreaterThanOrEqual(attempted - unsure)
          expect(stop !== undefined || cut === 0).toBe(true)
        }),
        { numRuns: 12 },
      )
    },
    60_000,
  )
})

test('over a scripted service, stopped at any moment', async () => {
  const stop = fc.option(fc.record({ atMs: fc.nat(400), graceMs: fc.constantFrom(0, 30) }), { nil: undefined })
  const replies = fc.array(
    fc.record({
      status: fc.constantFrom(200, 404),
      latencyMs: fc.constantFrom(0, 5, 40, 500),
      outcome: fc.constantFrom(undefined, undefined, 'reset', 'connection', 'dns', 'tls', 'protocol'),
    }),
    { minLength: 1, maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(load, replies, stop, async (given, answers, stopped) => {
      const { record, log } = await play(yamlOf(given), {
        env: { API: 'http://shop.test' },
        connections: 3,
        respond: (_, position) => {
          const { status, latencyMs, outcome } = answers[position % answers.length] as (typeof answers)[number]
          return outcome === undefined
            ? { status, latencyMs }
            : { status: 0, latencyMs, error: { outcome: outcome as 'reset' } }
        },
        during: (run, clock) => stopped && clock.at(stopped.atMs, () => run.stop('enough', stopped.graceMs)),
      })
      const { attempted, outcomes } = expectWhole(record)
      expect(log.length).toBeLessThanOrEqual(attempted)
      const cut = outcomes['aborted'] ?? 0
      expect(log.length).toBeGreaterThanOrEqual(attempted - cut)
      expect(stopped !== undefined || cut === 0).toBe(true)
    }),
    { numRuns: 150 },
  )
})
