import * as nodeFs from 'node:fs'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { annotationLines, appendStepSummary, repositoryRoot } from '../../../src/adapters/vitest/github.ts'
import { junitSuite } from '../../../src/report/junit-suite.ts'
import { aRecord } from '../../support/a-record.ts'

const suites = [junitSuite(aRecord(), { root: '/repo' })]
const onGithub = { GITHUB_ACTIONS: 'true' }

class GithubActionsReporter {}

test.each([
  ['on GitHub with another reporter', ['dot'], onGithub, true],
  ['on GitHub with a reporter and its options', [['dot', {}]], onGithub, true],
  ['on GitHub with a reporter of a class', [{}], onGithub, true],
  ['on GitHub without any', [], onGithub, true],
  [
    "on GitHub with Vitest's own",
    [
      ['default', {}],
      ['github-actions', {}],
    ],
    onGithub,
    false,
  ],
  ["on GitHub with Vitest's own by name", ['github-actions'], onGithub, false],
  ["on GitHub with Vitest's own as an object", [new GithubActionsReporter()], onGithub, false],
  ['elsewhere', ['dot'], {}, false],
  ['elsewhere, with the variable set to something else', ['dot'], { GITHUB_ACTIONS: 'false' }, false],
])('%s', (_what, reporters, env, annotates) => {
  expect(annotationLines(suites, reporters as never, env).length > 0).toBe(annotates)
})

test("beside Vitest's own there are those in files that it has not loaded", () => {
  const record = aRecord()
  const place = { file: '/repo/load/preset.yaml', line: 14, column: 3 }
  const cells = record.cells.map((cell) => (cell.state === 'failed' ? { ...cell, place } : cell))
  const placed = junitSuite({ ...record, cells }, { root: '/repo' })
  const lines = annotationLines([placed], [['github-actions', {}]], onGithub)
  expect(lines.map((line) => line.split(',title=')[0])).toEqual(['::error file=load/preset.yaml,line=14,col=3'])
})

test('the summary of the job is added to what other steps wrote', () => {
  const folder = mkdtempSync(join(tmpdir(), 'summary-'))
  const file = join(folder, 'summary.md')
  writeFileSync(file, '# earlier\n')
  expect(appendStepSummary(() => '## ours\n', { GITHUB_STEP_SUMMARY: file })).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe('# earlier\n\n## ours\n')
  rmSync(folder, { recursive: true })
})

test.each([{}, { GITHUB_STEP_SUMMARY: '' }])('without a place for it (%j) no summary is made', (env) => {
  const never = (): string => {
    throw new Error('made')
  }
  expect(appendStepSummary(never, env)).toBeUndefined()
})

test('a summary that cannot be written is a line', () => {
  const disk = {
    ...nodeFs,
    appendFileSync: () => {
      throw Object.assign(new Error('x'), { code: 'EACCES' })
    },
  }
  expect(appendStepSummary(() => 'x', { GITHUB_STEP_SUMMARY: '/s.md' }, disk)).toBe(
    'The summary of the job is not kept: /s.md could not be written, permission denied (EACCES).',
  )
})

test.each([
  ['the folder with .git', '/repo/packages/a', ['/repo/.git'], {}, '/repo'],
  ['the nearest .git', '/repo/sub/a', ['/repo/.git', '/repo/sub/.git'], {}, '/repo/sub'],
  ['the workspace where there is no .git', '/ws/a/b', [], { GITHUB_WORKSPACE: '/ws' }, '/ws'],
  ['not a workspace elsewhere', '/other/a', [], { GITHUB_WORKSPACE: '/ws' }, '/other/a'],
  ['not a relative workspace', '/other/a', [], { GITHUB_WORKSPACE: 'ws' }, '/other/a'],
  ['where it runs, without both', '/other/a', [], {}, '/other/a'],
])('the root of the repository is %s', (_what, from, folders, env, root) => {
  expect(repositoryRoot(from, env, { existsSync: (path) => new Set<string>(folders).has(String(path)) })).toBe(root)
})
