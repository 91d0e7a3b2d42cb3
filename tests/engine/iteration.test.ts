// Which steps of a flow run, and what makes an iteration fail.
import { describe, expect, test } from 'vitest'
import { wallClock } from '../../src/clock.ts'
import { openRun } from '../../src/run.ts'
import type { CellRecord } from '../../src/run.ts'
import { HOST, aPlan, allCycles, play, scriptedService } from '../support/a-plan.ts'
import type { Played } from '../support/a-plan.ts'

const sent = ({ log }: Played): string[] => log.map(({ path }) => path)
const cellOf = ({ record }: Played): CellRecord => record.cells[0] as CellRecord
const causesOf = (played: Played): string[] =>
  cellOf(played).causes.map(({ step, reason, count }) => `${step}: ${reason} × ${count}`)

const get = (name: string, more = ''): string => `  - { type: http, name: ${name}, path: "/${name}"${more} }`
const flow = (...steps: string[]): string => ['flow:', ...steps].join('\n')
const brokenAt = (path: string) => (request: { path: string }) => (request.path === path ? { status: 500 } : {})

describe('stop_when', () => {
  const THREE = flow(get('first'), get('second'), get('third'))

  test('a failed step ends the iteration', async () => {
    const played = await play(THREE, { respond: brokenAt('/second') })
    expect(sent(played)).toEqual(['/first', '/second'])
    expect(cellOf(played)).toMatchObject({ state: 'failed', iterations: { begun: 1, failed: 1, aborted: 0 } })
    expect(causesOf(played)).toEqual(['second: status_code: 500, expected 2xx × 1'])
  })

  test('any_action_fails: false goes on, and the iteration is failed all the same', async () => {
    const played = await play(`${THREE}\nstop_when: { any_action_fails: false }`, { respond: brokenAt('/second') })
    expect(sent(played)).toEqual(['/first', '/second', '/third'])
    expect(cellOf(played)).toMatchObject({ state: 'failed', iterations: { begun: 1, failed: 1 } })
  })

  const ASSERTING = flow(
    get('first'),
    '  - { type: assert, name: right, expect: { jsonpath: $.ok, equals: true } }',
    get('second'),
  )

  test('a failed assertion ends the iteration', async () => {
    expect(sent(await play(ASSERTING))).toEqual(['/first'])
  })

  test('any_assertion_fails: false goes on, and the iteration is failed all the same', async () => {
    const played = await play(`${ASSERTING}\nstop_when: { any_assertion_fails: false }`)
    expect(sent(played)).toEqual(['/first', '/second'])
    expect(cellOf(played).iterations).toMatchObject({ begun: 1, failed: 1 })
  })

  test('each of the two flags is about its own kind of step', async () => {
    expect(sent(await play(`${ASSERTING}\nstop_when: { any_action_fails: false }`))).toEqual(['/first'])
    const action = await play(`${THREE}\nstop_when: { any_assertion_fails: false }`, { respond: brokenAt('/first') })
    expect(sent(action)).toEqual(['/first'])
  })
})

describe('final assertions', () => {
  const FINAL = `${flow(get('first'), get('second'))}
assertions: [{ name: done, expect: { jsonpath: $.step, equals: 2 } }]`

  test('run after the flow, on its last answer', async () => {
    const played = await play(FINAL, { respond: (_, position) => ({ body: { step: position + 1 } }) })
    expect(cellOf(played)).toMatchObject({ state: 'passed', iterations: { ok: 1 } })
  })

  test('fail the iteration, with the request that they judged', async () => {
    const played = await play(FINAL, { respond: () => ({ body: { step: 1 } }) })
    expect(cellOf(played)).toMatchObject({ state: 'failed', requests: { ok: 2 }, iterations: { failed: 1 } })
    expect(cellOf(played).causes).toMatchObject([
      { step: 'done', example: { curl: 'curl http://shop.test/second', status: 200, body: '{"step":1}' } },
    ])
  })

  test('do not run after a step that ended the iteration', async () => {
    const played = await play(FINAL, { respond: brokenAt('/first') })
    expect(causesOf(played)).toEqual(['first: status_code: 500, expected 2xx × 1'])
  })
})

