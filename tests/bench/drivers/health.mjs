// Runs of the engine alone, and what they say of themselves. `node health.mjs url most|highest`, or
// `node health.mjs url open|closed rate runs seconds limit-ms`
import { withheld } from '../core-wait.mjs'
import { runText } from '../ours.mjs'
import { CONNECTIONS } from '../work.mjs'

const [url, what, rate, runs, seconds, limitMs] = process.argv.slice(2)
const textOf = (agents, workload, limit) => `id: health
sut: { services: { target: { base_url: '${url}', connections: ${CONNECTIONS} } } }
agents: { users: { count: ${agents}, workload: ${workload} } }
flow:
  - { type: http, name: products, path: /products, expect: { status_code: 200 } }
thresholds: ['p95 < ${limit}ms']
`
const openText = (ratePerSecond, lastsS, limit) =>
  textOf(CONNECTIONS * 20, `{ rate: ${ratePerSecond}/s, duration: ${lastsS}s }`, limit)
/** The share of the time for which other processes may keep this one from its core. */
const MOST_WITHHELD = 0.02
const WARM_UP_RUNS = 15
const print = (result) => process.stdout.write(`${JSON.stringify(result)}\n`)

/** A cold process is slow, and nobody asks it to be quick then: V8 compiles for some ten seconds, on the same core. */
async function warmUp(ratePerSecond, runs) {
  await runText(openText(Math.min(ratePerSecond, 5000), 2, 1000))
  for (let run = 0; run < runs; run++) await runText(openText(ratePerSecond, 1, 1000))
}

/** Nothing was dropped, at the first or the second try: one stall of the machine is not our limit. */
async function isReached(ratePerSecond) {
  for (let attempt = 0; attempt < 2; attempt++) {
    const { health } = await runText(openText(ratePerSecond, 1, 1000))
    if (health[0].openRate === 1) return true
  }
  return false
}

/** In steps of a quarter until one is not reached, then halfway between, four times. */
async function highest() {
  let [reached, missed] = [0, 4000]
  while (await isReached(missed)) [reached, missed] = [missed, Math.round(missed * 1.25)]
  for (let n = 0; n < 4; n++) {
    const middle = Math.round((reached + missed) / 2)
    if (await isReached(middle)) reached = middle
    else missed = middle
  }
  return reached
}

/** Until so many were not disturbed by other processes, at most twice as many; those that were are told apart. One is one. */
async function again(text) {
  const results = []
  const isEnough = () => results.filter(({ isDisturbed }) => !isDisturbed).length >= Number(runs)
  while (!isEnough() && results.length < (Number(runs) > 1 ? 2 * Number(runs) : 1)) {
    const since = withheld()
    const { thresholds, notices, health } = await runText(text)
    const [{ kind, message, value }] = thresholds
    const saturated = notices.some((notice) => notice.includes('was saturated'))
    const isDisturbed = (withheld() - since) / (seconds * 1000) > MOST_WITHHELD
    results.push({ kind, saturated, value, isDisturbed, ...health[0], ...(kind === 'inconclusive' && { message }) })
  }
  return results
}

if (what === 'most') {
  const flatOut = (lastsS) => textOf(CONNECTIONS, `{ duration: ${lastsS}s }`, 1000)
  await runText(flatOut(1))
  const { rps } = await runText(flatOut(3))
  print({ ratePerSecond: rps })
} else if (what === 'highest') {
  await warmUp(5000, 0)
  print({ ratePerSecond: await highest() })
} else if (what === 'open') {
  await warmUp(Number(rate), Number(runs) > 1 ? WARM_UP_RUNS : 0)
  print(await again(openText(rate, seconds, limitMs)))
} else {
  const closed = textOf(CONNECTIONS, `{ duration: ${seconds}s }`, limitMs)
  await runText(closed)
  print(await again(closed))
}
