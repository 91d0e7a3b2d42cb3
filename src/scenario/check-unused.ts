// What a file says in vain: values that are extracted and used by nobody.
import { allSteps } from '../actions/nested.ts'
import { isMapping } from './reader.ts'
import type { ReadStep } from './reader.ts'
import type { Finding } from './source.ts'

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
