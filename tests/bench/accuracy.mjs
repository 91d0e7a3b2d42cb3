// Accuracy: the percentiles that a contender reports beside those of a server that knows what it took,
// at two rates. The difference is what the generator itself adds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadNow, which } from './machine.mjs'
import { median, percentile, shown, spread, table } from './numbers.mjs'
import { sleep, start } from './processes.mjs'
import { runInVitest } from './project.mjs'
import { freePort } from './target.mjs'
import { installed } from './tools.mjs'

const SERVER = fileURLToPath(new URL('./accuracy-server.mjs', import.meta.url))
const PERCENTS = [50, 95, 99]
/** Requests per second, up to about half of what our generator sends at most. */
const RATES = [500, 2000, 10_000]
/** Enough for all that is under way: the server takes 40 ms and more for one in fifty. */
const agentsFor = (rate) => Math.max(50, rate / 25)
/** Artillery sends some 1,500 a second on one core. */
const MOST_OF_ARTILLERY = 2000

const CONTENDERS = { 'vitest-turbulence': ours, hey, k6, Artillery: artillery }

/** @param {{ rounds: number, seconds: number, say: (line: string) => void }} options */
export async function measureAccuracy({ rounds, seconds, say }) {
  const data = []
  for (let round = 1; round <= rounds; round++)
    for (const rate of RATES)
      for (const [name, run] of Object.entries(CONTENDERS)) {
        const measured = await measure(run, rate, seconds)
        data.push({ name, rate, round, ...measured })
        const cells = measured.reason ?? measured.errors.map((error) => shown(error, 2)).join('  ')
        say(`accuracy: round ${round}, ${name} at ${rate}/s, errors in ms: ${cells}; load ${loadNow()}`)
      }
  const note =
    `Each cell: what the server really took → what was reported (difference of the two, least–most), in ms; medians of ` +
    `${rounds} interleaved rounds of ${seconds} s. The server counts from the request being read to the answer being ` +
    `written, so the loopback and both event loops are in the difference. Load average ${loadNow()}.`
  const heads = ['contender', 'rate', ...PERCENTS.map((percent) => `p${percent}`), 'requests']
  const rows = RATES.flatMap((rate) => Object.keys(CONTENDERS).map((name) => rowOf(name, rate, data)))
  return { text: `${note}\n\n${table(heads, rows)}`, data }
}

function rowOf(name, rate, data) {
  const all = data.filter((one) => one.name === name && one.rate === rate)
  const reason = all.find((one) => one.reason !== undefined)?.reason
  if (reason !== undefined) return [name, `${rate}/s`, ...PERCENTS.map(() => '–'), `not run: ${reason}`]
  const cells = PERCENTS.map((percent, at) => {
    const [truth, reported] = [median(all.map((one) => one.truth[at])), median(all.map((one) => one.reported[percent]))]
    return `${shown(truth, 2)} → ${shown(reported, 2)} (${spread(
      all.map(({ errors }) => errors[at]),
      2,
    )})`
  })
  return [name, `${rate}/s`, ...cells, shown(all.reduce((sum, { requests }) => sum + requests, 0))]
}

async function measure(run, rate, seconds) {
  const port = await freePort()
  const server = start([process.execPath, SERVER, String(port)], { core: 1 })
  try {
    const url = `http://127.0.0.1:${port}`
    await answering(url)
    const reported = await run({ url, rate, seconds })
    if (typeof reported === 'string') return { reason: reported }
    const times = await (await fetch(`${url}/__times`)).json()
    const truth = PERCENTS.map((percent) => percentile(times, percent))
    return {
      requests: times.length,
      reported,
      truth,
      errors: PERCENTS.map((percent, at) => reported[percent] - truth[at]),
    }
  } finally {
    server.kill()
    await server.ended
  }
}

async function answering(url) {
  for (let attempt = 0; attempt < 100; attempt++) {
    await sleep(50)
    if (
      await fetch(`${url}/__times`)
        .then((answer) => answer.text())
        .catch(() => undefined)
    )
      return
  }
  throw new Error('the server for accuracy does not answer')
}

async function ours({ url, rate, seconds }) {
  const { record } = await runInVitest(`id: accuracy
sut: { services: { target: { base_url: '${url}', connections: ${agentsFor(rate)} } } }
agents: { users: { count: ${agentsFor(rate)}, workload: { rate: ${rate}/s, duration: ${seconds}s } } }
flow:
  - { type: http, name: call, path: / }
thresholds: [${PERCENTS.map((percent) => `p${percent} < 100s`).join(', ')}]
`)
  return Object.fromEntries(PERCENTS.map((percent, at) => [percent, record.thresholds[at]?.value]))
}

/** hey has a rate per worker, and prints seconds with four digits. */
async function hey({ url, rate, seconds }) {
  const path = which('hey')
  if (path === undefined) return 'not on PATH'
  const args = ['-c', String(agentsFor(rate)), '-q', String(rate / agentsFor(rate)), '-z', `${seconds}s`, `${url}/`]
  const { output } = await start([path, ...args], { core: 0 }).ended
  const at = (percent) => Number(new RegExp(`${percent}% in ([\\d.]+) secs`).exec(output)?.[1]) * 1000
  return Object.fromEntries(PERCENTS.map((percent) => [percent, at(percent)]))
}

async function k6({ url, rate, seconds }) {
  const path = which('k6')
  if (path === undefined) return 'not on PATH'
  const folder = mkdtempSync(join(tmpdir(), 'turbulence-k6-'))
  const executor = `{ executor: 'constant-arrival-rate', rate: ${rate}, duration: '${seconds}s', preAllocatedVUs: ${agentsFor(rate)} }`
  const stats = `['med', 'p(95)', 'p(99)']`
  writeFileSync(
    join(folder, 'k6.js'),
    `import http from 'k6/http'
export const options = { scenarios: { all: ${executor} }, summaryTrendStats: ${stats} }
export default () => http.get('${url}/')
`,
  )
  await start([path, 'run', '--quiet', '--summary-export=out.json', 'k6.js'], { core: 0, cwd: folder }).ended
  const { metrics } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))
  rmSync(folder, { recursive: true })
  const all = metrics.http_req_duration
  return { 50: all.med, 95: all['p(95)'], 99: all['p(99)'] }
}

async function artillery({ url, rate, seconds }) {
  if (rate > MOST_OF_ARTILLERY) return 'more than it can send'
  const tool = installed('artillery')
  if ('reason' in tool) return tool.reason
  const script = join(tool.folder, 'accuracy.json')
  const flow = [{ get: { url: '/' } }]
  const phases = [{ duration: seconds, arrivalRate: rate }]
  writeFileSync(
    script,
    JSON.stringify({ config: { target: url, phases, http: { pool: agentsFor(rate) } }, scenarios: [{ flow }] }),
  )
  const run = join(tool.folder, 'node_modules', 'artillery', 'bin', 'run')
  const env = { ARTILLERY_DISABLE_TELEMETRY: 'true' }
  const out = join(tool.folder, 'accuracy-out.json')
  const command = [process.execPath, run, 'run', '--quiet', '--output', out, script]
  await start(command, { core: 0, cwd: tool.folder, env }).ended
  const all = JSON.parse(readFileSync(out, 'utf8')).aggregate.summaries['http.response_time']
  return { 50: all.median, 95: all.p95, 99: all.p99 }
}
