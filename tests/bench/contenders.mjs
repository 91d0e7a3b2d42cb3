// Who takes part: for each contender how it is started for a work, or the reason why it does not run.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { artilleryScript, k6Script } from './foreign-scripts.mjs'
import { versionOf, which } from './machine.mjs'
import { vitestProject } from './project.mjs'
import { installed } from './tools.mjs'
import { CALLS, CONNECTIONS, scenario } from './work.mjs'

/**
 * @typedef {{ work: 'get' | 'flow', url: string, seconds: number }} Job
 * @typedef {{ command: readonly string[], cwd?: string, env?: Record<string, string>, remove?: () => void }} Start
 * @typedef {{ id: string, name: string, start(job: Job): Start, refuses?(work: string): string | undefined }} Contender
 */

/** All of them, in the order of the table. @param {ReadonlySet<string> | undefined} only */
export function contenders(only) {
  const all = { vitest: ours, engine, request, pool, dispatch, autocannon, artillery, k6, wrk, hey }
  for (const name of only ?? [])
    if (!Object.hasOwn(all, name))
      throw new Error(`There is no contender "${name}". Known: ${Object.keys(all).join(', ')}.`)
  return Object.entries(all)
    .filter(([id]) => only === undefined || only.has(id))
    .map(([id, make]) => ({ id, ...make() }))
}

const driver = (file, { url, work, seconds }, env) => ({
  command: [
    process.execPath,
    fileURLToPath(new URL(`./drivers/${file}.mjs`, import.meta.url)),
    url,
    work,
    String(seconds),
    String(CONNECTIONS),
  ],
  ...(env !== undefined && { env }),
})

const ours = () => ({
  name: 'vitest-turbulence, by `vitest run`',
  start({ url, work, seconds }) {
    const text = scenario({ work, url, workload: `{ duration: ${seconds}s }` })
    const { command, folder, remove } = vitestProject({ 'bench.scenario.yaml': text })
    return { command, cwd: folder, remove }
  },
})

const engine = () => ({ name: 'vitest-turbulence, engine alone', start: (job) => driver('engine', job) })
const request = () => ({ name: 'bare undici request() + json()', start: (job) => driver('undici-request', job) })
const pool = () => ({ name: 'bare undici pool.request() + json()', start: (job) => driver('undici-pool', job) })
const dispatch = () => ({ name: 'bare undici dispatch()', start: (job) => driver('undici-dispatch', job) })

const autocannon = () => {
  const tool = installed('autocannon')
  if ('reason' in tool) return absent('autocannon', tool.reason)
  const env = { BENCH_TOOLS: join(tool.folder, 'package.json') }
  return { name: `autocannon ${tool.version}`, start: (job) => driver('autocannon', job, env) }
}

const artillery = () => {
  const tool = installed('artillery')
  if ('reason' in tool) return absent('Artillery', tool.reason)
  return {
    name: `Artillery ${tool.version}`,
    start({ url, work, seconds }) {
      const script = join(tool.folder, 'bench.json')
      writeFileSync(script, artilleryScript(work, url, seconds))
      const run = join(tool.folder, 'node_modules', 'artillery', 'bin', 'run')
      const env = { ARTILLERY_DISABLE_TELEMETRY: 'true' }
      return { command: [process.execPath, run, 'run', '--quiet', script], cwd: tool.folder, env }
    },
  }
}

const k6 = () => {
  const path = which('k6')
  if (path === undefined) return absent('k6', 'not on PATH')
  return {
    name: `k6 ${versionOf(path, ['version'])}`,
    start({ url, work, seconds }) {
      const project = vitestProject({ 'bench.js': k6Script(work, url) })
      const command = [path, 'run', '--quiet', '--vus', String(CONNECTIONS), '--duration', `${seconds}s`, 'bench.js']
      return { command, cwd: project.folder, remove: project.remove }
    },
  }
}

const oneRequest = (work) => (work === 'get' ? undefined : 'one fixed request only')

const wrk = () => {
  const path = which('wrk')
  if (path === undefined) return absent('wrk', 'not on PATH')
  const start = ({ url, seconds }) => {
    const command = [path, '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, `${url}${CALLS.get[0].path({})}`]
    return { command }
  }
  return { name: `wrk ${versionOf(path, ['-v'])}`, start, refuses: oneRequest }
}

const hey = () => {
  const path = which('hey')
  if (path === undefined) return absent('hey', 'not on PATH')
  const start = ({ url, seconds }) => {
    const command = [path, '-c', String(CONNECTIONS), '-z', `${seconds}s`, `${url}${CALLS.get[0].path({})}`]
    return { command, env: { GOMAXPROCS: '1' } }
  }
  return { name: 'hey', start, refuses: oneRequest }
}

const absent = (name, reason) => ({
  name,
  refuses: () => reason,
  start() {
    throw new Error(reason)
  },
})
