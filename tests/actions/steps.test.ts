import { describe, expect, test } from 'vitest'
import { actionOf, stepSchema } from '../../src/actions/index.ts'
import { runStep } from '../support/step-context.ts'

describe('set', () => {
  test('gives variables values that later ones may use', async () => {
    const { vars } = await runStep(
      { type: 'set', vars: { a: '{{id}}', b: 'x{{a}}', c: [1, '{{id}}'] } },
      { vars: { id: 4 } },
    )
    expect({ ...vars }).toEqual({ id: 4, a: 4, b: 'x4', c: [1, 4] })
  })

  test('keeps them for the agent with scope: agent', async () => {
    const { vars, memory } = await runStep({ type: 'set', vars: { a: 1 }, scope: 'agent' })
    expect({ ...vars }).toEqual({})
    expect(memory).toEqual({ a: 1 })
  })

  test('a missing name is its failure', async () => {
    expect((await runStep({ type: 'set', vars: { a: '{{no}}' } })).failure).toMatchObject({ outcome: 'failed' })
  })
})

describe('pause', () => {
  test('waits as long as it says', async () => {
    expect((await runStep({ type: 'pause', for: '1.5s' })).sleptMs).toEqual([1500])
  })

  test('a range is drawn from the stream of the step', async () => {
    const once = (await runStep({ type: 'pause', for: { min: '1s', max: '3s' } })).sleptMs
    expect(once[0]).toBeGreaterThanOrEqual(1000)
    expect(once[0]).toBeLessThanOrEqual(3000)
    expect((await runStep({ type: 'pause', for: { min: '1s', max: '3s' } })).sleptMs).toEqual(once)
  })
})

describe('every action', () => {
  const steps = [
    { type: 'http', name: 'a', path: '/', extract: { id: '$.id' } },
    { type: 'set', name: 'a', vars: { x: 1, y: 2 } },
    { type: 'set', name: 'a', vars: { x: 1 }, scope: 'agent' },
    { type: 'assert', name: 'a', expect: { status_code: 200 } },
    { type: 'pause', name: 'a', for: '1s' },
  ].map((step) => stepSchema.parse(step))

  test('says what it defines and how much it sends', () => {
    expect(steps.map((step) => actionOf(step.type).defines(step))).toEqual([['id'], ['x', 'y'], [], [], []])
    expect(steps.map((step) => actionOf(step.type).requests(step, () => 0))).toEqual([1, 0, 0, 0, 0])
  })

  test('takes name, condition and tags, and no unknown key', () => {
    for (const step of steps.filter(({ type }) => type !== 'pause')) {
      expect(stepSchema.safeParse({ ...step, condition: 'true', tags: { area: 'a' } }).success).toBe(true)
      expect(stepSchema.safeParse({ ...step, retries: {} }).success).toBe(false)
      expect(stepSchema.safeParse({ ...step, name: undefined }).success).toBe(false)
    }
  })

  test.each(['a{b', 'a"b', 'a,b', 'a:b', 'a > b', ' a', '', 'a\nb'])('%j cannot be the name of a step', (name) => {
    expect(stepSchema.safeParse({ type: 'pause', name, for: '1s' }).success).toBe(false)
  })

  test.each(['constructor', 'prototype', '1a', 'a-b', ''])('%j cannot be the name of a variable', (name) => {
    const vars = Object.fromEntries([[name, 1]])
    expect(stepSchema.safeParse({ type: 'set', name: 'a', vars }).success).toBe(false)
  })
})
