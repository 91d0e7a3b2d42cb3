// What the service and the verdict see of a scenario: it is run on simulated time against the shop in memory,
// and everything that was to be started, sent and recorded comes back as one text, without what differs between equal runs.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { shopInMemory } from '../../fixtures/shop/memory.mjs'
import { virtualClock } from '../../src/clock.ts'
import { mockTransport } from '../../src/engine/mock.ts'
import { loadScenario, openRun, preparePlan } from '../../src/run.ts'
import type { Plan, Transport } from '../../src/run.ts'
import { allCycles, HOST, scriptedService } from './a-plan.ts'
import type { Script } from './a-plan.ts'

/** Of every answer that is not asked to be later. */
const LATENCY_MS = 10

/**
 * @param file whose value it is: files that it names lie beside it
 * @returns one text; the problems when it cannot be loaded
 */
export async function seenOf(file: string, value: unknown): Promise<string> {
  const readFile = (path: string): string => (path === file ? JSON.stringify(value) : readFileSync(path, 'utf8'))
  const { scenario, problems } = loadScenario(file, { readFile })
  if (scenario === undefined) return problems.map(({ message }) => message).join('\n')
  const isMocked = scenario.id.startsWith('mock')
  const { plan, problems: missing } = preparePlan(scenario, {
    env: { SHOP_URL: 'http://shop.test' },
    seed: scenario.simulation.seed ?? 1,
    mock: isMocked ? 'api' : undefined,
  })
  if (plan === undefined) return missing.map(({ message }) => message).join('\n')
  return play({ ...plan, runId: 'run' }, dirname(file))
}

async function play(plan: Plan, folder: string): Promise<string> {
  const clock = virtualClock()
  const connections = Math.min(...Object.values(plan.services).map((service) => service.connections))
  const { transport, log } = scriptedService(clock, shopWithFaults(), connections)
  const run = openRun(plan, {
    clock,
    transport: plan.mock === undefined ? transport : logged(mockTransport(clock), log),
    host: HOST,
    rerun: '',
    importModule: (name) => import(pathToFileURL(resolve(folder, name)).href) as Promise<Module>,
  })
  let error = ''
  try {
    await allCycles(run)
  } catch (thrown) {
    error = String(thrown)
  }
  const { scenario, hosts, cells, thresholds, steps, notices, stopped, rps } = await run.end()
  const { sha256: _, ...about } = scenario
  return JSON.stringify(
    { start: plan.start, log, about, hosts, cells, thresholds, steps, notices, stopped, rps, error },
    withoutPlaces,
  )
}

type Module = Readonly<Record<string, unknown>>

const withoutPlaces = (key: string, value: unknown): unknown => (key === 'place' || key === 'line' ? undefined : value)

/** The shop, later when it is asked to be, and addresses that do what it never does. */
function shopWithFaults(): Script {
  const shop = shopInMemory()
  return ({ method, path, headers, body = '' }) => {
    const [, fault, after] = /^\/faults\/(\w+)(?:\/(\d+))?$/.exec(path) ?? []
    if (fault === 'limited') return { status: 429, headers: { 'retry-after': after ?? '1' } }
    if (fault === 'down') return { status: 503 }
    if (fault === 'silent') return { latencyMs: Infinity }
    if (fault === 'reset') return { status: 0, error: { outcome: 'reset' } }
    const { status, body: json, text, headers: more = {} } = shop({ method, path, headers, body })
    const names = Object.entries(more).map(([name, value]) => [name.toLowerCase(), value])
    const latencyMs = LATENCY_MS + Number(headers['x-delay-ms'] ?? 0)
    return { status, body: text ?? json, headers: Object.fromEntries(names) as Record<string, string>, latencyMs }
  }
}

/** Nothing is sent in a mocked run; what would be is as telling. */
function logged(transport: Transport, log: unknown[]): Transport {
  return {
    channel() {
      const channel = transport.channel()
      return {
        send(service, wire) {
          log.push({ service: service.name, ...wire })
          return channel.send(service, wire)
        },
        abort: () => channel.abort(),
      }
    },
    close: () => transport.close(),
  }
}
