// What each option costs: our own work per request, over a transport that answers at once, with one more
// option on at a time. No socket and no server, so these times are ours alone.
import { loadNow } from './machine.mjs'
import { median, shown, spread, table } from './numbers.mjs'
import { instantTransport, runText } from './ours.mjs'
import { CONNECTIONS, scenario } from './work.mjs'

const BODY = JSON.stringify({ id: 'c4711', items: [{ id: 'p1' }, { id: 'p2' }], subtotal: 42.5 })
const ITERATIONS = 2000

const step = (more = '', head = '') => `id: bench
sut: { services: { target: { base_url: 'http://127.0.0.1:1' ${head} } } }
simulation: { seed: 1 }
agents: { users: { count: ${CONNECTIONS}, workload: { iterations: ${ITERATIONS} } } }
flow:
  - { type: http, name: call, path: /products ${more} }
`
const POST = ", method: POST, json: { id: '{{agent.id}}', n: 2 }"

/** Name → scenario file. */
const OPTIONS = {
  'a GET, status 2xx': step(),
  '+ expect a status': step(', expect: { status_code: 200 }'),
  '+ expect a value of the body': step(', expect: { status_code: 200, jsonpath: $.subtotal, gt: 0 }'),
  '+ extract': step(", expect: { status_code: 200 }, extract: { cart: '$.items[0].id' }"),
  'a template in the path': step('').replace('/products', '"/products/{{agent.index}}"'),
  'a query': step(', query: { category: books, limit: 5 }'),
  'a JSON body with a template': step(POST),
  'a header with {{uuid}}': step(", headers: { X-Id: '{{uuid}}' }"),
  'default headers with {{correlation_id}}': step(
    '',
    ", headers: { X-Run-ID: '{{run_id}}', X-Correlation-ID: '{{correlation_id}}' }",
  ),
  'a condition': step(', condition: cycle >= 1'),
  'a rate limit, not reached': `${step()}limits: { rate_limit_rps: 1000000 }\n`,
  'five thresholds on labels': `${step()}thresholds: [p95 < 1s, 'p95{group:users} < 1s', 'p99{status:200} < 1s', 'ttfb.p95{attempt:1} < 1s', errors == 0]\n`,
  'a cookie': step(),
  'the whole flow, per request': scenario({
    work: 'flow',
    url: 'http://127.0.0.1:1',
    workload: `{ iterations: ${ITERATIONS / 4} }`,
  }),
}
const FLOW = [
  [/^\/products/, 200, { items: [1, 2, 3, 4, 5].map((n) => ({ id: `p${n}`, name: `Product ${n}`, price: 10 + n })) }],
  [/^\/carts$/, 201, { id: 'c4711', items: [], subtotal: 0 }],
  [/items$/, 201, { id: 'i1', quantity: 2, subtotal: 42.5 }],
  [/^\/coupons/, 200, { items: [{ code: 'SPRING', percent: 10 }] }],
  [/coupon$/, 200, { id: 'c4711', discount: 4.25 }],
  [/^\/orders/, 201, { id: 'o815', status: 'confirmed' }],
].map(([pattern, status, body]) => ({ pattern, answer: { status, body: JSON.stringify(body) } }))

/** @param {{ rounds: number, say: (line: string) => void }} options */
export async function measureOptions({ rounds, say }) {
  const costs = new Map(Object.keys(OPTIONS).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++)
    for (const [name, text] of Object.entries(OPTIONS)) {
      const us = await costOf(name, text)
      // The first round compiles.
      if (round > 0) costs.get(name).push(us)
    }
  say(`options: load ${loadNow()}`)
  const base = median(costs.get('a GET, status 2xx'))
  const rows = [...costs].map(([name, us]) => [name, spread(us, 2), shown(median(us) - base, 2)])
  const note = `CPU µs of ours per request, median (least–most) of ${rounds} rounds; nothing is sent. Load average ${loadNow()}.`
  return {
    text: `${note}\n\n${table(['option', 'µs/request', 'over a plain GET'], rows)}`,
    data: Object.fromEntries(costs),
  }
}

async function costOf(name, text) {
  const headers = name === 'a cookie' ? { 'set-cookie': 'session=s1; Path=/' } : { 'content-type': 'application/json' }
  const plain = { status: 200, headers, body: BODY }
  const isFlow = name.startsWith('the whole flow')
  const respond = isFlow ? (path) => FLOW.find(({ pattern }) => pattern.test(path))?.answer ?? plain : () => plain
  const before = process.cpuUsage()
  const record = await runText(text, { transport: instantTransport(respond) })
  const { user, system } = process.cpuUsage(before)
  const wrong = record.cells.find(({ state }) => state !== 'passed')
  if (wrong !== undefined) throw new Error(`${name}: ${wrong.message} ${JSON.stringify(wrong.causes[0])}`)
  return (user + system) / record.steps.reduce((sum, { attempts }) => sum + attempts, 0)
}
