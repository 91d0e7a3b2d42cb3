// A server that answers in 5 ms, and once freezes for two seconds: every request that comes in then is
// answered when it is over. It writes down nothing: what is right can be worked out.
// `node omission-server.mjs <port> <freeze after ms> <freeze ms>`
import { createServer } from 'node:http'

const [port = 0, afterMs = 0, freezeMs = 0] = process.argv.slice(2).map(Number)
const TAKES_MS = 5
let begun

createServer((request, response) => {
  request.resume()
  if (request.url === '/__ready') return void response.end('ready')
  const now = performance.now()
  begun ??= now
  const frozenFor = begun + afterMs + freezeMs - now
  const waits = now >= begun + afterMs && frozenFor > 0 ? frozenFor : 0
  setTimeout(() => response.end('{}'), waits + TAKES_MS)
}).listen(port, '127.0.0.1')