describe('condition', () => {
  const conditional = (condition: string): string =>
    flow(get('first'), get('second', `, condition: "${condition}"`), get('third'))

  test('true: the step runs', async () => {
    expect(sent(await play(conditional('status == 200')))).toEqual(['/first', '/second', '/third'])
  })

  test('false: the step is skipped, which is no failure', async () => {
    const played = await play(conditional('status != 200'))
    expect(sent(played)).toEqual(['/first', '/third'])
    expect(cellOf(played)).toMatchObject({ state: 'passed', iterations: { ok: 1 } })
  })

  test('one that cannot be worked out fails its step', async () => {
    const played = await play(conditional('body.missing.deeper == 1'))
    expect(sent(played)).toEqual(['/first'])
    expect(cellOf(played).causes).toMatchObject([{ step: 'second', outcome: 'failed', count: 1 }])
    expect(cellOf(played).causes[0]?.reason).toContain('body.missing.deeper')
  })
})

describe('max_steps', () => {
  test('ends an iteration that would run more', async () => {
    const played = await play(`${flow(get('a'), get('b'), get('c'))}\nmax_steps: 2`)
    expect(sent(played)).toEqual(['/a', '/b'])
    expect(causesOf(played)).toEqual(['c: max_steps × 1'])
    expect(cellOf(played).causes[0]?.example?.message).toBe('more than max_steps: 2 steps in one iteration')
  })

  test('exactly as many may run', async () => {
    expect(cellOf(await play(`${flow(get('a'), get('b'))}\nmax_steps: 2`)).state).toBe('passed')
  })

  test('a skipped step does not count, wherever it stands', async () => {
    const never = (name: string): string => get(name, ', condition: "1 == 2"')
    const played = await play(`${flow(never('x'), get('a'), never('y'), get('b'), never('z'))}\nmax_steps: 2`)
    expect(sent(played)).toEqual(['/a', '/b'])
    expect(cellOf(played).state).toBe('passed')
  })

  test('bounds an iteration whose failures end nothing', async () => {
    const played = await play(
      `${flow(get('a'), get('b'), get('c'), get('d'))}\nmax_steps: 2\nstop_when: { any_action_fails: false }`,
      { respond: () => ({ status: 500 }) },
    )
    expect(sent(played)).toEqual(['/a', '/b'])
  })
})

describe('a name without a value', () => {
  test.each([
    ['a path', get('{{id}}').replace('name: {{id}}', 'name: look')],
    ['a header', get('look', ', headers: { X-Id: "{{id}}" }')],
    ['a query', get('look', ', query: { id: "{{id}}" }')],
    ['a body', get('look', ', method: POST, json: { id: "{{id}}" }')],
    ['a set', '  - { type: set, name: look, vars: { other: "{{id}}" } }'],
  ])('in %s fails the step before anything is sent, and is named', async (_, step) => {
    const played = await play(
      flow('  - { type: http, name: make, path: /make, condition: "cycle == 2", extract: { id: $.id } }', step),
    )
    expect(sent(played)).toEqual([])
    expect(cellOf(played)).toMatchObject({ state: 'failed', iterations: { failed: 1 }, requests: {} })
    expect(causesOf(played)).toEqual(['look: {{id}} has no value here × 1'])
  })

  test('in an expectation fails the step, and its request is one sample', async () => {
    const played = await play(
      flow(
        '  - { type: http, name: make, path: /make, condition: "cycle == 2", extract: { id: $.id } }',
        get('look', ', expect: { jsonpath: $.id, equals: "{{id}}" }'),
      ),
      { respond: () => ({ body: { id: 1 } }) },
    )
    expect(cellOf(played)).toMatchObject({ requests: { failed: 1 }, iterations: { failed: 1 } })
    expect(causesOf(played)).toEqual(['look: {{id}} has no value here × 1'])
  })
})

test('iterations that wait for nothing let others run', async () => {
  const plan = aPlan(`${flow('  - { type: set, name: note, vars: { x: 1 } }')}
agents: { a: { count: 1, workload: { iterations: 200 } } }`)
  const run = openRun(plan, { transport: scriptedService(wallClock).transport, host: HOST, rerun: '' })
  let turns = 0
  let isOver = false
  const count = (): void => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await allCycles(run)
  isOver = true
  expect(turns).toBeGreaterThan(100)
  await run.end()
})
