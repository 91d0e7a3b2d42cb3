// Growth: how reading a scenario, a run's CPU time and its memory grow with steps, groups, cycles and
// thresholds. Over a transport that answers at once; each in a process of its own.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadNow } from './machine.mjs'
import { shown, table } from './numbers.mjs'
import { instantTransport, planOf } from './ours.mjs'
import { run } from '../../dist/run.js'

const SELF = fileURLToPath(import.meta.url)
const BASE = { steps: 5, groups: 2, cycles: 5, thresholds: 5 }
const SIZES = { steps: [50, 200], groups: [20, 100], cycles: [50, 288], thresholds: [50, 200] }
const AGENTS_PER_GROUP = 10

/** @param {{ say: (line: string) => void }} options */
export async function measureGrowth({ say }) {
  const cases = Object.entries(SIZES).flatMap(([what, sizes]) => sizes.map((size) => ({ what, ...BASE, [what]: size })))
  cases.unshift({ what: '(base)', ...BASE })
  cases.push({ what: 'all', steps: 50, groups: 10, cycles: 288, thresholds: 50 })
  const data = cases.map((size) => {
    const child = spawnSync(process.execPath, [SELF, JSON.stringify(size)], { encoding: 'utf8' })
    if (child.status !== 0) throw new Error(child.stderr)
    const measured = { ...size, ...JSON.parse(child.stdout) }
    say(`growth: ${JSON.stringify(measured)}; load ${loadNow()}`)
    return measured
  })
  const rows = data.map((one) => [
    one.what,
    ...Object.keys(BASE).map((key) => String(one[key])),
    shown(one.planMs),
    shown(one.requests),
    shown(one.usPerRequest, 1),
    shown(one.endMs),
    shown(one.peakMb),
  ])
  const note =
    `${AGENTS_PER_GROUP} agents per group, one iteration per cycle, nothing is sent; reading and planning, then CPU per ` +
    `request of the cycles, then verdicts and the record. Load average ${loadNow()}.`
  const heads = [
    'grows',
    ...Object.keys(BASE),
    'plan ms',
    'requests',
    'CPU µs/request',
    'verdicts and record ms',
    'peak MB',
  ]
  return { text: `${note}\n\n${table(heads, rows)}`, data }
}

function scenarioOf({ steps, groups, cycles, thresholds }) {
  const numbers = (count) => Array.from({ length: count }, (_, at) => at + 1)
  const step = (n) =>
    `  - { type: http, name: step-${n}, path: /p${n}, expect: { status_code: 200, jsonpath: $.id, exists: true } }`
  const group = (n) => `  group-${n}: { count: ${AGENTS_PER_GROUP} }`
  const threshold = (n) =>
    `  - 'p95{step:step-${((n - 1) % steps) + 1}, group:group-${((n * 7) % groups) + 1}} < ${n}s'`
  return `id: growth
sut: { services: { target: { base_url: 'http://127.0.0.1:1' } } }
simulation: { cycles: ${cycles}, seed: 1 }
max_steps: 1000
agents:
${numbers(groups).map(group).join('\n')}
flow:
${numbers(steps).map(step).join('\n')}
thresholds:
${numbers(thresholds).map(threshold).join('\n')}
`
}

async function measureOne(size) {
  const started = performance.now()
  const plan = planOf(scenarioOf(size))
  const planMs = performance.now() - started
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":"p1","name":"x"}' }
  const host = { machine: { node: process.version, platform: process.platform, cpus: 1, hostname: '' }, versions: {} }
  let cyclesEnd = performance.now()
  let cpuUs = 0
  const before = process.cpuUsage()
  const onCycle = () => {
    cyclesEnd = performance.now()
    const { user, system } = process.cpuUsage(before)
    cpuUs = user + system
  }
  const record = await run(plan, { host, rerun: '', transport: instantTransport(() => answer), onCycle })
  const requests = record.steps.reduce((sum, { attempts }) => sum + attempts, 0)
  const endMs = performance.now() - cyclesEnd
  const peakMb = process.resourceUsage().maxRSS / 1024
  process.stdout.write(JSON.stringify({ planMs, requests, usPerRequest: cpuUs / requests, endMs, peakMb }))
}

const [, self, size] = process.argv
if (self === SELF && size !== undefined) await measureOne(JSON.parse(size))
