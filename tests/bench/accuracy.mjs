// Accuracy: the percentiles that a contender reports beside those of a server that knows what it took, up to
// half of what we send at most. The difference is what the generator itself adds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startKnownServer } from './known-server.mjs'
import { loadNow, which } from './machine.mjs'
import { median, percentile, shown, spread, table } from './numbers.mjs'
import { openMaximum } from './open-maximum.mjs'
import { start } from './processes.mjs'
import { runInVitest } from './project.mjs'
import { startTarget } from './target.mjs'
import { installed } from './tools.mjs'

const ENGINE = fileURLToPath(new URL('./drivers/percentiles.mjs', import.meta.url))
const PERCENTS = [50, 95, 99]
const LOW_RATES = [500, 2000]
/** Enough for all that is under way: the server takes 40 ms and more for one in fifty. */
const agentsFor = (rate) => Math.max(50, rate / 25)
/** Artillery sends some 1,500 a second on one core. */
const MOST_OF_ARTILLERY = 2000
/** What a reported percentile may be off by. */
const isWithin = (error, truth) => Math.abs(error) <= Math.max(0.3, truth * 0.01)

/** A server that was away for more of its time does not know what it took: that is measured again, whatever was reported. */
const MOST_LATE = 0.05
const ATTEMPTS = 3

const CONTENDERS = {
  'vitest-turbulence': (load) => ours(load, 1, byVitest),
  'vitest-turbulence, engine alone': (load) => ours(load, 1, byEngine),
  'vitest-turbulence, from a cold start': (load) => ours(load, 0, byVitest),
  hey,
  k6,
  Artillery: artillery,
}

/** @param {{ rounds: number, seconds: number, say: (line: string) => void }} options */
export async function measureAccuracy({ rounds, seconds, say }) {
  const most = await mostOfOurs()
  say(`accuracy: an open workload reaches ${shown(most)}/s; load ${loadNow()}`)
  const rates = [...LOW_RATES, Math.floor(most / 2000) * 1000]
  const data = []
  for (let round = 1; round <= rounds; round++)
    for (const rate of rates)
      for (const [name, run] of Object.entries(CONTENDERS)) {
        const measured = await measure(run, rate, seconds)
        data.push({ name, rate, round, ...measured })
        const cells = measured.reason ?? measured.errors.map((error) => shown(error, 2)).join('  ')
        const late = measured.late === undefined ? '' : `, server late ${lateText([measured])}`
        say(`accuracy: round ${round}, ${name} at ${rate}/s, errors in ms: ${cells}${late}; load ${loadNow()}`)
      }
  const again = shown(data.reduce((sum, { attempts }) => sum + attempts - 1, 0))
  const note =
    `Each cell: what the server really took → what was reported (difference of the two, least–most), in ms; medians of ` +
    `${rounds} interleaved rounds of ${seconds} s, up to half of the ${shown(most)}/s at which our open workload drops nothing. ` +
    `Within: what is off by at most 1 % or 0.3 ms. The first lines of each rate are measured after a warm-up cycle that the ` +
    `scenario excludes, the third as the others are: from the first request of a new process. The server counts from the ` +
    `request being read to the answer being written, on a core of its own, and never sleeps; late: in which share of the ` +
    `time it did not come round within 0.3 ms, and its longest absence: what it claims is as good as that, and above ` +
    `${shown(MOST_LATE * 100)} % it was measured again (${again}). Load average ${loadNow()}.`
  const heads = ['contender', 'rate', ...PERCENTS.map((percent) => `p${percent}`), 'within', 'server late', 'requests']
  const rows = rates.flatMap((rate) => Object.keys(CONTENDERS).map((name) => rowOf(name, rate, data)))
  return { text: `${note}\n\n${table(heads, rows)}`, data: { most, measured: data } }
}

async function mostOfOurs() {
  const target = await startTarget()
  try {
    return await openMaximum(target.url)
  } finally {
    target.close()
  }
}

