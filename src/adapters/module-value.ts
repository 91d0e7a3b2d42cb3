// A scenario in TypeScript, run in the main process for its value: Vitest lists tests that it must know
// before any worker runs. The worker imports the module again; what it says is the same, or an error.
import { basename } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { TestProject, Vite } from 'vitest/node'
import type { Place, Problem } from '../errors.ts'

/** Scenario files that are modules. */
export const isModuleScenario = (file: string): boolean => file.endsWith('.scenario.ts')

/** Marks the module itself; without it the file is the test module that is made from it. */
const QUERY = 'turbulence'

export const isPlainModule = (id: string): boolean => new RegExp(`[?&]${QUERY}(?:[=&]|$)`).test(id)

/** What a test module imports the value from. */
export const valueModule = (file: string): string => `${file}?${QUERY}`

export interface ModuleValue {
  readonly value?: unknown
  readonly problem?: Problem
  /** Files of the project that the module imports. */
  readonly files: readonly string[]
}

let evaluations = 0

export async function evaluate(file: string, project: TestProject): Promise<ModuleValue> {
  // A new name each time: the module may have changed, and is run again.
  const id = `${file}?${QUERY}=${++evaluations}`
  try {
    const module = (await project.import(id)) as Readonly<Record<string, unknown>>
    const files = importedBy(id, project.vite)
    if (!('default' in module)) return { problem: noDefault(file), files }
    return { value: await module['default'], files }
  } catch (error) {
    return { problem: failure(file, error), files: importedBy(id, project.vite) }
  }
}

function noDefault(file: string): Problem {
  const message = 'The module exports no scenario.'
  return { ...placed(file), message, hint: 'export default defineScenario({ … })' }
}

function placed(file: string, line = 1, column = 1): Omit<Problem, 'message'> {
  const place: Place = { file, line, column }
  return { code: 'module', severity: 'error', path: '', place }
}

/** Where the message (of a syntax error) or the first frame in the file itself says. */
function failure(file: string, error: unknown): Problem {
  const { message, stack = '' } = error instanceof Error ? error : { message: String(error) }
  const place = new RegExp(`${escaped(basename(file))}(?:\\?[^:\\s]*)?:(\\d+):(\\d+)`)
  const found = place.exec(stripVTControlCharacters(`${message}\n${stack}`))
  const lines = stripVTControlCharacters(message).split('\n')
  const [first = '', second] = lines.map((line) => line.trim()).filter((line) => line !== '')
  const told = first.endsWith(':') && second !== undefined ? second.replace(/^\[\w+\] */, '') : first
  const why = told === '' ? 'it throws an error without a message' : told
  const at = placed(file, Number(found?.[1] ?? 1), Number(found?.[2] ?? 1))
  return { ...at, message: `The module cannot be run: ${why.replace(/\.$/, '')}.` }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

function importedBy(id: string, vite: Vite.ViteDevServer): string[] {
  const files = new Set<string>()
  for (const { moduleGraph } of Object.values(vite.environments)) {
    const queue = [moduleGraph.getModuleById(id)]
    for (let node = queue.pop(); node !== undefined; node = queue.pop())
      for (const inside of node.importedModules) {
        const { file } = inside
        if (file === null || files.has(file) || /[\\/]node_modules[\\/]/.test(file)) continue
        files.add(file)
        queue.push(inside)
      }
  }
  return [...files]
}
