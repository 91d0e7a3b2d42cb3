// Runs of the engine alone, and what they say of themselves. `node health.mjs url most`, or
// `node health.mjs url open|closed rate runs seconds limit-ms`
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
if (what === 'most') {
  await runText(textOf(CONNECTIONS, '{ duration: 1s }', 1000))
  const { rps } = await runText(textOf(CONNECTIONS, '{ duration: 3s }', 1000))
  process.stdout.write(`${JSON.stringify({ ratePerSecond: rps })}\n`)
} else {
  const open = what === 'open'
  const text = open
    ? textOf(CONNECTIONS * 20, `{ rate: ${rate}/s, duration: ${seconds}s }`, limitMs)
    : textOf(CONNECTIONS, `{ duration: ${seconds}s }`, limitMs)
  const results = []
  // A cold process is slow in its first second, and nobody asks it to be quick then.
  await runText(
    open ? textOf(CONNECTIONS * 20, `{ rate: ${Math.min(Number(rate), 5000)}/s, duration: 2s }`, 1000) : text,
  )
  for (let run = 0; run < Number(runs); run++) {
    const { thresholds, notices } = await runText(text)
    const [{ kind, message }] = thresholds
    const saturated = notices.some((notice) => notice.includes('was saturated'))
    const isFirst = kind === 'inconclusive' && !results.some((one) => one.message !== undefined)
    results.push({ kind, saturated, ...(isFirst && { message }) })
  }
  process.stdout.write(`${JSON.stringify(results)}\n`)
}
