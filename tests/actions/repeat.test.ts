// `repeat` and `branch`: which of their steps run, how often, and what ends it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stepSchema } from '../../src/actions/index.ts'
import { answerWith } from '../support/agent-names.ts'
import { runStep } from '../support/step-context.ts'

const steps = [{ type: 'pause', name: 'inner', for: '1ms' }]
const repeat = (more: Record<string, unknown>): Record<string, unknown> => ({ type: 'repeat', steps, ...more })

describe('repeat', () => {
  test('times: runs its steps so often, in rounds from 1', async () => {
    const { inside, failure } = await runStep(repeat({ times: 3 }))
    expect(failure).toBeUndefined()
    expect(inside).toEqual([
      ['steps', 1],
      ['steps', 2],
      ['steps', 3],
    ])
    expect((await runStep(repeat({ times: 0 }))).inside).toEqual([])
  })

  test.each([
    ['3', 3],
    [2, 2],
    [0, 0],
  ])('times: a template that gives %j', async (times, rounds) => {
    const { inside } = await runStep(repeat({ times: '{{n}}' }), { vars: { n: times } })
    expect(inside.length).toBe(rounds)
  })

  test.each([[1.5], [-1], ['many'], [null], ['']])('times: a template that gives %j fails', async (times) => {
    const { failure, inside } = await runStep(repeat({ times: '{{n}}' }), { vars: { n: times } })
    expect(failure?.message).toMatch(/^times is .*, not a whole number$/)
    expect(inside).toEqual([])
  })

  test('times: what a template gives is bounded by max, what the file says is not', async () => {
    const { failure, inside } = await runStep(repeat({ times: '{{n}}', max: 5 }), { vars: { n: 6 } })
    expect(failure?.message).toBe('repeat: times is 6, and max is 5 rounds')
    expect(inside).toEqual([])
    expect((await runStep(repeat({ times: 200 }))).inside.length).toBe(200)
  })

  test('while: looks before each round', async () => {
    const grow = (vars: Record<string, unknown>): boolean => ((vars['n'] = Number(vars['n']) + 1), true)
    const { inside } = await runStep(repeat({ while: 'n < 3' }), { vars: { n: 0 }, runSteps: grow })
    expect(inside.length).toBe(3)
  })

  test('while: fails when it still holds after max rounds', async () => {
    const { inside, failure } = await runStep(repeat({ while: 'status == 200', max: 4 }), {
      answer: answerWith('{}'),
    })
    expect(inside.length).toBe(4)
    expect(failure?.message).toBe('repeat: while still holds, and max is 4 rounds')
  })

  test('for_each: gives each item its name, whatever the items are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 20 }), async (list) => {
        const seen: unknown[] = []
        const { failure } = await runStep(repeat({ for_each: '{{list}}', as: 'item' }), {
          vars: { list },
          runSteps: (vars) => (seen.push(vars['item']), true),
        })
        expect(failure).toBeUndefined()
        expect(seen).toEqual(list)
      }),
      { numRuns: 30 },
    )
  })

  test('for_each: a list in the file may hold templates', async () => {
    const seen: unknown[] = []
    await runStep(repeat({ for_each: ['a', '{{b}}'], as: 'item' }), {
      vars: { b: 'c' },
      runSteps: (vars) => (seen.push(vars['item']), true),
    })
    expect(seen).toEqual(['a', 'c'])
  })

  test('for_each: a longer list than max fails before its first round', async () => {
    const { failure, inside } = await runStep(repeat({ for_each: '{{list}}', as: 'item', max: 2 }), {
      vars: { list: [1, 2, 3] },
    })
    expect(failure?.message).toBe('repeat: the list has 3 items, and max is 2 rounds')
    expect(inside).toEqual([])
  })

  test('ends when the iteration is over', async () => {
    const { inside, failure } = await runStep(repeat({ times: 5 }), { runSteps: (_, round) => round !== 2 })
    expect(inside.length).toBe(2)
    expect(failure).toBeUndefined()
  })
})

describe('branch', () => {
  const branch = { type: 'branch', condition: 'n > 1', if_true: steps }

  test.each([
    [2, [['if_true', undefined]]],
    [1, [['if_false', undefined]]],
  ])('n = %d', async (n, expected) => {
    expect((await runStep(branch, { vars: { n } })).inside).toEqual(expected)
  })

  test('needs a condition and at least one way', () => {
    expect(stepSchema.safeParse({ name: 'a', ...branch, condition: undefined }).success).toBe(false)
    expect(stepSchema.safeParse({ name: 'a', ...branch, if_true: undefined }).success).toBe(false)
    expect(stepSchema.safeParse({ name: 'a', ...branch, if_true: undefined, if_false: steps }).success).toBe(true)
  })
})
