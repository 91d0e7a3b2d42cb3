// Finds mistakes in a scenario file that a filter hides. Each mistake is a failing test, which `-t` may leave out; the
// cells are then skipped, and without this CI would be green though nothing ran.
import type { TestCase, TestModule } from 'vitest/node'

/** The mistakes of a scenario file that were filtered out; empty when one that was not has failed already. */
export function hiddenMistakes(module: TestModule): TestCase[] {
  return module.state() === 'failed' ? [] : [...module.children.allTests('skipped')].filter(isMistake)
}

/** Known by their place: tests of a scenario stand below a cycle or below `thresholds`. */
function isMistake({ name, parent }: TestCase): boolean {
  return /^line \d+: /.test(name) && !(parent.type === 'suite' && /^(cycle \d+|thresholds)$/.test(parent.name))
}
