// The bundled target, for machines without nginx: two node processes behind one port, with the answers
// of work.mjs. `node target-worker.mjs <port>`
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { ANSWERS } from './work.mjs'

const PROCESSES = 2
const port = Number(process.argv[2])
const ROUTES = ANSWERS.map(([method, path, status, body]) => {
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return { method, pattern: new RegExp(`^${path.replace('*', '[^/]+')}(\\?|$)`), status, body, head }
})

if (cluster.isPrimary) lead()
else serve()

/** Adds up what its workers tell it, and hands the sum to whichever of them is asked. */
function lead() {
  const counts = new Map()
  for (let n = 0; n < PROCESSES; n++) {
    const worker = cluster.fork()
    worker.on('message', ({ count }) => {
      counts.set(worker.id, count)
      worker.send({ total: [...counts.values()].reduce((sum, one) => sum + one, 0) })
    })
  }
}

function serve() {
  let count = 0
  let total = 0
  process.on('message', (message) => (total = message.total))
  setInterval(() => process.send({ count }), 20)
  const server = createServer((request, response) => {
    count++
    request.resume()
    // All counts are in by then.
    if (request.url === '/__status') return void setTimeout(() => response.end(String(total)), 60)
    const route = ROUTES.find(({ method, pattern }) => method === request.method && pattern.test(request.url))
    if (route === undefined) response.writeHead(404).end()
    else response.writeHead(route.status, route.head).end(route.body)
  })
  server.keepAliveTimeout = 600_000
  server.listen(port, '127.0.0.1')
}
