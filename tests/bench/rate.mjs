// Rates: how many requests a rate limit lets through of those that were wanted, whether it ever lets
// more through than burst + rate × window, and how evenly they come.
import { wallClock } from '../../dist/clock.js'
import { defaultBurst } from '../../dist/limits/burst.js'
import { rateLimiter } from '../../dist/limits/rate-limit.js'
import { loadNow } from './machine.mjs'
import { percentile, shown, table } from './numbers.mjs'

const RATES = [50, 500, 5000]
/** More agents than the limit lets through, so that it is always what holds them back. */
const WAITING = 50
const BARS = '▁▂▃▄▅▆▇█'

/** @param {{ seconds: number, say: (line: string) => void }} options */
export async function measureRate({ seconds, say }) {
  const rows = []
  const data = []
  for (const rate of RATES) {
    const times = await admissions(rate, seconds)
    const burst = defaultBurst(rate)
    const wanted = rate * seconds
    const gaps = times.slice(1).map((time, at) => ((time - times[at]) * rate) / 1000)
    const sorted = [...gaps].sort((a, b) => a - b)
    const over = mostOver(times, rate, burst)
    const percent = (times.length / wanted) * 100
    rows.push([
      `${rate}/s`,
      shown(burst, burst % 1 === 0 ? 0 : 1),
      shown(times.length),
      `${shown(percent, 2)} %`,
      over > 1e-6 ? `yes, by ${shown(over, 3)}` : 'never',
      [50, 95, 99].map((at) => shown(percentile(sorted, at), 2)).join(' / '),
      histogram(gaps),
    ])
    data.push({ rate, burst, seconds, admitted: times.length, percent, over })
    say(`rate: ${rate}/s: ${shown(percent, 2)} %; load ${loadNow()}`)
  }
  const note =
    `${WAITING} agents that always want to send, ${seconds} s for each rate, on real timers; gaps in intervals of the ` +
    `rate, the bars from 0 to 3 intervals in steps of a quarter. Load average ${loadNow()}.`
  const heads = ['rate', 'burst', 'admitted', 'of wanted', 'above burst + rate × window', 'gap p50 / p95 / p99', 'gaps']
  return { text: `${note}\n\n${table(heads, rows)}`, data }
}

/** When each request was admitted, by the limiter's own look at the clock. */
async function admissions(rate, seconds) {
  let moment = 0
  const clock = { ...wallClock, now: () => (moment = wallClock.now()) }
  const limiter = rateLimiter({ all: { ratePerSecond: rate, burst: defaultBurst(rate) }, clock })
  const times = []
  const end = wallClock.now() + seconds * 1000
  const agent = async () => {
    for (;;) {
      const admitted = limiter.acquire()
      const at = typeof admitted === 'number' ? moment : await admitted.then(() => moment)
      if (at >= end) return
      times.push(at)
      // As a request would, it lets others run.
      if (typeof admitted === 'number') await wallClock.turn()
    }
  }
  await Promise.all(Array.from({ length: WAITING }, agent))
  return times.sort((a, b) => a - b)
}

/** How many more than the bound were let through in the worst window. */
function mostOver(times, rate, burst) {
  let [worst, least] = [-Infinity, Infinity]
  // count(i…j) − burst − rate × (tj − ti) is a difference of one term for j and one for i.
  times.forEach((time, at) => {
    const term = at - (rate * time) / 1000
    least = Math.min(least, term)
    worst = Math.max(worst, term - least + 1 - burst)
  })
  return worst
}

function histogram(gaps) {
  const counts = Array.from({ length: 12 }, () => 0)
  for (const gap of gaps) counts[Math.min(11, Math.floor(gap * 4))]++
  const most = Math.max(...counts)
  return counts.map((count) => (count === 0 ? '·' : BARS[Math.ceil((count / most) * 8) - 1])).join('')
}
