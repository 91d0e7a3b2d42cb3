// From the text of a scenario file to a Plan, and to a whole run over a scripted service on a virtual
// clock: the road that users take, without disk and sockets. A text without `id` or `sut` gets them.
import { basename } from 'node:path'
import { virtualClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import type { MemorySetup, Response } from '../../src/engine/memory.ts'
import type { Transport } from '../../src/engine/transport.ts'
import { loadScenario, memoryTransport, openRun, preparePlan } from '../../src/run.ts'
import type { Overrides, Plan, Problem, Run, RunOptions, RunRecord, Scenario } from '../../src/run.ts'

type Environment = Readonly<Record<string, string | undefined>>

const FILE = '/project/test.scenario.yaml'
/** Where the services of a scenario without `sut` are; 1 s, so that a timeout is soon over. */
const SUT = 'sut: { services: { api: { base_url: "{{env.API | default: http://shop.test}}", timeout_seconds: 1 } } }'

export interface ScenarioOptions {
  /** Texts of other files, by name in the scenario's folder. */
  readonly files?: Readonly<Record<string, string>>
  readonly overrides?: Overrides
}

export function aScenario(yaml: string, { files = {}, overrides = {} }: ScenarioOptions = {}): Scenario {
  const lines = [yaml, ...(/^id:/m.test(yaml) ? [] : ['id: test']), ...(/^sut:/m.test(yaml) ? [] : [SUT])]
  const readFile = (path: string): string => {
    const text = path === FILE ? `${lines.join('\n')}\n` : files[basename(path)]
    if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    return text
  }
  const { scenario, problems } = loadScenario(FILE, { readFile, overrides })
  if (scenario === undefined) throw new Error(problems.map(({ message, path }) => `${path}: ${message}`).join('\n'))
  return scenario
}

export interface PlanOptions extends ScenarioOptions {
  readonly env?: Environment
  readonly seed?: number
}

export function aPlan(yaml: string, { env = {}, seed = 1, ...more }: PlanOptions = {}): Plan {
  const { plan, problems } = preparePlan(aScenario(yaml, more), { env, seed })
  if (plan === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  return plan
}

/** What only the environment can get wrong. */
export function planProblems(yaml: string, env: Environment = {}): readonly Problem[] {
  return preparePlan(aScenario(yaml), { env, seed: 1 }).problems
}

/** A request as the scripted service received it. */
export interface Received {
  readonly at: number
  readonly service: string
  readonly method: string
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Bytes as latin1. */
  readonly body: string | undefined
  /** How long the answer takes. */
  readonly latencyMs: number
}

export type Script = (request: Omit<Received, 'latencyMs'>, position: number) => Partial<Response>

export const HOST: RunOptions['host'] = { machine: { node: '', platform: '', cpus: 1, hostname: '' }, versions: {} }

export interface PlayOptions extends Partial<Omit<RunOptions, 'clock' | 'transport'>>, PlanOptions {
  /** Default: 200, `{}`, after 10 ms. */
  readonly respond?: Script
  readonly connections?: number
  /** Called before the run begins, to arrange what happens while it runs. */
  readonly during?: (run: Run, clock: Clock) => void
}

export interface Played {
  readonly record: RunRecord
  readonly log: readonly Received[]
  readonly plan: Plan
  /** What `begin` threw. */
  readonly error: unknown
}

/** A whole run of a scenario text (or of a Plan). */
export async function play(scenario: string | Plan, options: PlayOptions = {}): Promise<Played> {
  const { env = {}, seed = 1, files = {}, overrides = {}, respond, connections, during, ...more } = options
  const plan = typeof scenario === 'string' ? aPlan(scenario, { env, seed, files, overrides }) : scenario
  const clock = virtualClock()
  const { transport, log } = scriptedService(clock, respond, connections)
  const run = openRun(plan, { clock, transport, host: HOST, rerun: 'vitest run', ...more })
  during?.(run, clock)
  let error: unknown
  try {
    await allCycles(run)
  } catch (thrown) {
    error = thrown
  }
  return { record: await run.end(), log, plan, error }
}

export async function allCycles(run: Run): Promise<void> {
  await run.begin()
  for (let cycle = 1; cycle <= run.plan.cycles; cycle++) {
    await run.untilDue(cycle)
    run.startCycle(cycle)
    await run.cycleDone()
  }
  run.verdicts()
}

export function scriptedService(
  clock: Clock,
  script: Script = () => ({}),
  connections?: number,
): { transport: Transport; log: Received[] } {
  const log: Received[] = []
  const respond: MemorySetup['respond'] = (service, { method, path, headers, body: sent }) => {
    const body = sent === undefined || typeof sent === 'string' ? sent : Buffer.from(sent).toString('latin1')
    const request = { at: clock.now(), service: service.name, method, path, headers: asRecord(headers), body }
    const response: Response = { status: 200, body: {}, latencyMs: 10, ...script(request, log.length) }
    log.push({ ...request, latencyMs: response.latencyMs })
    return response
  }
  return { log, transport: memoryTransport({ clock, respond, ...(connections !== undefined && { connections }) }) }
}

/** The most requests that the service had open at one time. */
export function mostAtOnce(log: readonly Received[]): number {
  const openAt = (time: number): number => log.filter(({ at, latencyMs }) => at <= time && time < at + latencyMs).length
  return Math.max(0, ...log.map(({ at }) => openAt(at)))
}

function asRecord(flat: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < flat.length; at += 2) headers[(flat[at] ?? '').toLowerCase()] = flat[at + 1] ?? ''
  return headers
}
