import { describe, expect, test } from 'vitest'
import { causesOf, cellFailure, thresholdFailure } from '../../src/report/failure.ts'
import { aCause, aCell, aRecord, aVerdict } from '../support/a-record.ts'

const again = { seed: 42, rerun: 'TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml', root: '/repo' }
const cells = aRecord().cells
const failed = aCell({
  state: 'failed',
  message: 'success_rate was 14.6 %, must be >= 95 %',
  causes: [aCause(), aCause({ step: 'login', outcome: 'timeout', reason: 'no answer within 30 s', count: 13 })],
})

test('the command keeps each blank of a path, and stays on its line', () => {
  const rerun = "TURBULENCE_SEED=42 npx vitest run 'my  load/a.scenario.yaml' -t 'x\ny'"
  expect(cellFailure(aCell({ state: 'failed', cycle: 3 }), { ...again, rerun })).toMatch(
    /\nagain {2}TURBULENCE_SEED=42 npx vitest run 'my {2}load\/a\.scenario\.yaml' -t 'x y'$/,
  )
})

test('a failed cell says what, why, one example, and how to run exactly this again', () => {
  expect(cellFailure(failed, again)).toMatchInlineSnapshot(`
    "success_rate was 14.6 %, must be >= 95 %
    412 ×  checkout (load/shop.scenario.yaml:31)  status_code: 500, expected 2xx
     13 ×  login (load/shop.scenario.yaml:31)     no answer within 30 s
    example: agent shoppers-17, iteration 1: status_code: 500, expected 2xx
      curl http://127.0.0.1:3000/orders -H 'Authorization: Bearer ***' -H 'Content-Type: application/json' --data-raw '{"sku":7}'
      status 500
      body   {"error":"out of stock"}
    seed   42
    again  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml"
  `)
})

test('a cell without causes is three lines', () => {
  expect(cellFailure(aCell({ state: 'failed', cycle: 3 }), again)).toBe(
    'cycle 3 > shoppers failed\nseed   42\nagain  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml',
  )
})

test('without a root, places are named by their file alone', () => {
  const { root: _, ...rootless } = again
  expect(cellFailure(failed, rootless)).toContain('checkout (shop.scenario.yaml:31)')
})

test('what a service answered cannot add lines of its own at the margin or paint the screen', () => {
  const cause = aCause({
    reason: 'status 500\nseed   7',
    example: { agent: 'a', iteration: 1, message: 'm\nn', body: 'one\r\n\u001b[2Jtwo\nseed   7\n' },
  })
  const text = cellFailure(aCell({ state: 'failed', message: 'm', causes: [cause] }), again)
  expect(text).toMatchInlineSnapshot(`
    "m
    412 ×  checkout (load/shop.scenario.yaml:31)  status 500 seed 7
    example: agent a, iteration 1: m n
      body   one
             two
             seed   7
    seed   42
    again  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml"
  `)
})

test('an example of the idle flow says so, as it is no iteration', () => {
  const cause = aCause({ example: { agent: 'a-1', iteration: 0, message: 'status 500' } })
  expect(cellFailure(aCell({ state: 'failed', causes: [cause] }), again)).toContain(
    'example: agent a-1, idle: status 500',
  )
})

test('what went wrong in a warm-up that is not judged is no cause of what is', () => {
  const warm = aCell({ isWarmUp: true, causes: [aCause({ step: 'cold', count: 9000 })] })
  const judged = aCell({ cycle: 2, causes: [aCause({ step: 'checkout', count: 1 })] })
  expect(causesOf(aVerdict(), [warm, judged]).map(({ step }) => step)).toEqual(['checkout'])
})

describe('when room is short', () => {
  const long = aCause({
    example: { agent: 'a', iteration: 1, message: 'm', status: 500, body: 'x'.repeat(500) },
    reason: 'r'.repeat(400),
  })
  const cell = aCell({ state: 'failed', message: 'm'.repeat(400), causes: [long, long, long, long] })

  test('causes and example give way; seed and command stay the last two lines', () => {
    const text = cellFailure(cell, again, { below: ['    at cell (a.yaml:1:1)'], most: 900 })
    expect(text.length).toBeLessThanOrEqual(900)
    expect(text.split('\n').slice(-2)).toEqual(['seed   42', `again  ${again.rerun}`])
    expect(text).toContain('…\nseed')
  })

  test('message, seed and command stay even when there is no room at all', () => {
    expect(cellFailure(cell, again, { most: 10 }).split('\n')).toHaveLength(3)
  })

  test('without a limit nothing but single lines is cut off', () => {
    expect(cellFailure(cell, again)).toContain('x'.repeat(500))
  })
})

describe('causes of a threshold', () => {
  test('are added up over cells, the most frequent first, three at most', () => {
    const causes = [
      aCause({ count: 5 }),
      aCause({ step: 'login', count: 7 }),
      aCause({ step: 'a', count: 1 }),
      aCause({ step: 'b', count: 2 }),
    ]
    const two = [aCell({ causes }), aCell({ cycle: 2, causes: causes.slice(0, 1) })]
    expect(causesOf(aVerdict(), two).map(({ step, count }) => [step, count])).toEqual([
      ['checkout', 10],
      ['login', 7],
      ['b', 2],
    ])
  })

  test.each([
    ['success_rate', '%', ['checkout', 'login', 'browse']],
    ['success_rate{group:shoppers}', '%', ['checkout', 'login', 'browse']],
    ['success_rate{group:admins}', '%', []],
    ['success_rate{cycle:1}', '%', []],
    ['check_rate{step:login,group:shoppers}', '%', ['login']],
    ['check_rate{step:"login",group:"shoppers"}', '%', ['login']],
    ['check_rate{step:"log in, {a:\\"b\\"}"}', '%', []],
    ['errors{outcome:timeout}', '', ['login']],
    ['latency.p95', 'ms', ['login']],
    ['latency.p95{step:checkout}', 'ms', []],
  ] as const)('%s (%s) has those of %j', (selector, unit, steps) => {
    expect(causesOf(aVerdict({ selector, unit }), cells).map((cause) => cause.step)).toEqual(steps)
  })
})

test('a threshold that did not hold begins with its message', () => {
  const [first] = aRecord().thresholds
  const text = thresholdFailure(first ?? aVerdict(), cells, again)
  expect(text.split('\n').slice(0, 2)).toEqual([
    'success_rate was 57.3 %, must be >= 95 % (-37.7 points) over 1,000 samples',
    '412 ×  checkout (load/shop.scenario.yaml:31)  status_code: 500, expected 2xx',
  ])
})
