// The test module that a scenario becomes: one literal call per line, each with its place in the YAML.
import { expect, test } from 'vitest'
import { compile, uniqueNames } from '../../../src/adapters/vitest/compile.ts'
import type { Problem } from '../../../src/errors.ts'

test('no two tests have the same name, also when a name looks like a second one', () => {
  expect(uniqueNames(['dup', 'dup', 'dup (2)', 'dup'])).toEqual(['dup', 'dup (2)', 'dup (2) (2)', 'dup (3)'])
})

test('a line separator within a name does not shift the lines of the module', () => {
  const place = { file: '/x.scenario.yaml', line: 3, column: 1 }
  const problem: Problem = { code: 'x', severity: 'error', path: '', place, message: 'a\u2028b\u2029c' }
  const { code } = compile({
    file: '/x.scenario.yaml',
    source: 'id: x',
    runtime: '/suite.js',
    scenario: undefined,
    problems: [problem],
    hasCalls: false,
  })
  expect(code).not.toMatch(/[\u2028\u2029]/)
  expect(code).toContain('test("line 3: a b c"')
  expect(code).toContain(String.raw`a\u2028b\u2029c`)
})
