// Scale: what many agents cost that go through a day of simulated hours. Planning them, the memory of the
// worker that Vitest runs them in, an agent that does nothing, the event loop, and the live block.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { virtualClock } from '../../dist/clock.js'
import { describePlan, lint, loadScenario, openRun, preparePlan } from '../../dist/run.js'
import { liveLines, plain } from '../../dist/report/index.js'
import { loadNow } from './machine.mjs'
import { shown, table } from './numbers.mjs'
import { instantTransport } from './ours.mjs'
import { start } from './processes.mjs'
import { runInVitest, vitestProject } from './project.mjs'
import { startTarget } from './target.mjs'
import { scenario } from './work.mjs'

const SELF = fileURLToPath(import.meta.url)
const MB = 1024 ** 2

/** The measurements, each in a process of its own: what one of them has allocated must not be another's. */
const ALONE = {
  plan: { title: 'planning 100,000 agents × 48 cycles', unit: 's', most: 5 },
  idle: { title: 'each of 100,000 idle agents', unit: 'KB', most: 4 },
  acted: { title: 'each of 100,000 agents that have acted once', unit: 'KB', most: 4 },
  live: { title: 'live block at 10,000 agents, of one core', unit: '%', most: 1 },
}

/** @param {{ seconds: number, say: (line: string) => void }} options */
export async function measureScale({ seconds, say }) {
  const data = []
  const add = (title, value, unit, most) => {
    data.push({ title, value, unit, most })
    say(`scale: ${title}: ${shown(value, 2)} ${unit}; load ${loadNow()}`)
  }
  for (const [name, { title, unit, most }] of Object.entries(ALONE)) add(title, alone(name), unit, most)
  const target = await startTarget()
  try {
    const idleMb = await idleWorkerMb()
    say(`scale: an idle Vitest worker: ${shown(idleMb)} MB`)
    const small = await inWorker(target.url, 372, Math.max(seconds, 20), 'limits: { rate_limit_rps: 50 }\n')
    add('372 agents, above an idle Vitest worker', small.memory.peakRssMb - idleMb, 'MB', 60)
    const delay = Math.max(...small.health.map(({ delayMs }) => delayMs))
    add('event-loop delay p99, 372 agents at 50 requests/s', delay, 'ms', 10)
    const day = await inWorker(target.url, 10_000, seconds, 'limits: { rate_limit_rps: 1500 }\n', 0.4)
    add('10,000 agents, 40 % of them active, at 1,500 requests/s, above idle', day.memory.peakRssMb - idleMb, 'MB', 150)
    const large = await inWorker(target.url, 10_000, seconds)
    add('10,000 agents, all inside a flow at once, flat out, above idle', large.memory.peakRssMb - idleMb, 'MB', 150)
  } finally {
    target.close()
  }
  const rows = data.map(({ title, value, unit, most }) => [
    title,
    `${shown(value, 2)} ${unit}`,
    `${most} ${unit}`,
    value <= most ? 'yes' : 'no',
  ])
  const note = `The six-call flow of a shop. Load average ${loadNow()}.`
  return { text: `${note}\n\n${table(['what', 'measured', 'at most', 'reached'], rows)}`, data }
}

