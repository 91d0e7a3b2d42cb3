// GitHub Actions: annotations where Vitest makes none, the summary of the job, and where files are
// named from. Texts are made in report/.
import * as nodeFs from 'node:fs'
import { dirname, isAbsolute, join, parse, relative } from 'node:path'
import type { Vitest } from 'vitest/node'
import { githubAnnotations } from '../../report/index.ts'
import type { JunitSuite } from '../../report/index.ts'
import { reasonOf } from '../../store/replace-file.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Lines for the log of the step; none elsewhere. Vitest's own reporter, where it is on, annotates nothing but places in
 * files that it has loaded: what stands in a preset or a SUT file is left to us.
 */
export function annotationLines(
  suites: readonly JunitSuite[],
  reporters: Vitest['config']['reporters'],
  env: Environment,
): string[] {
  if (env['GITHUB_ACTIONS'] !== 'true') return []
  return githubAnnotations(vitestAnnotates(reporters) ? suites.map(inOtherFiles) : suites)
}

function inOtherFiles(suite: JunitSuite): JunitSuite {
  return { ...suite, cases: suite.cases.filter(({ file = suite.file }) => file !== suite.file) }
}

function vitestAnnotates(reporters: readonly unknown[]): boolean {
  return reporters.some((entry) => {
    const reporter: unknown = Array.isArray(entry) ? entry[0] : entry
    if (typeof reporter === 'string') return reporter === 'github-actions'
    return typeof reporter === 'object' && reporter?.constructor.name === 'GithubActionsReporter'
  })
}

/** Adds to the summary of the job, where there is one. Says what is not kept, and why. */
export function appendStepSummary(
  markdown: () => string,
  env: Environment,
  disk: Pick<typeof nodeFs, 'appendFileSync'> = nodeFs,
): string | undefined {
  const file = env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return undefined
  try {
    disk.appendFileSync(file, `\n${markdown()}`)
    return undefined
  } catch (error) {
    return `The summary of the job is not kept: ${file} could not be written, ${reasonOf(error)}.`
  }
}

/** CI tools find files relative to the repository, not to a package in it. */
export function repositoryRoot(
  from: string,
  env: Environment,
  disk: Pick<typeof nodeFs, 'existsSync'> = nodeFs,
): string {
  for (let folder = from; folder !== parse(folder).root; folder = dirname(folder))
    if (disk.existsSync(join(folder, '.git'))) return folder
  // In a container there may be no .git.
  const workspace = env['GITHUB_WORKSPACE']
  if (workspace === undefined || !isAbsolute(workspace)) return from
  const inside = relative(workspace, from)
  return inside.startsWith('..') || isAbsolute(inside) ? from : workspace
}
