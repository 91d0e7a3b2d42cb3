// Why a cell failed: equal reasons counted together, one example each, no secret in any of them.
import { describe, expect, test } from 'vitest'
import type { Cause, RunRecord } from '../../src/run.ts'
import { play } from '../support/a-plan.ts'
import type { PlayOptions } from '../support/a-plan.ts'

const causes = ({ cells }: RunRecord): readonly Cause[] => cells[0]?.causes ?? []
const counted = (record: RunRecord): string[] => causes(record).map(({ reason, count }) => `${reason} × ${count}`)
const TEN = 'agents: 10\nflow: [{ type: http, name: look, path: "/{{agent.index}}" }]'

describe('causes', () => {
  test('equal ones are counted together, the most frequent first, three at most', async () => {
    const statuses = [500, 503, 503, 404, 404, 404, 401, 200, 200, 200]
    const { record } = await play(TEN, { respond: (_, position) => ({ status: statuses[position] ?? 200 }) })
    expect(counted(record)).toEqual([
      'status_code: 404, expected 2xx × 3',
      'status_code: 503, expected 2xx × 2',
      'status_code: 500, expected 2xx × 1',
    ])
  })

  test('an example tells agent, iteration, request and answer', async () => {
    const { record } = await play(TEN, {
      respond: (_, position) => (position === 2 ? { status: 500, body: 'x'.repeat(600) } : {}),
    })
    expect(causes(record)).toMatchObject([
      {
        step: 'look',
        outcome: 'failed',
        place: { line: 2 },
        example: {
          agent: 'agents-3',
          iteration: 1,
          message: 'status_code: 500, expected 2xx',
          curl: 'curl http://shop.test/3',
          status: 500,
          body: 'x'.repeat(500),
        },
      },
    ])
  })

  test('there are as many reasons as a service likes, and a bounded number of them is kept', async () => {
    const { record } = await play(
      `agents: 200
flow: [{ type: http, name: look, path: /, expect: { jsonpath: $.id, equals: 1 }, extract: { "x": $.x } }]`,
      { respond: (_, position) => ({ status: 200, body: 'no JSON', headers: { 'content-type': `x/${position}` } }) },
    )
    const [first] = causes(record)
    expect(causes(record)).toHaveLength(3)
    expect(first).toMatchObject({ count: 1 })
    expect(record.cells[0]?.requests).toEqual({ failed: 200 })
  })

  test.each(['header', 'query', 'body', 'path', 'answer'] as const)('a secret in the %s is masked', async (where) => {
    const steps = {
      header: 'path: /, headers: { X-Custom: "{{env.TOKEN}}" }',
      query: 'path: /, query: { q: "{{env.TOKEN}}" }',
      body: 'path: /, method: POST, json: { deep: ["{{env.TOKEN}}"] }',
      path: 'path: "/{{env.TOKEN}}/x"',
      answer: 'path: /, headers: { Authorization: "Basic {{env.TOKEN}}" }',
    }
    const secret = 'pass/word "1"'
    const { record } = await play(`flow: [{ type: http, name: look, ${steps[where]} }]`, {
      env: { TOKEN: secret },
      respond: () => ({ status: 500, body: where === 'answer' ? { echo: secret } : {} }),
    })
    const text = JSON.stringify(record)
    expect(text).toContain('***')
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), 'pass/word'])
      expect(text).not.toContain(form)
  })
})

describe('a service that cannot be reached', () => {
  type Outcome = NonNullable<ReturnType<NonNullable<PlayOptions['respond']>>['error']>

  test.each<Outcome & { message: string }>([
    { outcome: 'connection', code: 'ECONNREFUSED', message: 'connection refused by shop.test' },
    { outcome: 'dns', code: 'ENOTFOUND', message: 'the name of shop.test could not be resolved' },
    { outcome: 'tls', code: 'CERT_HAS_EXPIRED', message: 'TLS with shop.test failed' },
    { outcome: 'reset', code: 'ECONNRESET', message: 'connection closed by shop.test' },
  ])('$outcome: the cell fails, with the cause and its count, and the run goes on', async (error) => {
    const { record, log } = await play(`${TEN}\nsimulation: { cycles: 2 }\nthresholds: [p95 < 1s, requests == 20]`, {
      respond: () => ({ status: 0, latencyMs: 1, error }),
    })
    expect(log).toHaveLength(20)
    expect(record.cells.map(({ state, requests }) => [state, requests])).toEqual([
      ['failed', { [error.outcome]: 10 }],
      ['failed', { [error.outcome]: 10 }],
    ])
    expect(causes(record)).toMatchObject([
      {
        step: 'look',
        outcome: error.outcome,
        reason: `${error.outcome}: ${error.code}`,
        count: 10,
        example: { message: error.message },
      },
    ])
    // Nothing was answered, so there is no latency: that is not zero milliseconds.
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['inconclusive', 'pass'])
    expect(record.stopped).toBeUndefined()
  })
})
