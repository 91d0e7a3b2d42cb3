// Which exit code a run has earned: 2 tells CI that nothing but run thresholds went wrong.
import type { TestModule, TestRunEndReason } from 'vitest/node'
import type {} from './meta.ts'

/**
 * 0 all good · 1 anything that is not a run threshold failed · 2 only run thresholds.
 *
 * @param unhandled errors outside of any test that count
 * @param bails `--bail` ended it, if anything did: what it left out is skipped, not failed
 */
export function exitCodeOf(
  modules: readonly TestModule[],
  unhandled: number,
  reason: TestRunEndReason,
  bails: boolean,
): 0 | 1 | 2 {
  if (reason === 'passed') return 0
  if (unhandled > 0 || (reason === 'interrupted' && !bails)) return 1
  let thresholds = 0
  for (const module of modules) {
    if (module.errors().length > 0) return 1
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) return 1
    for (const test of module.children.allTests('failed')) {
      if (test.meta().turbulence?.kind !== 'threshold') return 1
      thresholds++
    }
  }
  return thresholds > 0 ? 2 : 1
}
