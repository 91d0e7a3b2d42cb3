// Our own runs inside the benchmark's process: from a scenario's text to its record, by the built package.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadScenario, preparePlan, run } from '../../dist/run.js'

const HOST = { machine: { node: process.version, platform: process.platform, cpus: 1, hostname: '' }, versions: {} }

/** @param {string} text of a scenario file */
export function planOf(text) {
  const folder = mkdtempSync(join(tmpdir(), 'turbulence-plan-'))
  const file = join(folder, 'bench.scenario.yaml')
  writeFileSync(file, text)
  const { scenario, problems } = loadScenario(file)
  rmSync(folder, { recursive: true })
  if (scenario === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  const made = preparePlan(scenario, { env: {} })
  if (made.plan === undefined) throw new Error(made.problems.map(({ message }) => message).join('\n'))
  return made.plan
}

/** The record of a whole run. @param {string} text of a scenario file @param {object} [options] of run() */
export function runText(text, options = {}) {
  return run(planOf(text), { host: HOST, rerun: '', ...options })
}

/**
 * A transport that answers at once, so that what remains is our own work.
 * @param {(path: string) => { status: number, headers?: object, body: string }} respond
 */
export function instantTransport(respond) {
  const channel = () => ({
    send(_service, wire) {
      const { status, headers = {}, body } = respond(wire.path)
      const now = performance.now()
      const times = { handedAt: now, startedAt: now, firstByteAt: now, endedAt: now }
      return Promise.resolve({ status, headers, chunks: [Buffer.from(body)], error: undefined, ...times })
    },
    abort() {},
  })
  return { channel, close: () => Promise.resolve() }
}
