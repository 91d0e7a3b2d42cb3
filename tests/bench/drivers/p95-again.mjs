// The same run again and again, by the engine alone; prints the p95 of each. `node p95-again.mjs url rate seconds runs`
import { runText } from '../ours.mjs'

const [url, ratePerSecond, seconds, runs] = process.argv.slice(2)
const text = `id: again
sut: { services: { target: { base_url: '${url}', connections: 60 } } }
agents: { users: { count: 60, workload: { rate: ${ratePerSecond}/s, duration: ${seconds}s } } }
flow:
  - { type: http, name: call, path: / }
thresholds: [p95 < 100s]
`
const p95s = []
// The first one opens its connections and warms up.
for (let run = 0; run <= Number(runs); run++) {
  const { thresholds } = await runText(text)
  if (run > 0) p95s.push(thresholds[0].value)
}
process.stdout.write(`${JSON.stringify(p95s)}\n`)
