// Coordinated omission: a server that freezes for two seconds within a twenty-second load. An open
// workload must show it as the users that were due felt it; a closed one cannot.
import { fileURLToPath } from 'node:url'
import { loadNow } from './machine.mjs'
import { percentile, shown, table } from './numbers.mjs'
import { sleep, start } from './processes.mjs'
import { runInVitest } from './project.mjs'
import { freePort } from './target.mjs'

const SERVER = fileURLToPath(new URL('./omission-server.mjs', import.meta.url))
const RATE = 50
const LASTS_S = 20
const FREEZE = { afterMs: 8000, ms: 2000 }
const TAKES_MS = 5
const PERCENTS = [50, 90, 95, 99]

const WORKLOADS = {
  'open, 50/s on 200 agents': `{ count: 200, workload: { rate: ${RATE}/s, duration: ${LASTS_S}s } }`,
  'closed, 5 agents, a pause of 95 ms': `{ count: 5, workload: { duration: ${LASTS_S}s } }`,
}

/** @param {{ say: (line: string) => void }} options */
export async function measureOmission({ say }) {
  const truth = dueTimes()
  const rows = [
    [
      'what users that were due felt',
      ...PERCENTS.map((at) => shown(percentile(truth, at), 1)),
      shown(truth.length),
      '',
    ],
  ]
  const data = []
  for (const [name, agents] of Object.entries(WORKLOADS)) {
    const { record } = await measure(agents, name.startsWith('closed'))
    for (const [at, metric] of ['response_time', 'latency'].entries()) {
      const values = record.thresholds.slice(at * PERCENTS.length, (at + 1) * PERCENTS.length)
      rows.push([`${name}: ${metric}`, ...values.map(({ value }) => shown(value, 1)), shown(values[0].samples)])
      data.push({ name, metric, values: values.map(({ value }) => value), samples: values[0].samples })
    }
    say(`omission: ${name} done; load ${loadNow()}`)
  }
  const note =
    `${RATE}/s for ${LASTS_S} s against a server that takes ${TAKES_MS} ms and freezes once, for ${FREEZE.ms / 1000} s ` +
    `after ${FREEZE.afterMs / 1000} s. The first line is worked out over all requests that were due. ms. Load average ${loadNow()}.`
  const heads = ['', ...PERCENTS.map((percent) => `p${percent}`), 'requests']
  return { text: `${note}\n\n${table(heads, rows)}`, data }
}

/** Ascending. */
function dueTimes() {
  const felt = (due) => {
    const left = FREEZE.afterMs + FREEZE.ms - due
    return TAKES_MS + (due >= FREEZE.afterMs && left > 0 ? left : 0)
  }
  return Array.from({ length: RATE * LASTS_S }, (_, at) => felt((at * 1000) / RATE)).sort((a, b) => a - b)
}

async function measure(agents, isClosed) {
  const port = await freePort()
  const server = start([process.execPath, SERVER, String(port), String(FREEZE.afterMs), String(FREEZE.ms)], { core: 1 })
  try {
    const url = `http://127.0.0.1:${port}`
    for (let attempt = 0; attempt < 100; attempt++) {
      await sleep(50)
      if (
        await fetch(`${url}/__ready`)
          .then(({ ok }) => ok)
          .catch(() => false)
      )
        break
    }
    const pause = isClosed ? '\n  - { type: pause, name: think, for: 95ms }' : ''
    const limits = ['response_time', 'latency'].flatMap((metric) => PERCENTS.map((at) => `  - ${metric}.p${at} < 100s`))
    return await runInVitest(`id: omission
sut: { services: { target: { base_url: '${url}', connections: 200 } } }
agents:
  users: ${agents}
flow:
  - { type: http, name: call, path: / }${pause}
thresholds:
${limits.join('\n')}
`)
  } finally {
    server.kill()
    await server.ended
  }
}