function alone(name) {
  const child = spawnSync(process.execPath, ['--expose-gc', SELF, name], { encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  return Number(child.stdout)
}

/** Resident memory of a worker in which a test does nothing but look. */
async function idleWorkerMb() {
  const project = vitestProject({
    'idle.test.ts': `import { writeFileSync } from 'node:fs'
import { test } from 'vitest'

test('looks', () => writeFileSync('rss', String(process.memoryUsage().rss / ${MB})))
`,
  })
  try {
    const { code, output } = await start(project.command, { core: 0, cwd: project.folder }).ended
    if (code !== 0) throw new Error(output)
    return Number(project.read('rss'))
  } finally {
    project.remove()
  }
}

async function inWorker(url, agents, seconds, rest = '', frequency = 1) {
  const flatOut = scenario({ work: 'flow', url, agents, workload: `{ duration: ${seconds}s }`, rest })
  const text =
    frequency === 1 ? flatOut : flatOut.replace(/workload: \{[^}]*\}/, `activity: { frequency: ${frequency} }`)
  const { code, record, output } = await runInVitest(text)
  if (record.memory === undefined) throw new Error(`vitest ended with ${code}: ${output}`)
  return record
}

const day = (agents, activity) => `id: day
sut: { services: { target: { base_url: 'http://127.0.0.1:1' } } }
simulation: { cycles: 48, seed: 1 }
agents: { shoppers: { count: ${agents}, activity: ${activity} }, watchman: { count: 1 } }
flow:
  - { type: http, name: products, path: /products, extract: { id: $.id } }
  - { type: set, name: keep, scope: agent, vars: { seen: "{{id}}" } }
`

function planned(text) {
  const file = join('/bench', 'day.scenario.yaml')
  const { scenario: made, problems } = loadScenario(file, { readFile: () => text })
  if (made === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  const { plan, problems: ofPlan } = preparePlan(made, { env: {} })
  if (plan === undefined) throw new Error(ofPlan.map(({ message }) => message).join('\n'))
  return { plan, scenario: made }
}

const MEASURES = {
  /** Everything that `turbulence plan` does, every agent drawn for every cycle. */
  plan() {
    const before = performance.now()
    const { plan, scenario: made } = planned(day(100_000, '{ frequency: 0.4 }'))
    lint(made)
    const { groups } = describePlan(plan, made, true)
    if (groups[0].acting.least === groups[0].acting.most) throw new Error('nobody was drawn')
    return (performance.now() - before) / 1000
  },
  idle: () => kbOfEach('{ frequency: 0 }'),
  acted: () => kbOfEach('{ frequency: 1 }'),
  live: () => livePercent(10_000),
}

const HOST = { machine: { node: '', platform: '', cpus: 1, hostname: '' }, versions: {} }
const ANSWER = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":"p1"}' }

async function kbOfEach(activity) {
  const agents = 100_000
  const { plan } = planned(day(agents, activity))
  const heapOf = async () => {
    // What the turn that ends still holds, and weak references, are let go between turns.
    for (let times = 0; times < 3; times++) {
      await setImmediate()
      globalThis.gc()
    }
    return process.memoryUsage().heapUsed
  }
  const open = () =>
    openRun(plan, { clock: virtualClock(), transport: instantTransport(() => ANSWER), host: HOST, rerun: '' })
  await (await cycle(open())).end()
  const before = await heapOf()
  const run = await cycle(open())
  const kb = ((await heapOf()) - before) / 1024 / agents
  await run.end()
  return kb
}

async function cycle(run) {
  await run.begin()
  run.startCycle(1)
  await run.cycleDone()
  return run
}

/** CPU of a second's tick and its lines, of that second. */
async function livePercent(agents) {
  const text = `id: live
sut: { services: { target: { base_url: 'http://127.0.0.1:1' } } }
circuit_breaker: {}
limits: { rate_limit_rps: 1000000 }
agents: { shoppers: { count: ${agents}, activity: { frequency: 0.9 }, workload: { duration: 400s } } }
flow:
${[1, 2, 3, 4, 5, 6].map((n) => `  - { type: http, name: step-${n}, path: /p${n} }`).join('\n')}
  - { type: pause, name: think, for: 100s }
`
  const { plan } = planned(text)
  let ticks = 0
  let us = 0
  let before
  // The last thing before a tick is made is the probe of the breaker's state; CPU is taken around whole ticks.
  const clock = virtualClock()
  const after = clock.after
  const timed = {
    ...clock,
    after: (ms, work) =>
      after(ms, () => {
        before = process.cpuUsage()
        work()
        const { user, system } = process.cpuUsage(before)
        if (ms === 1000) us += user + system
      }),
  }
  const onTick = (tick) => {
    ticks++
    liveLines(tick, { columns: 100, paint: plain })
  }
  const run = openRun(plan, { clock: timed, transport: instantTransport(() => ANSWER), host: HOST, rerun: '', onTick })
  await (await cycle(run)).end()
  if (ticks < 300) throw new Error(`only ${ticks} ticks`)
  return us / ticks / 10_000
}

const [, self, name] = process.argv
if (self === SELF && name !== undefined) process.stdout.write(String(await MEASURES[name]()))
