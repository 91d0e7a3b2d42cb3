// How often two identical runs disagree about `p95 < limit`, the nearer the limit the more: by arithmetic
// for numbers of samples, and by real runs against a server whose times are drawn from one distribution.
import { fileURLToPath } from 'node:url'
import { startKnownServer } from './known-server.mjs'
import { loadNow } from './machine.mjs'
import { percentile, shown, table } from './numbers.mjs'
import { start } from './processes.mjs'

const DRIVER = fileURLToPath(new URL('./drivers/p95-again.mjs', import.meta.url))
const MARGINS = [-20, -10, -5, 0, 5, 10, 20, 50]
const SAMPLES = [100, 1000, 10_000]
const DRAWN_RUNS = 400
const REAL = { runs: 40, ratePerSecond: 500, seconds: 1 }
/** As the server draws them: log-normal, median 8 ms, σ 0.6. */
const P95_MS = 8 * Math.exp(0.6 * 1.644854)

/** @param {{ say: (line: string) => void }} options */
export async function measureFlakiness({ say }) {
  const drawn = SAMPLES.map((samples) => Array.from({ length: DRAWN_RUNS }, () => drawP95(samples)))
  const real = await realP95s()
  // What the machine adds is no question of luck: the runs' own middle is what they are compared with.
  const middle = percentile(
    [...real].sort((a, b) => a - b),
    50,
  )
  say(`flakiness: ${real.length} real runs, p95 ${real.map((ms) => shown(ms, 1)).join(' ')}; load ${loadNow()}`)
  const rows = MARGINS.map((margin) => [
    margin === 0 ? 'at the p95' : `${margin > 0 ? '+' : '−'}${Math.abs(margin)} %`,
    ...drawn.map((all) => disagreement(all, P95_MS * (1 + margin / 100))),
    disagreement(real, middle * (1 + margin / 100)),
  ])
  const { runs, ratePerSecond, seconds } = REAL
  const perRun = ratePerSecond * seconds
  const note =
    `How often two identical runs disagree about \`p95 < limit\`, by how far the limit is from the service's p95. Drawn: ` +
    `${DRAWN_RUNS} runs each, chance alone. Real: ${runs} runs of ${seconds} s at ${ratePerSecond}/s (${shown(perRun)} samples) ` +
    `on this machine, limits from the middle of their own p95s, which spread from ${shown(Math.min(...real), 1)} to ` +
    `${shown(Math.max(...real), 1)} ms. The server's times are log-normal, median 8 ms, p95 ${shown(P95_MS, 1)} ms. Load average ${loadNow()}.`
  const heads = [
    'limit',
    ...SAMPLES.map((samples) => `drawn, ${shown(samples)} samples`),
    `real, ${shown(perRun)} samples`,
  ]
  return { text: `${note}\n\n${table(heads, rows)}`, data: { real, rows } }
}

/** Two runs, drawn from these: one passes and the other does not. */
function disagreement(p95s, limit) {
  const passed = p95s.filter((p95) => p95 < limit).length / p95s.length
  return `${shown(200 * passed * (1 - passed))} %`
}

function drawP95(samples) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  const times = Float64Array.from({ length: samples }, () => 8 * Math.exp(0.6 * normal())).sort()
  return percentile(times, 95)
}

async function realP95s() {
  const server = await startKnownServer()
  try {
    const { runs, ratePerSecond, seconds } = REAL
    const args = [server.url, ratePerSecond, seconds, runs].map(String)
    const { code, output } = await start([process.execPath, DRIVER, ...args], { core: 0 }).ended
    if (code !== 0) throw new Error(output)
    return JSON.parse(output.trim().split('\n').at(-1))
  } finally {
    await server.close()
  }
}
