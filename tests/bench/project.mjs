// A Vitest project in a temporary folder that finds the built package by its name, as a user's would.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRun } from '../../dist/run.js'
import { ROOT } from './machine.mjs'
import { start } from './processes.mjs'

const CONFIG = `import { turbulence } from 'vitest-turbulence'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [turbulence()] })
`
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')

/**
 * @param {Readonly<Record<string, string>>} files by path
 * @returns {{ folder: string, command: string[], read(path: string): string, write(path: string, text: string): void, remove(): void }}
 */
export function vitestProject(files) {
  const folder = mkdtempSync(join(tmpdir(), 'turbulence-bench-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules', 'vitest-turbulence'), 'dir')
  symlinkSync(join(ROOT, 'node_modules', 'vitest'), join(folder, 'node_modules', 'vitest'), 'dir')
  const write = (path, text) => writeFileSync(join(folder, path), text)
  for (const [path, text] of Object.entries({
    'package.json': '{ "private": true, "type": "module" }\n',
    'vitest.config.ts': CONFIG,
    ...files,
  }))
    write(path, text)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const read = (path) => readFileSync(join(folder, path), 'utf8')
  return { folder, read, write, remove, command: [process.execPath, VITEST, 'run'] }
}

/**
 * Runs one scenario by `vitest run` on core 0; its record is what was kept on disk.
 * @param {string} text of the scenario file
 * @param {(pid: number) => void} [watch] called once it has started
 */
export async function runInVitest(text, watch) {
  const project = vitestProject({ 'bench.scenario.yaml': text })
  try {
    const vitest = start(project.command, { core: 0, cwd: project.folder })
    watch?.(vitest.pid)
    const { code, output } = await vitest.ended
    const runs = join(project.folder, '.turbulence', 'runs')
    const [run = ''] = readdirSync(runs)
    const { record } = readRun(join(runs, run))
    if (record === undefined) throw new Error(`vitest ended with ${code} and left no record: ${output}`)
    return { code, output, record }
  } finally {
    project.remove()
  }
}
