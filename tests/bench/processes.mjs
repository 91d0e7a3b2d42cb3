// Processes of the benchmark: started on one core, watched with all their children through /proc, and
// always ended.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { which } from './machine.mjs'

const taskset = cpus().length > 1 ? which('taskset') : undefined
/** Linux counts CPU time in hundredths of a second, on every machine of today. */
const TICK_US = 10_000
const running = new Set()

/** `core` undefined: wherever the system puts it. @typedef {{ core: number | undefined, cwd?: string, env?: Record<string, string> }} Place */

/**
 * Starts a program on one core; `ended` resolves with its exit code and what it printed.
 * @param {readonly string[]} command @param {Place} place
 */
export function start([program, ...args], { core, cwd, env }) {
  const [file, ...all] =
    taskset === undefined || core === undefined ? [program, ...args] : [taskset, '-c', String(core), program, ...args]
  const child = spawn(file, all, {
    cwd,
    env: { ...process.env, CI: '1', FORCE_COLOR: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  let output = ''
  const hear = (chunk) => (output = (output + String(chunk)).slice(-20_000))
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: String(error) }))
    child.once('close', (code) => resolve({ code, output }))
  }).finally(() => running.delete(child))
  return { pid: child.pid ?? 0, ended, output: () => output, kill: () => kill(child) }
}

/** The whole group: what a program started goes with it. */
function kill(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

process.once('exit', () => [...running].forEach(kill))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

/** CPU time and memory of a process and all its children, right now. @param {number} pid */
export function usage(pid) {
  let [cpuUs, rssBytes] = [0, 0]
  for (const each of family(pid)) {
    const fields = read(`/proc/${each}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ')
    if (fields === undefined) continue
    cpuUs += (Number(fields[11]) + Number(fields[12])) * TICK_US
    rssBytes += Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${each}/status`) ?? '')?.[1] ?? 0) * 1024
  }
  return { cpuUs, rssBytes }
}

/** @returns {number[]} */
function family(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`)?.trim() ?? ''
  const own = children === '' ? [] : children.split(' ').map(Number)
  return [pid, ...own.flatMap(family)]
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** @param {number} ms */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
