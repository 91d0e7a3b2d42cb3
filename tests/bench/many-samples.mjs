// Ten million samples in one run: how much memory is in use after one, two and a half, five and ten
// million. Over a transport that answers at once, by 50 agents; every million takes seconds. A process of its own.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { shown, table } from './numbers.mjs'
import { instantTransport, runText } from './ours.mjs'
import { CONNECTIONS } from './work.mjs'

const SELF = fileURLToPath(import.meta.url)
const SAMPLES = 10_000_000
const LOOK_AT = [1_000_000, 2_500_000, 5_000_000, SAMPLES]

/** Rows of a table, with the time that each took. */
export function manySamples() {
  const child = spawnSync(process.execPath, ['--expose-gc', SELF, 'measure'], { encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  const data = JSON.parse(child.stdout)
  const rows = data.map(({ samples, seconds, heapMb, rssMb }) => [
    shown(samples),
    `${shown(seconds, 1)} s`,
    shown(heapMb, 1),
    shown(rssMb),
  ])
  return { text: table(['samples', 'ran', 'MB in use after garbage collection', 'MB resident'], rows), data }
}

async function measure() {
  const started = performance.now()
  const seen = []
  let count = 0
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":"p1","price":9.5}' }
  const respond = () => {
    if (LOOK_AT.includes(++count)) {
      globalThis.gc()
      const { heapUsed, external, rss } = process.memoryUsage()
      const seconds = (performance.now() - started) / 1000
      seen.push({ samples: count, seconds, heapMb: (heapUsed + external) / 2 ** 20, rssMb: rss / 2 ** 20 })
    }
    return answer
  }
  const record = await runText(
    `id: many
sut: { services: { target: { base_url: 'http://127.0.0.1:1' } } }
agents: { users: { count: ${CONNECTIONS}, workload: { iterations: ${SAMPLES / CONNECTIONS} } } }
flow:
  - { type: http, name: product, path: '/products/{{agent.index}}', expect: { status_code: 200, jsonpath: $.price, gt: 0 }, extract: { id: $.id } }
thresholds: [p95 < 1s, errors == 0]
`,
    { transport: instantTransport(respond) },
  )
  if (record.thresholds.some(({ kind, samples }) => kind !== 'pass' || samples !== SAMPLES))
    throw new Error(JSON.stringify(record.thresholds))
  process.stdout.write(JSON.stringify(seen))
}

const [, self, what] = process.argv
if (self === SELF && what === 'measure') await measure()
