// Mistakes are tests, which a filter may leave out. Cells then have nothing to await and skip themselves: without
// a word about it, CI would be green though nothing ran.
import type { TestCase, TestModule } from 'vitest/node'

/** Of a scenario file; empty where one of them is seen to have failed. */
export function hiddenMistakes(module: TestModule): TestCase[] {
  return module.state() === 'failed' ? [] : [...module.children.allTests('skipped')].filter(isMistake)
}

/** Known by their place: tests of a scenario stand below a cycle or below `thresholds`. */
function isMistake({ name, parent }: TestCase): boolean {
  return /^line \d+: /.test(name) && !(parent.type === 'suite' && /^(cycle \d+|thresholds)$/.test(parent.name))
}
