// `call`: what the user's function is given, what it may do, and how it fails.
import { describe, expect, test } from 'vitest'
import type { CallContext, CallFunction } from '../../src/actions/call.ts'
import { runStep } from '../support/step-context.ts'
import type { Ran } from '../support/step-context.ts'

const METRICS = { hits: 'counter', found: 'rate', thinking: 'trend' }
const call = (callable: CallFunction, more: Record<string, unknown> = {}): Promise<Ran> =>
  runStep({ type: 'call', module: './x.ts', export: 'go', ...more }, { callable, vars: { id: 'p1' } })

describe('call', () => {
  test('hands in args with templates filled in, and every name', async () => {
    let seen: unknown[] = []
    await call(
      ({ args, names }) => {
        seen = [args, names['id'], names['agent'], names['nothing'], 'id' in names, 'nothing' in names, { ...names }]
      },
      { args: { product: '{{id}}', list: ['{{cycle}}'] } },
    )
    expect(seen).toEqual([
      { product: 'p1', list: [3] },
      'p1',
      { id: 'shoppers-1', index: 1, group: 'shoppers', vars: { tier: 'gold' } },
      undefined,
      true,
      false,
      { id: 'p1' },
    ])
  })

  test('sets the names that the step lists, and no others', async () => {
    const set: CallFunction = (context) => context.set('token', 'abc')
    expect((await call(set, { sets: ['token'] })).vars['token']).toBe('abc')
    const { failure, vars } = await call(set)
    expect(failure?.message).toBe('call go: Error: set("token"): the step does not list it; add sets: [token]')
    expect(vars).not.toHaveProperty('token')
  })

  test('names cannot be assigned to', async () => {
    const { failure } = await call(({ names }) => Object.assign(names, { id: 'p2' }))
    expect(failure?.message).toContain('names.id cannot be assigned to; use set("id", value)')
  })

  test('records counters, rates and trends', async () => {
    const { measurements, failure } = await call(
      ({ metrics }) => {
        metrics.counter('hits')
        metrics.counter('hits', 2)
        metrics.rate('found', false)
        metrics.trend('thinking', 1.5)
      },
      { metrics: METRICS },
    )
    expect(failure).toBeUndefined()
    expect(measurements).toEqual([
      { kind: 'call' },
      { kind: 'counter', name: 'hits', value: 1, held: true },
      { kind: 'counter', name: 'hits', value: 2, held: true },
      { kind: 'rate', name: 'found', value: 1, held: false },
      { kind: 'trend', name: 'thinking', value: 1.5, held: true },
    ])
  })

  test.each<[string, (context: CallContext) => void, string]>([
    [
      'of another kind',
      ({ metrics }) => metrics.rate('hits', true),
      'lists it as counter; write metrics: { hits: rate }',
    ],
    ['that is not listed', ({ metrics }) => metrics.counter('more'), 'lists it not; write metrics: { more: counter }'],
    ['below zero', ({ metrics }) => metrics.trend('thinking', -1), '-1 is not a number from 0 up'],
    ['that is no number', ({ metrics }) => metrics.counter('hits', Number.NaN), 'is not a number from 0 up'],
    ['of a prototype', ({ metrics }) => metrics.counter('constructor'), 'lists it not'],
  ])('a value %s fails the step', async (_, act, said) => {
    const { failure } = await call((context) => act(context), { metrics: METRICS })
    expect(failure?.message).toContain(said)
  })

  test('what it throws, at once or later, is the failure: one line of it', async () => {
    const now = await call(() => {
      throw new TypeError('first line\nsecond line')
    })
    expect(now.failure).toEqual({
      outcome: 'failed',
      key: 'call go: TypeError: first line',
      message: 'call go: TypeError: first line',
    })
    const later = await call(async () => {
      await Promise.resolve()
      throw 'a text'
    })
    expect(later.failure?.message).toContain('a text')
  })

  test('what was not awaited can do nothing more', async () => {
    let kept: CallContext | undefined
    await call((context) => void (kept = context), { sets: ['late'], metrics: METRICS })
    expect(() => kept?.set('late', 1)).toThrow('the call is over')
    expect(() => kept?.metrics.counter('hits')).toThrow('the call is over')
    expect(kept?.signal.aborted).toBe(true)
  })
})
