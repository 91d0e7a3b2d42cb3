// Nothing is wrong with the files in fixtures/scenarios, not even a hint, and every wrong one in
// fixtures/invalid says what is written beside it (`vitest -u` writes it anew: look at it before it is committed.)
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { formatProblem } from '../../src/scenario/diagnostic.ts'
import { diagnosticsOf } from '../support/diagnostics-of.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const scenariosIn = (folder: string): string[] =>
  readdirSync(join(fixtures, folder)).filter((name) => /\.scenario\.(?:yaml|ts)$/.test(name))

async function diagnostics(file: string, root: string): Promise<string> {
  const problems = await diagnosticsOf(file, root)
  const blocks = problems.map((problem) => {
    const source = existsSync(problem.place.file) ? readFileSync(problem.place.file, 'utf8') : undefined
    return formatProblem(problem, source, root)
  })
  return `${blocks.join('\n\n')}\n`
}

describe('a valid scenario loads without a problem', () => {
  test.each(scenariosIn('scenarios'))('%s', async (name) => {
    expect(await diagnostics(join(fixtures, 'scenarios', name), join(fixtures, 'scenarios'))).toBe('\n')
  })
})

describe('a wrong scenario says what is wrong, where, and what would be right', () => {
  test.each(scenariosIn('invalid'))('%s', async (name) => {
    const root = join(fixtures, 'invalid')
    const expected = join(root, name.replace(/\.scenario\.(?:yaml|ts)$/, '.txt'))
    await expect(await diagnostics(join(root, name), root)).toMatchFileSnapshot(expected)
  })
})
