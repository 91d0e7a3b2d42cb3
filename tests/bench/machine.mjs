// What the benchmark ran on, and how busy that was: printed beside every number.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The path of a program; undefined when it is not on PATH. @param {string} name */
export function which(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin')
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** What a program says of its version. @param {string} program @param {readonly string[]} args */
export function versionOf(program, args) {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return /\d+\.\d+[\w.]*/.exec(`${stdout}${stderr}`)?.[0] ?? ''
}

/** @param {string} name of a package that this repository has installed */
export function packageVersion(name) {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version
}

export function loadNow() {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(' ')
}

export function machine() {
  const [first] = cpus()
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    cpu: `${cpus().length} × ${first?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${release()}`,
    versions: {
      node: process.versions.node,
      vitest: packageVersion('vitest'),
      undici: packageVersion('undici'),
      'vitest-turbulence': JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    },
    pinned: which('taskset') !== undefined && cpus().length > 1,
  }
}

/** Two lines for people. @param {ReturnType<typeof machine>} on */
export function machineText(on) {
  const versions = Object.entries(on.versions).map(([name, version]) => `${name} ${version}`)
  return (
    `${on.cpu}, ${on.memory}, ${on.system}; ${versions.join(', ')}. ` +
    (on.pinned ? 'Load on core 0, target on core 1.' : 'Not pinned: no taskset, or one core only.')
  )
}
