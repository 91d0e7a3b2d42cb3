// What every action keeps: a strict schema, names that it says it defines, a compilation that changes
// nothing, failures that can be read, and no exception for what a service answers.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionOf, stepSchema } from '../../src/actions/index.ts'
import type { Step } from '../../src/actions/index.ts'
import { NameError } from '../../src/actions/action.ts'
import { OUTCOMES } from '../../src/sample.ts'
import { answerWith } from '../support/agent-names.ts'
import { runStep, toolsWith } from '../support/step-context.ts'
import type { Setting } from '../support/step-context.ts'

interface Sort {
  readonly type: Step['type']
  /** As a file has it. */
  readonly step: Record<string, unknown>
  readonly defines: readonly string[]
  readonly requests: number
  /** One with which it fails. */
  readonly failing?: { readonly step?: Record<string, unknown>; readonly setting?: Setting }
}

const inner = { type: 'http', name: 'inner', service: 'api', path: '/' }

const SORTS: readonly Sort[] = [
  {
    type: 'http',
    step: { service: 'api', path: '/', extract: { id: '$.id' }, expect: { status_code: 200 } },
    defines: ['id'],
    requests: 1,
    failing: { setting: { answer: answerWith('{}', { status: 500 }) } },
  },
  {
    type: 'wait',
    step: { service: 'api', path: '/', extract: { id: '$.id' }, timeout_seconds: 2 },
    defines: ['id'],
    requests: 1,
    failing: { setting: { answer: answerWith('{}', { status: 404 }) } },
  },
  {
    type: 'assert',
    step: { expect: { jsonpath: '$.id', exists: true } },
    defines: [],
    requests: 0,
    failing: { setting: { answer: answerWith('{}') } },
  },
  { type: 'branch', step: { condition: 'status == 200', if_true: [inner] }, defines: [], requests: 7 },
  {
    type: 'decide',
    step: { decision: 'way', output_var: 'chosen' },
    defines: ['chosen'],
    requests: 0,
    failing: { setting: { policy: {} } },
  },
  {
    type: 'repeat',
    step: { for_each: '{{list}}', as: 'item', steps: [inner] },
    defines: ['item'],
    requests: 7,
    failing: { setting: { vars: { list: 'no list' } } },
  },
  {
    type: 'set',
    step: { vars: { x: '{{id}}' } },
    defines: ['x'],
    requests: 0,
    failing: { setting: { vars: {} } },
  },
  { type: 'pause', step: { for: '1s' }, defines: [], requests: 0 },
  {
    type: 'call',
    step: { module: './x.ts', sets: ['y'], metrics: { hits: 'counter' } },
    defines: ['y'],
    requests: 0,
    failing: {
      setting: {
        callable: () => {
          throw new Error('no')
        },
      },
    },
  },
]

const SETTING: Setting = {
  vars: { id: 'p1', list: [1, 2] },
  answer: answerWith('{"id":"p1"}'),
  policy: { way: { left: 1 } },
}

const TYPES = stepTypes()

function stepTypes(): string[] {
  const { error } = stepSchema.safeParse({ type: 'none' })
  const [issue] = error?.issues ?? []
  return issue !== undefined && 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
}

test('there is a sort for every action', () => {
  expect(TYPES.length).toBeGreaterThan(8)
  expect(SORTS.map(({ type }) => type).toSorted()).toEqual(TYPES.toSorted())
})

describe.each(SORTS)('$type', ({ type, step, defines, requests, failing }) => {
  const whole = { type, name: 'one', ...step }
  const parsed = stepSchema.parse(whole)
  const action = actionOf(type)

  test('takes name, condition and tags, and no key that nobody knows', () => {
    const more = { condition: 'true', tags: { area: 'a' } }
    expect(stepSchema.safeParse({ ...more, ...whole }).success).toBe(true)
    expect(stepSchema.safeParse({ ...whole, unheard_of: 1 }).success).toBe(false)
    expect(stepSchema.safeParse({ ...whole, name: '' }).success).toBe(false)
    expect(stepSchema.safeParse({ ...whole, tags: { area: 1 } }).success).toBe(false)
  })

  test('is the same when what its schema gave goes through it again', () => {
    const durations = type === 'pause' || type === 'call'
    if (!durations) expect(stepSchema.parse(parsed)).toEqual(parsed)
    expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed)
  })

  test('says what it defines and how much it sends', () => {
    expect(action.defines(parsed)).toEqual(defines)
    expect(action.requests(parsed, () => 7)).toBe(requests)
  })

  test('names only keys that it has as templates, conditions and lists of steps', () => {
    const keys = [...action.templates, ...(action.conditions ?? []), ...(action.nested ?? [])]
    const known = stepSchema.safeParse({ ...whole, ...Object.fromEntries(keys.map((key) => [key, undefined])) })
    const unknown = known.error?.issues.filter(({ code }) => code === 'unrecognized_keys') ?? []
    expect(unknown).toEqual([])
  })

  test('is compiled without a change to the step, as often as one likes, to the same', async () => {
    const before = structuredClone(parsed)
    action.compile(parsed, toolsWith())
    action.compile(parsed, toolsWith())
    expect(parsed).toEqual(before)
    const [once, again] = [await runStep(whole, SETTING), await runStep(whole, SETTING)]
    expect(once.failure).toBeUndefined()
    expect({ ...again, requests: [] }).toEqual({ ...once, requests: [] })
  })

  test('sets what it says that it defines, and nothing else', async () => {
    const callable = SETTING.callable ?? (({ set }) => set('y', 1))
    const { vars } = await runStep(whole, { ...SETTING, callable })
    const added = Object.keys(vars).filter((name) => !['id', 'list'].includes(name) || defines.includes(name))
    expect(added.filter((name) => !defines.includes(name))).toEqual([])
    for (const name of defines) expect(vars).toHaveProperty(name)
  })

  test.skipIf(failing === undefined)('fails with an outcome, a cause without line breaks and a message', async () => {
    const { failure } = await runStep({ ...whole, ...failing?.step }, { ...SETTING, ...failing?.setting })
    expect(OUTCOMES).toContain(failure?.outcome)
    expect(failure?.outcome).toBe('failed')
    for (const text of [failure?.key, failure?.message]) expect(text).toMatch(/^\S[^\n]*$/)
  })

  test('never throws for an answer, but for a name that has no value', async () => {
    const json = fc.json({ maxDepth: 3 })
    const answers = fc.record({ status: fc.integer({ min: 200, max: 599 }), body: fc.oneof(json, fc.string()) })
    await fc.assert(
      fc.asyncProperty(answers, async ({ status, body }) => {
        try {
          const ran = await runStep(whole, { ...SETTING, answer: answerWith(body, { status }) })
          expect(ran.failure === undefined || ran.failure.message.length > 0).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(NameError)
        }
      }),
      { numRuns: 40 },
    )
  })
})
