// What a file says in vain: values that are extracted and used by nobody, conditions that are decided
// before the run.
import { actionOf } from '../actions/index.ts'
import { allSteps } from '../actions/nested.ts'
import { compileCondition, conditionNames } from './condition.ts'
import { isMapping } from './reader.ts'
import type { ReadStep } from './reader.ts'
import type { Finding } from './source.ts'
import { LanguageError } from './template-syntax.ts'

/**
 * Hints about names that are extracted for nobody.
 * @param used the names that anything uses which can see them
 */
export function unusedExtracts(steps: readonly ReadStep[], used: ReadonlySet<string>): Finding[] {
  return allSteps(steps).flatMap(({ step, at }) => {
    const extract = 'extract' in step ? step.extract : undefined
    if (!isMapping(extract)) return []
    return Object.keys(extract)
      .filter((name) => !used.has(name))
      .map((name): Finding => ({
        code: 'unused-extract',
        severity: 'hint',
        path: [...at, 'extract', name],
        atKey: true,
        message: `Nobody uses "${name}".`,
        hint: 'Leave it out. To check that it is there, expect it: expect: { jsonpath: …, exists: true }',
      }))
  })
}

/** Warnings about steps and ways that are never taken. */
export function neverRun(steps: readonly ReadStep[]): Finding[] {
  return allSteps(steps).flatMap(({ step, at }) => {
    const { ownsCondition = false, conditions = [] } = actionOf(step.type)
    const values = new Map<string, unknown>(Object.entries(step))
    return ['condition', ...conditions].flatMap((key): Finding[] => {
      const source = values.get(key)
      const value = typeof source === 'string' ? fixedValue(source) : undefined
      const isChoice = key === 'condition' && ownsCondition
      if (value === undefined || (value && !isChoice)) return []
      const what = isChoice ? `takes the other way: its ${key} is always ${value}` : `runs: its ${key} is always false`
      const message = `"${step.name}" never ${what}.`
      return [
        {
          code: 'never-runs',
          severity: 'warning',
          path: [...at, key],
          message,
          hint: 'Compare with a name in it, or leave it out.',
        },
      ]
    })
  })
}

/** The value of a condition that depends on nothing. */
function fixedValue(source: string): boolean | undefined {
  const nothing = {
    builtin: () => undefined,
    vars: {},
    random: () => {
      throw new Error('a condition draws nothing')
    },
  }
  try {
    return conditionNames(source).length > 0 ? undefined : compileCondition(source)(nothing, undefined)
  } catch (error) {
    // What is wrong with it has been said.
    if (error instanceof LanguageError || error instanceof Error) return undefined
    throw error
  }
}