function rowOf(name, rate, data) {
  const all = data.filter((one) => one.name === name && one.rate === rate)
  const reason = all.find((one) => one.reason !== undefined)?.reason
  const pace = `${shown(rate)}/s`
  if (reason !== undefined) return [name, pace, ...PERCENTS.map(() => '–'), '–', '–', `not run: ${reason}`]
  const errorsAt = (at) => all.map(({ errors }) => errors[at])
  const truthAt = (at) => median(all.map((one) => one.truth[at]))
  const cells = PERCENTS.map((percent, at) => {
    const reported = median(all.map((one) => one.reported[percent]))
    return `${shown(truthAt(at), 2)} → ${shown(reported, 2)} (${spread(errorsAt(at), 2)})`
  })
  const within = PERCENTS.filter((_, at) => isWithin(median(errorsAt(at)), truthAt(at))).map((percent) => `p${percent}`)
  const requests = shown(all.reduce((sum, one) => sum + one.requests, 0))
  return [name, pace, ...cells, within.join(' ') || 'none', lateText(all), requests]
}

function lateText(all) {
  const share = median(all.map(({ late }) => late.share))
  return `${shown(share * 100, 1)} %, ${shown(Math.max(...all.map(({ late }) => late.longestMs)), 1)} ms`
}

async function measure(run, rate, seconds) {
  for (let attempt = 1; ; attempt++) {
    const measured = await measureOnce(run, rate, seconds)
    if (measured.reason !== undefined || measured.late.share <= MOST_LATE || attempt === ATTEMPTS)
      return { ...measured, attempts: attempt }
  }
}

async function measureOnce(run, rate, seconds) {
  const server = await startKnownServer()
  try {
    const { reason, reported, path } = await run({ url: server.url, rate, seconds })
    if (reason !== undefined) return { reason }
    const { times, late } = await server.taken()
    const truth = PERCENTS.map((percent) => percentile(times[path], percent))
    const errors = PERCENTS.map((percent, at) => reported[percent] - truth[at])
    return { requests: times[path].length, reported, truth, errors, late }
  } finally {
    await server.close()
  }
}

/** The cycle is in the path, so that the server can tell the warm-up from what is judged. */
async function ours({ url, rate, seconds }, warmUpCycles, run) {
  const warmUp = warmUpCycles === 0 ? '' : `, warmup: { cycles: ${warmUpCycles}, steps: [1] }`
  const values = await run(`id: accuracy
simulation: { cycles: ${warmUpCycles + 1}${warmUp} }
sut: { services: { target: { base_url: '${url}', connections: ${agentsFor(rate)} } } }
agents: { users: { count: ${agentsFor(rate)}, workload: { rate: ${rate}/s, duration: ${seconds}s } } }
flow:
  - { type: http, name: call, path: '/{{cycle}}' }
thresholds: [${PERCENTS.map((percent) => `p${percent} < 100s`).join(', ')}]
`)
  const reported = Object.fromEntries(PERCENTS.map((percent, at) => [percent, values[at]]))
  return { reported, path: `/${warmUpCycles + 1}` }
}

async function byVitest(text) {
  const { record } = await runInVitest(text)
  return record.thresholds.map(({ value }) => value)
}

async function byEngine(text) {
  const { code, output } = await start([process.execPath, ENGINE, text], { core: 0 }).ended
  if (code !== 0) throw new Error(output)
  return JSON.parse(output.trim().split('\n').at(-1))
}

/** hey has a rate per worker, and prints seconds with four digits. */
async function hey({ url, rate, seconds }) {
  const path = which('hey')
  if (path === undefined) return { reason: 'not on PATH' }
  const args = ['-c', String(agentsFor(rate)), '-q', String(rate / agentsFor(rate)), '-z', `${seconds}s`, `${url}/`]
  const { output } = await start([path, ...args], { core: 0 }).ended
  const at = (percent) => Number(new RegExp(`${percent}% in ([\\d.]+) secs`).exec(output)?.[1]) * 1000
  return { path: '/', reported: Object.fromEntries(PERCENTS.map((percent) => [percent, at(percent)])) }
}

async function k6({ url, rate, seconds }) {
  const path = which('k6')
  if (path === undefined) return { reason: 'not on PATH' }
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
  return { path: '/', reported: { 50: all.med, 95: all['p(95)'], 99: all['p(99)'] } }
}

async function artillery({ url, rate, seconds }) {
  if (rate > MOST_OF_ARTILLERY) return { reason: 'more than it can send' }
  const tool = installed('artillery')
  if ('reason' in tool) return { reason: tool.reason }
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
  return { path: '/', reported: { 50: all.median, 95: all.p95, 99: all.p99 } }
}
