// Runs a fixture project in the real `vitest` again and again: killed with SIGKILL as soon as its service has
// received so many requests, and then resumed, in the same folder.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from '../../src/run.ts'
import { cleanEnvironment, node, vitestBin } from './run-fixture.ts'
import type { Visit, VisitsServer } from './visits-server.ts'

export interface Attempt {
  /** What the service received. */
  readonly log: readonly Visit[]
  /** Null when it was killed. */
  readonly code: number | null
  readonly stdout: string
}

export interface AttemptOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** After so many requests of this attempt, and then so much later: a write to the disk is hit as well. */
  readonly kill?: { readonly afterRequests: number; readonly afterMs: number; readonly signal?: NodeJS.Signals }
}

/** A run that hangs is a failing test, not a hanging one. */
const LONGEST_MS = 60_000

export async function attempt(folder: string, server: VisitsServer, options: AttemptOptions = {}): Promise<Attempt> {
  const before = server.log.length
  const env = { ...cleanEnvironment(), SHOP_URL: server.url, ...options.env }
  // A group of its own: Vitest and its workers end together, as by a machine that is switched off.
  const child = spawn(node, [vitestBin, 'run', ...(options.args ?? [])], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const kill = (signal: NodeJS.Signals = 'SIGKILL'): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, signal)
  }
  server.onRequest = (count) => {
    if (count - before === options.kill?.afterRequests)
      setTimeout(() => kill(options.kill?.signal), options.kill.afterMs)
  }
  const timer = setTimeout(() => kill(), LONGEST_MS)
  let stdout = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (stdout += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (ended) => resolve(ended))
  })
  clearTimeout(timer)
  server.onRequest = () => undefined
  return { log: server.log.slice(before), code, stdout }
}

/** The record of the run that came to its end. */
export function recordIn(folder: string): {
  record: RunRecord
  instances: readonly string[]
  files: readonly string[]
} {
  const runs = join(folder, '.turbulence/runs')
  for (const run of readdirSync(runs)) {
    const files = readdirSync(join(runs, run))
    if (!files.includes('summary.json')) continue
    const read = (name: string): string => readFileSync(join(runs, run, name), 'utf8')
    const { record } = JSON.parse(read('summary.json')) as { record: RunRecord }
    return { record, instances: read('instances.jsonl').trimEnd().split('\n'), files }
  }
  throw new Error('no run came to its end')
}
